// How the page writes and reads numbers, and the functions that JavaScript lacks.

import assert from "node:assert/strict";
import {test} from "node:test";
import {close, open, told} from "./page.mjs";

const cases = told("numbers.json"), {code} = open("lecture.html");

test("numbers are written as in pictures", () => {
  for (const [x, digits, text] of cases.written) assert.equal(code.write(x, digits), text, `${x} to ${digits} digits`);
});

test("every digit of a double can be read back", () => {
  for (const [x] of cases.written) {
    if (Number.isFinite(x)) assert.ok(Number(code.writeExact(x).replaceAll("−", "-")) === x, `${x}`);
  }
  assert.equal(code.writeExact(0.1 + 0.2), "0.30000000000000004");
  assert.equal(code.writeExact(-1e-7), "−1e−7");
});

test("what a person types is read", () => {
  for (const [text, lang, x] of cases.read) assert.deepEqual([text, lang, code.read(text, lang)], [text, lang, x]);
});

test("what the page writes it can read", () => {
  for (const [x] of cases.written) assert.ok(code.read(code.writeExact(x)) === x || Number.isNaN(x), `${x}`);
});

test("counts are written as Python writes them", () => {
  for (const [count, text] of cases.counts) assert.equal(code.thousands(count), text);
});

test("erf and erfc are those of mpmath", () => {
  for (const [x, erf, erfc] of cases.erf) {
    close(code.erf(x), erf, 1e-15, 0, `erf(${x})`);
    close(code.erfc(x), erfc, 1e-15, 1e-320, `erfc(${x})`); // 1 − erf(x) would lose a digit and a half at 1.9
  }
});

test("powers of one, and of minus one to infinity, are those of C", () => {
  for (const [x, y, z] of cases.powers) assert.deepEqual([x, y, code.pow(x, y)], [x, y, z]);
});

test("a number that was pointed at has no digits that nobody meant", () => {
  assert.equal(code.tidy(0.1 + 0.2, 0.02), 0.3);
  assert.equal(code.tidy(1.0000000000000002, 0.02), 1);
  assert.equal(code.tidy(-0.009, 0.02), 0);
  assert.equal(code.tidy(0.011, 0.02), 0.011);
});
