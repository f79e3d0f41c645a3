// Each operation of the table, as the page computes it: beside the engine, and beside mpmath.

import assert from "node:assert/strict";
import {test} from "node:test";
import {close, open, told} from "./page.mjs";

const {code: {ROWS}} = open("operations.html");

for (const [name, points] of Object.entries(told("cases.json"))) {
  test(name, () => {
    const row = ROWS[name];
    for (const {x, y, domain, pole, kink, engine, exact} of points) {
      const where = `${name}(${x}, ${y})`, z = row.value(x, y);
      assert.deepEqual([row.domain(x, y), row.pole(x, y), row.kink(x, y)], [domain, pole, kink], where);
      if (!domain) continue;
      const got = [z, ...row.partials(x, y, z)];
      assert.equal(got.length, engine.length);
      got.forEach((number, k) => close(number, engine[k], 1e-12, 1e-305, `${where}, the engine's number ${k}`));
      exact.forEach((number, k) => {
        if (number) close(got[k], number[0], 1e-12, number[1], `${where}, the exact number ${k}`);
      });
    }
  });
}
