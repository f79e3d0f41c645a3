// Each optimiser of the table, as pages compute its steps: beside Python's, of the same parameters and memory.

import assert from "node:assert/strict";
import {test} from "node:test";
import {close, told} from "./page.mjs";

const OPTIMIZERS = new Function(`${told("code.json")}\nreturn OPTIMIZERS;`)();

for (const {name, kind, settings, steps, allowed} of told("optimizers.json")) {
  test(name, () => {
    const optimizer = OPTIMIZERS[kind];
    assert.equal(optimizer.allowed(settings), allowed);
    if (!allowed) return;
    const {memory, starts, step} = optimizer.variant(settings);
    assert.deepEqual(memory, Object.keys(steps[0].memory));
    starts(settings).forEach((start, j) => assert.ok(steps[0].memory[memory[j]].every((x) => x === start), memory[j]));
    let free = steps[0].x, freeMemory = memory.map((letter) => steps[0].memory[letter]);
    for (let k = 1; k < steps.length; k++) {
      const before = steps[k - 1], after = steps[k], x = new Float64Array(before.x.length);
      const kept = memory.map(() => new Float64Array(x.length));
      step(k, settings, before.x, before.g, memory.map((letter) => before.memory[letter]), x, kept);
      x.forEach((number, i) => close(number, after.x[i], 1e-12, 1e-300, `${name}, step ${k}, x[${i}]`));
      kept.forEach((row, j) => row.forEach((number, i) =>
        close(number, after.memory[memory[j]][i], 1e-12, 1e-300, `${name}, step ${k}, ${memory[j]}[${i}]`)));
      const next = new Float64Array(x.length), nextMemory = memory.map(() => new Float64Array(x.length));
      step(k, settings, free, before.g, freeMemory, next, nextMemory);
      [free, freeMemory] = [next, nextMemory];
    }
    free.forEach((number, i) => close(number, steps.at(-1).x[i], 1e-9, 1e-12, `${name}, ${steps.length - 1} steps, x[${i}]`));
  });
}
