// Batch normalisation on the page: parameters, running statistics and predictions beside those of `fit`.

import assert from "node:assert/strict";
import {test} from "node:test";
import {close, told} from "./page.mjs";
import {code} from "./training.mjs";

const {Training} = code, cases = told("cases.json");

for (const {name, facts, steps, parameters, running, outputs, loss} of cases) {
  test(name, () => {
    const training = new Training(facts);
    for (let k = 0; k < steps; k++) assert.ok(training.step(), JSON.stringify(training.fault));
    const most = Math.max(...parameters.map(Math.abs));
    parameters.forEach((x, i) => close(training.parameters[i], x, 1e-12, 1e-12 * most, `${name}, ${facts.net.names[i]}`));
    running.forEach((x, i) => close(training.running[i], x, 1e-12, 1e-12, `${name}, statistic ${i}`));
    const plane = Float64Array.from(facts.rows.flatMap((row) => row.slice(0, facts.inputs)));
    close(training.evaluate(), loss, 1e-11, 0, `${name}, loss`);
    outputs.forEach((x, s) => close(training.look(s).values[0], x, 1e-11, 1e-12, `${name}, sample ${s}`));
    training.at(plane)[0].forEach((x, s) => close(x, outputs[s], 1e-6, 1e-6, `${name}, point ${s}`));
  });
}

test("the gradient is that of differences, the statistics of the batch moving with it", () => {
  const training = new Training(cases[0].facts), samples = training.draw(), h = 1e-5;
  training.differentiate(samples);
  const gradient = [...training.gradient], start = Float64Array.from(training.parameters);
  gradient.forEach((slope, i) => {
    const [up, down] = [h, -h].map((step) => {
      training.parameters = Float64Array.from(start, (x, k) => k === i ? x + step : x);
      return training.differentiate(samples);
    });
    close((up - down) / (2 * h), slope, 1e-6, 1e-8, `${cases[0].facts.net.names[i]}`);
  });
});

test("a batch of one sample has no variance", () => {
  const training = new Training({...cases[0].facts, batch: 1}), before = [...training.parameters];
  assert.equal(training.step(), false);
  assert.equal(training.fault.what, "batch");
  assert.deepEqual([...training.parameters], before);
});
