// What an answer shows about its author: an adjoint of 5 that gets 3 · 4 added is 17, and each mistake gives another number.

import assert from "node:assert/strict";
import {test} from "node:test";
import {open} from "./page.mjs";

const {page, code} = open("lecture.html");
const judge = (question, answer) => code.judge(question, answer, page.write);

test("each mistake in a contribution is told by its number", () => {
  const question = {kind: "backward", expected: 17, before: 5, term: 12, outer: 3, slope: 4, slack: 0};
  const said = {17: "right", 16.9: "right", 12: "not_added", 5: "before", "-7": "sign_added", "-17": "sign", 4: "only_local",
    3: "only_gradient", 5.75: "inverse", 17.7: "close_by", 100: "wrong"};
  for (const [answer, why] of Object.entries(said)) assert.deepEqual([answer, ...judge(question, Number(answer))], [answer, why === "right", why]);
});

test("a first contribution has nothing before it", () => {
  const question = {kind: "backward", expected: -4, before: null, term: -4, outer: 1, slope: -4, slack: 0};
  assert.deepEqual(judge(question, -4), [true, "right"]);
  assert.deepEqual(judge(question, 4), [false, "sign"]);
  assert.deepEqual(judge(question, 1), [false, "only_gradient"]);
});

test("a value is right to one percent, or as the page writes it", () => {
  const question = {kind: "forward", expected: 2 / 3, slack: 0};
  assert.deepEqual([0.6667, 0.67, 0.66, 0.68].map((answer) => judge(question, answer)[1]), ["right", "right", "right", "close_by"]);
  assert.deepEqual(judge({kind: "forward", expected: Infinity, slack: 0}, Infinity), [true, "right"]);
  assert.deepEqual(judge({kind: "forward", expected: Infinity, slack: 0}, 1e308), [false, "wrong"]);
});

test("each step of the lecture asks for one number, which is the engine's", () => {
  // z = 2·3, ŷ = z + 1, e = ŷ − 9, L = e²; then 1, 2e, and back to the leaves
  const asked = page.frames.map((frame) => code.questionOf(page, frame)?.expected ?? null);
  assert.deepEqual(asked, [null, 6, 7, -2, 4, 1, -4, -4, 4, -4, -4, -12, -8, null]);
});
