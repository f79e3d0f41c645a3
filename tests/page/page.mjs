// The code of a page of steps, outside of a browser: what in it computes needs no document.

import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {join} from "node:path";

const FOLDER = process.env.MICROGRID_PAGE_CASES;

// What Python wrote for these tests.  Numbers that JSON has no word for come as texts.
export function told(name) {
  const number = (key, value) => typeof value === "string" && value.startsWith("float:") ? Number(value.slice(6)) : value;
  return JSON.parse(readFileSync(join(FOLDER, name), "utf-8"), number);
}

const NAMES = [
  "Page", "ROWS", "compute", "contribute", "erf", "erfc", "inBrackets", "isComplete", "isOpen", "judge", "known",
  "near", "outputsOf", "pathCounts", "paths", "pow", "prepare", "questionOf", "read", "stepOf", "thousands", "tidy", "times",
  "walk", "write", "writeExact",
];

// The functions of a page's script, which ends by starting the page: all but that.
function codeOf(html) {
  const script = /<script>([\s\S]*?)<\/script>/.exec(html)[1];
  const body = /^\s*\(\(\) => \{([\s\S]*)start\(\);\s*\}\)\(\);\s*$/.exec(script)[1];
  return new Function(`${body}\nreturn {${NAMES.join(", ")}};`)();
}

// A page as it is when it is opened, without its elements, and the functions it is made of.
export function open(name) {
  const html = readFileSync(join(FOLDER, name), "utf-8"), code = codeOf(html);
  const graph = code.prepare(JSON.parse(/<script[^>]* id="graph">([\s\S]*?)<\/script>/.exec(html)[1]));
  const page = Object.assign(Object.create(code.Page.prototype), {graph, lang: graph.lang, changes: new Map(), step: 0});
  page.write = (x) => code.write(x, graph.precision);
  page.word = page.word.bind(page);
  page.compute();
  return {page, code};
}

export function change(page, changes) {
  for (const [i, x] of changes) page.changes.set(i, x);
  page.compute();
}

export function framesOf({page, code}) {
  return page.frames.map((frame, k) => ({
    phase: frame.phase, node: frame.node, caption: frame.caption, active: frame.active, edges: frame.lit,
    ...code.known(page.graph, page.frames, k),
  }));
}

// The same number, to a relative and an absolute error; nan is nan.
export function close(got, want, relative, absolute, what) {
  const same = Object.is(got, want) || got === want || Math.abs(got - want) <= relative * Math.abs(want) + absolute;
  assert.ok(same, `${what}: ${got} instead of ${want}`);
}
