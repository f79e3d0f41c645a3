// The computing half of the page, in a Worker: it obeys messages, and tells of its state when it is asked.

const SLICE = 14; // milliseconds of steps between two looks at the messages
const CHANGES = new Set(["choose", "batch", "penalty", "data", "network", "back", "mend"]); // what makes other steps

function serve(send) {
  let training = null, running = false, pace = Infinity, begun = 0, walked = 0, timer = 0, goal = Infinity;
  let sample = 0, points = null, losses = [];

  function one() {
    const before = training.diverged, done = training.step();
    if (done) losses.push(training.loss);
    const there = goal < Infinity ? training.steps >= goal : training.diverged > before; // once: who wants more presses Run
    if (!done || there) running = false;
    return done;
  }

  function work() {
    if (!running) return;
    const end = performance.now() + SLICE;
    const hurry = pace === Infinity || goal < Infinity;
    let due = hurry ? Infinity : Math.floor((performance.now() - begun) / 1000 * pace) - walked;
    if (!hurry && due > pace) walked += due - pace, due = pace; // a page in the background catches up by a second
    for (; due > 0 && running && performance.now() < end; due--) {
      one();
      walked++;
    }
    timer = setTimeout(work, hurry ? 0 : 8);
  }

  function frame() {
    const {variant, rows} = training;
    if (sample >= rows.length) sample = Math.max(0, rows.length - 1);
    const told = {
      running, steps: training.steps, mixed: training.mixed, epoch: training.epoch, loss: training.loss, diverged: training.diverged,
      firstLoss: training.firstLoss, dataLoss: training.evaluate(), losses: Float64Array.from(losses),
      parameters: training.parameters, statistics: training.running, gradient: training.gradient, memory: training.memory, letters: variant.memory,
      batch: training.batch, fault: training.fault, look: rows.length ? training.look(sample) : null,
      states: training.states(), norms: training.norms(), plane: points ? training.at(points) : null,
    };
    losses = [];
    return told;
  }

  const obey = {
    start({facts}) { training = new Training(facts); },
    // Until it is told otherwise or, as fast as it can, until so many steps have been taken.
    run({until = Infinity}) {
      [running, begun, walked, goal] = [!training.fault && training.rows.length > 0, performance.now(), 0, until];
      clearTimeout(timer);
      work();
    },
    pause() { running = false; },
    pace({rate}) { [pace, begun, walked] = [rate, performance.now(), 0]; },
    steps({count}) {
      [running, goal] = [false, Infinity];
      for (let k = 0; k < count && one(); k++);
    },
    choose({kind, settings}) { training.choose(kind, settings); },
    batch({size}) {
      [training.batchSize, training.queue] = [size, []];
      if (training.fault?.what === "batch") training.fault = null; // a batch of another size may do
    },
    penalty({name, strength}) { training.penalty = {name, strength}; },
    data({rows}) {
      training.rows = rows;
      training.queue = [];
      training.batch = [];
    },
    reset({seed, facts}) {
      [running, losses] = [false, []];
      if (facts) {
        const {rows, batchSize, penalty, kind, settings} = training;
        training = Object.assign(new Training(facts), {rows, batchSize, penalty});
        training.choose(kind, settings);
      }
      if (seed !== undefined) training.seed = seed;
      training.reset();
    },
    network({facts}) { training.goOn(facts); },
    back() { [running, losses] = [false, []]; training.goBack(); },
    mend() { training.fault = null; },
    keep() { send({kept: keptOf(training)}); },
    restore({kept}) { restore(training, kept); },
    look(message) { sample = message.sample; },
    view(message) { points = message.points; },
    frame() { send(frame()); },
  };
  return (message) => {
    obey[message.do](message);
    if (CHANGES.has(message.do)) training.changed();
  };
}

// All that the next steps depend on, as JSON has it; `restore` goes on from there.
function keptOf(training) {
  const {twister: {state, place}, best, queue, batch, gradient, mixed, loss, firstLoss} = training;
  const lists = (kept) => kept && {...kept, parameters: [...kept.parameters], running: [...kept.running],
    memory: kept.memory.map((row) => [...row])};
  return {...lists(training.state()), best: lists(best), gradient: [...gradient], queue, batch, mixed, loss, firstLoss,
    twister: {state: [...state], place}};
}

function restore(training, {twister, best, gradient, ...kept}) {
  const arrays = (lists) => lists && {...lists, parameters: Float64Array.from(lists.parameters),
    running: Float64Array.from(lists.running), memory: lists.memory.map((row) => Float64Array.from(row))};
  Object.assign(training, arrays(kept), {best: arrays(best), gradient: Float64Array.from(gradient)});
  Object.assign(training.twister, {state: Uint32Array.from(twister.state), place: twister.place});
}

// As a Worker.
function serveWorker() {
  const receive = serve((told) => postMessage(told, (told.plane ?? []).map(({buffer}) => buffer))); // not copied
  self.onmessage = ({data}) => receive(data);
}
