// Runs Python of Pyodide in Node: `node python.mjs MODULES PATHS CODE`, with what lies at paths, as JSON, mounted.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [modules, paths, file] = process.argv.slice(2);
const from = (name) => import(pathToFileURL(`${modules}/${name}`).href);
const { loadPyodide } = await from("pyodide/pyodide.mjs");
const { instance } = await from("@viz-js/viz/dist/viz.js");
globalThis.microgridGraphviz = await instance();
const python = await loadPyodide({ env: { MICROGRID_PURE: "1", HOME: "/home/pyodide" } });
python.runPython("import sys; sys.path.insert(0, '/packages'); sys.dont_write_bytecode = True");
for (const [name, path] of Object.entries(JSON.parse(paths))) {
  python.FS.mkdirTree(`/packages/${name}`);
  python.mountNodeFS(`/packages/${name}`, path);
}
try {
  await python.runPythonAsync(readFileSync(file, "utf8"));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
