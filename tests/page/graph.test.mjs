// What the page finds out about a graph: paths, what may be changed, what is impossible, when a gradient is complete.

import assert from "node:assert/strict";
import {test} from "node:test";
import {change, open, told} from "./page.mjs";

const labelled = (page, label) => page.graph.nodes.findIndex((node) => node.label === label);

for (const {name, file, counts, paths} of told("paths.json")) {
  test(`paths of ${name}`, () => {
    const {page: {graph}, code} = open(file);
    assert.deepEqual(code.pathCounts(graph), counts);
    paths.forEach((expected, i) => assert.deepEqual(
      code.paths(graph, i).map((steps) => steps.map(([use]) => use).join()).sort(), expected));
  });
}

test("a gradient is complete when nothing is added to it later", () => {
  const {page, code} = open("reused.html"); // y = x·x + x: x gets 1, then 3 twice
  const x = labelled(page, "x"), grads = page.frames.map((_, k) => code.known(page.graph, page.frames, k).grads[x]);
  assert.deepEqual(grads, [null, null, null, null, null, 1, 4, 7, 7]);
  const complete = page.frames.map((_, k) => code.isComplete(page.frames, k, x));
  assert.deepEqual(complete, [false, false, false, false, false, false, false, true, true]);
});

test("an impossible operation says why, and what depends on it waits", () => {
  const {page} = open("domains.html"), x = labelled(page, "x"), u = labelled(page, "u"), y = labelled(page, "y"); // y = log(x)·3 + 1/(x + 1)
  change(page, [[x, -2]]);
  assert.deepEqual(page.numbers.errors[u], {kind: "domain"});
  assert.deepEqual(page.numbers.errors[y], {kind: "above", node: u});
  assert.equal(page.explain(u), "log(−2) is not a real number: log needs x > 0.");
  assert.ok(page.explain(y).endsWith("log(−2) is not a real number: log needs x > 0."));
  change(page, [[x, Math.E]]);
  assert.deepEqual(page.numbers.broken, []);
  assert.ok(Math.abs(page.numbers.data[y] - (3 + 1 / (Math.E + 1))) < 1e-15);
  assert.ok(Math.abs(page.adjoints[x] - (3 / Math.E - 1 / (Math.E + 1) ** 2)) < 1e-15);
});

test("overflow and poles have their own words", () => {
  let {page} = open("exp.html");
  change(page, [[labelled(page, "x"), 1000]]);
  assert.equal(page.frames[1].caption, "exp(1000) is beyond the largest number a computer's double holds, 1.8e308.");
  ({page} = open("inverse.html"));
  change(page, [[labelled(page, "x"), 0]]);
  assert.equal(page.frames[1].caption, "1 / 0 divides by zero.");
});

test("where the recorded numbers are infinite, changed ones may become so too", () => {
  const {page} = open("infinite.html"), x = labelled(page, "x"), y = labelled(page, "y"); // y = exp(1000)
  change(page, [[x, 2000]]);
  assert.deepEqual([page.numbers.data[y], page.numbers.broken], [Infinity, []]);
  change(page, [[x, 0]]);
  assert.deepEqual([page.numbers.data[y], page.adjoints[x]], [1, 1]);
});

test("only what Python alone does not need may be changed", () => {
  const {page, code} = open("custom.html"); // y = cube(x) + b
  const changeable = page.graph.nodes.filter((node) => code.isOpen(page.graph, node.index)).map((node) => node.label);
  assert.deepEqual(changeable, ["b"]);
});

test("a slider goes to twice the number, or to 2, in 200 steps", () => {
  const {code} = open("custom.html");
  assert.deepEqual([0, 0.5, -3, 100].map((data) => code.stepOf({data})), [0.01, 0.01, 0.03, 1]);
});

test("zero times infinity is zero in the chain rule", () => {
  const {code} = open("custom.html");
  assert.deepEqual([code.times(0, Infinity), code.times(2, Infinity), code.times(-3, 4)], [0, Infinity, -12]);
});
