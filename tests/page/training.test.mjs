// Trainings of the page: each step beside the engine's from the same state, and 200 steps by themselves.

import assert from "node:assert/strict";
import {test} from "node:test";
import {close, told} from "./page.mjs";
import {code} from "./training.mjs";

const {Training, Twister} = code;

test("random numbers are those of Python's random.Random", () => {
  for (const {seed, numbers, order} of told("twister.json")) {
    const twister = new Twister(seed);
    assert.deepEqual(numbers.map(() => twister.random()), numbers, `seed ${seed}`);
    assert.deepEqual(twister.order(order.length), order, `seed ${seed}`);
  }
});

for (const {name, facts, steps, looks} of told("trainings.json")) {
  test(name, () => {
    const training = new Training(facts);
    for (let k = 0; k + 1 < steps.length; k++) {
      const {x, memory, loss, gradient, batch} = steps[k], after = steps[k + 1];
      training.parameters = Float64Array.from(x);
      training.memory = training.variant.memory.map((letter) => Float64Array.from(memory[letter]));
      assert.ok(training.step(), JSON.stringify(training.fault));
      assert.deepEqual(training.batch, batch, `${name}, the batch of step ${k + 1}`);
      const scale = Math.max(...gradient.map(Math.abs));
      close(training.loss, loss, 1e-12, 1e-300, `${name}, loss ${k}`);
      gradient.forEach((g, i) => close(training.gradient[i], g, 1e-12, 1e-14 * scale, `${name}, gradient ${k}, ${i}`));
      after.x.forEach((number, i) => close(training.parameters[i], number, 1e-12, 1e-15, `${name}, step ${k + 1}, x[${i}]`));
      training.variant.memory.forEach((letter, j) => {
        const most = Math.max(...after.memory[letter].map(Math.abs));
        after.memory[letter].forEach((number, i) =>
          close(training.memory[j][i], number, 1e-12, 1e-14 * most, `${name}, step ${k + 1}, ${letter}[${i}]`));
      });
    }
    const free = new Training(facts);
    for (const {loss} of steps.slice(0, -1)) {
      assert.ok(free.step(), JSON.stringify(free.fault));
      close(free.loss, loss, 1e-9, 1e-12, `${name}, loss of step ${free.steps} by itself`);
    }
    if (steps[0].batch.length === facts.rows.length) { // and so the loss of the last batch is that of the data
      close(free.evaluate(), steps.at(-1).loss, 1e-9, 1e-12, "the loss of the data at the end");
    }
    for (const {sample, values, gradients} of looks) {
      const {values: got, gradients: slopes} = new Training(facts).look(sample);
      const [most, steepest] = [values, gradients].map((all) => Math.max(...all.map(Math.abs)));
      values.forEach((number, i) => close(got[i + facts.predictions], number, 1e-12, 1e-14 * most, `circle ${i}`));
      gradients.forEach((number, i) => close(slopes[i + facts.predictions], number, 1e-12, 1e-14 * steepest, `gradient of circle ${i}`));
    }
  });
}

for (const {name, facts, spec, trained} of told("networks.json")) {
  test(name, () => {
    const built = code.buildMlp(spec, facts.activations);
    assert.deepEqual(built.net, facts.net);
    assert.deepEqual(built.parameters, facts.parameters);
    assert.deepEqual(built.model.constants, facts.model.constants);
    const mine = new Training({...facts, ...built}), theirs = new Training(facts);
    for (let k = 0; k < 5; k++) {
      assert.ok(mine.step() && theirs.step());
      mine.parameters.forEach((x, i) => close(x, theirs.parameters[i], 1e-12, 1e-15, `step ${k}, ${facts.net.names[i]}`));
    }
    const looks = [mine, theirs].map((training) => training.look(1));
    looks[0].values.forEach((x, i) => close(x, looks[1].values[i], 1e-12, 1e-15, `output ${i}`));
    looks[0].gradients.forEach((x, i) => close(x, looks[1].gradients[i], 1e-12, 1e-15, `gradient of output ${i}`));
    if (!trained) return;
    const penalised = Object.assign(new Training(facts), {penalty: trained.penalty}); // as fit with the penalty
    for (const {loss, x} of trained.steps) {
      penalised.parameters.forEach((number, i) => close(number, x[i], 1e-11, 1e-13, `${trained.penalty.name}, ${facts.net.names[i]}`));
      assert.ok(penalised.step());
      close(penalised.loss, loss, 1e-11, 1e-13, trained.penalty.name);
    }
  });
}

test("dropout drops its share, scales what it keeps, and is absent where the page looks", () => {
  const [{facts}] = told("networks.json"), {sizes} = facts.mlp;
  const made = (dropout) => new Training(code.rebuilt(facts, {sizes: [sizes[0], 40, sizes.at(-1)], activation: "tanh", dropout, seed: 3}));
  const training = made(0.25), pass = training.pass("train");
  training.fill(pass, [0, 1, 2], true);
  const masks = Array.from({length: 40}, (_, j) => [...pass.model.row(sizes[0] + j)]).flat();
  assert.deepEqual([...new Set(masks)].sort(), [0, 4 / 3]);
  const twister = new Twister(facts.seed), drawn = [0, 1, 2].map(() => Array.from({length: 40}, () => twister.random() >= 0.25 ? 4 / 3 : 0));
  masks.forEach((mask, k) => assert.equal(mask, drawn[k % 3][Math.floor(k / 3)]));
  close(training.evaluate(), made(0).evaluate(), 1e-12, 0, "the loss of the data, nothing dropped");
  const before = training.evaluate();
  for (let k = 0; k < 30; k++) assert.ok(training.step());
  assert.ok(training.evaluate() < before);
});
