// Makes in Node what the browser loads: zips compiled by the Python that will run them, and a snapshot of it.
//
//   node make.mjs MODULES OUT SOURCES
//
// SOURCES is JSON: {zip: {folder within: {path on this machine, leaveOut: [...], helpful: [...]}}}; docstrings are left out
// but for files at the top of a helpful folder and of those within that are named.  Files
// are gzipped as a whole, which makes them smaller than a zip does.  What it has done is printed as JSON.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { pathToFileURL } from "node:url";

const [modules, out, sources] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${modules}/pyodide/pyodide.mjs`).href);
// The library has to be the browser's: a snapshot remembers where in its zip each module lies.
const SETTINGS = { stdLibURL: `${out}/pyodide/python_stdlib.zip`, env: { HOME: "/home/pyodide", MICROGRID_PURE: "1", TMPDIR: "/tmp" } };

const PACK = `
import ast, importlib.util, io, os, zipfile
from _frozen_importlib_external import _code_to_hash_pyc

def stripped(tree):
    """Without docstrings, which are a third of sympy: nobody asks for its help here."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and node.body:
            first = getattr(node.body[0], "value", None)
            if isinstance(node.body[0], ast.Expr) and isinstance(first, ast.Constant) and isinstance(first.value, str):
                first.value = ""
    return tree

def pack(target, sources, name, root, leave_out, helpful):
    """What lies in a folder, into one zip with Python compiled, and as it is into another."""
    for folder, below, files in os.walk(root):
        below[:] = sorted(each for each in below if each not in leave_out)
        within = os.path.join(name, os.path.relpath(folder, root)).replace("/.", "")
        for file in sorted(files):
            inside = f"{within}/{file}"
            if file.endswith((".pyc", ".so", ".pyd", ".pxd", ".pyx", ".pyi", ".c", ".h")):
                continue
            with open(os.path.join(folder, file), "rb") as opened:
                data = opened.read()
            sources.writestr(zipfile.ZipInfo(inside), data)
            if file.endswith(".py"):
                tree = ast.parse(data)
                code = compile(tree if folder == root and helpful or folder.removeprefix(root + '/') in helpful else stripped(tree), f"/lib/site/{inside}", "exec", dont_inherit=True)
                data, inside = bytes(_code_to_hash_pyc(code, importlib.util.source_hash(data), False)), inside + "c"
            target.writestr(zipfile.ZipInfo(inside), data)
`;

const site = mkdtempSync(join(tmpdir(), "microgrid-"));
const python = await loadPyodide(SETTINGS);
python.runPython(PACK);
for (const [zip, folders] of Object.entries(JSON.parse(sources))) {
  python.runPython(`
made, plain = io.BytesIO(), io.BytesIO()
target, sources = zipfile.ZipFile(made, "w"), zipfile.ZipFile(plain, "w")`);
  for (const [name, { path, leaveOut, helpful }] of Object.entries(folders)) {
    python.FS.mkdirTree(`/from/${name}`);
    python.mountNodeFS(`/from/${name}`, path);
    const pack = python.globals.get("pack");
    pack(python.globals.get("target"), python.globals.get("sources"), name, `/from/${name}`, python.toPy(leaveOut), python.toPy(helpful));
  }
  python.runPython("target.close(); sources.close()");
  const isOwn = zip === "microgrid.zip"; // which the snapshot has imported: its sources are for tracebacks and help
  const zipped = python.runPython(isOwn ? "plain.getvalue()" : "made.getvalue()").toJs();
  writeFileSync(`${out}/${zip}.gz`, gzipSync(zipped, { level: 9 }));
  if (isOwn) {
    python.FS.mkdirTree("/lib/site");
    python.mountNodeFS("/lib/site", site);
    python.runPython(`target = zipfile.ZipFile(made); target.extractall("/lib/site")`);
  }
}

// Python as it is once microgrid has been imported and has drawn: a browser goes on from there.
let snapshot = "";
try {
  const started = await loadPyodide({ ...SETTINGS, _makeSnapshot: true });
  started.FS.mkdirTree("/lib/site");
  started.mountNodeFS("/lib/site", site); // nothing goes through the memory that is kept
  started.runPython(readFileSync(new URL("warm.py", import.meta.url), "utf8"));
  const memory = started.makeMemorySnapshot();
  writeFileSync(`${out}/snapshot.bin.gz`, gzipSync(memory, { level: 9, memLevel: 9 }));
} catch (error) {
  snapshot = String(error.message ?? error);
}
rmSync(site, { recursive: true });
console.log(JSON.stringify({ snapshot }));
process.exit(0);
