// Python for one page, in a worker of its own: whoever wants to stop it ends the worker.
//
// It is told {run: id, code, tags}, of which "early" is what draws and needs no file of the package, and tells {loaded, total, stage} while it loads, {ready, seconds}, {fetching}
// while a library comes, and of each cell {id, kind, text, more} for what it shows and {id, done, good} at last.
// Kinds: text, warning, svg, html, png, dot, error (`more` is the traceback), missing (what this site was built
// without).
const here = new URL(".", self.location.href).href;
const began = performance.now();
let total = 0;
let loaded = 0;
let stage = "python";
const plainFetch = self.fetch.bind(self);

/** Every file is counted while it arrives, also those that Pyodide fetches. */
self.fetch = async (...given) => {
  const answer = await plainFetch(...given);
  if (!answer.ok || !answer.body) return answer;
  const counted = new TransformStream({
    transform(part, onward) {
      loaded += part.byteLength;
      if (stage) postMessage({ loaded: Math.min(loaded, total), total, stage });
      onward.enqueue(part);
    },
  });
  return new Response(answer.body.pipeThrough(counted), { headers: answer.headers });
};

async function bytes(name, isZipped = false) {
  const answer = await fetch(here + name);
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  const body = isZipped ? answer.body.pipeThrough(new DecompressionStream("gzip")) : answer.body;
  return new Uint8Array(await new Response(body).arrayBuffer());
}

/** Let the memory of what is compiled next have room for a snapshot, which Pyodide copies into it. */
function makeRoom(size) {
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const plain = WebAssembly[name].bind(WebAssembly);
    WebAssembly[name] = async (...given) => {
      const made = await plain(...given);
      const memory = Object.values(made.instance?.exports ?? {}).find((one) => one instanceof WebAssembly.Memory);
      const missing = memory ? size - memory.buffer.byteLength : 0;
      if (missing > 0) memory.grow(Math.ceil(missing / 65536));
      return made;
    };
  }
}

async function start() {
  const built = await (await plainFetch(`${here}built.json`)).json();
  total = built.first;
  const graphviz = import("./viz.js").then(({ instance }) => instance());
  const running = bytes("running.py");
  const { loadPyodide } = await import("./pyodide/pyodide.mjs");
  const settings = {
    indexURL: `${here}pyodide/`,
    packageBaseUrl: `${here}wheels/`,
    env: { HOME: "/home/pyodide", MICROGRID_PURE: "1", TMPDIR: "/tmp", MPLBACKEND: "agg" },
  };
  let python = null;
  if (built.snapshot) {
    try {
      const snapshot = await bytes("snapshot.bin.gz", true);
      makeRoom(snapshot.length);
      python = await loadPyodide({ ...settings, _loadSnapshot: snapshot });
    } catch (error) {
      console.warn("Python starts without its snapshot:", error.message);
    }
  }
  const warm = python !== null;
  python ??= await loadPyodide(settings);
  stage = "microgrid";
  python.FS.mkdirTree("/lib/site");
  const unpack = async () => {
    python.unpackArchive(await bytes("microgrid.zip.gz", true), "zip", { extractDir: "/lib/site" });
    python.runPython("import importlib; importlib.invalidate_caches()");
  };
  if (!warm) await unpack();
  if (!warm) python.runPython("import sys; sys.path.insert(0, '/lib/site')\nimport microgrid, viz");
  self.microgridGraphviz = await graphviz;
  python.FS.writeFile("/home/pyodide/microgrid_cells.py", await running);
  python.runPython("import importlib, sys; importlib.invalidate_caches(); sys.path.append('/home/pyodide')");
  const cells = python.pyimport("microgrid_cells");
  lend(python, built);
  stage = ""; // what comes now is waited for by nobody
  postMessage({ ready: true, warm, seconds: (performance.now() - began) / 1000 });
  // a snapshot has imported what a picture needs: files of the package may come after the first
  const rest = warm ? new Promise((resolve) => setTimeout(resolve, 20)).then(unpack) : Promise.resolve();
  return { python, cells, built, rest };
}

const UNPACK = `
import gzip, os, shutil
with gzip.open("/lib/sympy.zip.gz") as packed, open("/lib/sympy.zip", "wb") as unpacked:
    shutil.copyfileobj(packed, unpacked, 1 << 20)
os.remove("/lib/sympy.zip.gz")
`;

/** sympy and mpmath come when they are first imported, from what has been fetched meanwhile, or at once. */
function lend(python, built) {
  let proof = null;
  self.microgridProof = () => {
    if (!proof) {
      postMessage({ fetching: "sympy", bytes: built.proof });
      const request = new XMLHttpRequest();
      request.open("GET", `${here}sympy.zip.gz`, false);
      request.responseType = "arraybuffer";
      request.send();
      if (request.status !== 200) throw new Error(`sympy.zip.gz: ${request.status}`);
      proof = new Uint8Array(request.response);
    }
    python.FS.writeFile("/lib/sympy.zip.gz", proof);
    proof = null;
    python.runPython(UNPACK);
    postMessage({ fetched: "sympy" });
  };
  python.runPython(`
import sys
from importlib import import_module
from importlib.machinery import PathFinder

class Lent:
    """Finds sympy and mpmath once they are wanted."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name not in ("sympy", "mpmath"):
            return None
        sys.meta_path.remove(Lent)
        import_module("js").microgridProof()
        sys.path.append("/lib/sympy.zip")
        return PathFinder.find_spec(name)

sys.meta_path.append(Lent)
`);
  setTimeout(async () => {
    try {
      proof = new Uint8Array(await (await plainFetch(`${here}sympy.zip.gz`)).arrayBuffer());
    } catch {
      proof = null; // it will be asked for again when it is wanted
    }
  }, 50);
}

const started = start();
started.catch((error) => postMessage({ failed: String(error.message ?? error) }));
let hasNumbers = false;
let queue = Promise.resolve();

async function run({ run: id, code, tags = [] }) {
  const { python, cells, built, rest } = await started;
  if (!tags.includes("early")) await rest;
  const tell = (kind, text, more) => postMessage({ id, kind, text, more });
  let good = false;
  try {
    if (tags.includes("needs-numpy") && !hasNumbers) {
      if (!built.numbers) {
        tell("missing", "numpy", "");
        return;
      }
      postMessage({ fetching: "numpy", bytes: built.numbers });
      await python.loadPackage(["numpy", "matplotlib", "tqdm"], { messageCallback() {} });
      postMessage({ fetched: "numpy" });
      hasNumbers = true;
    }
    good = await cells.run(code, tell);
  } catch (error) {
    tell("error", String(error.message ?? error).trim().split("\n").at(-1), String(error.message ?? error));
  } finally {
    postMessage({ id, done: true, good });
  }
}

self.onmessage = ({ data }) => {
  queue = queue.then(() => run(data));
};
