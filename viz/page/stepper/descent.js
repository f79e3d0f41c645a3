// Gradient descent: what a training step makes of the parameters, by the row of the optimiser (viz/page/training.py).

// The leaves that can be trained: parameters whose numbers this page may change.
function trainables(graph) {
  return graph.nodes.filter(({index, role}) => role === "parameter" && isOpen(graph, index)).map(({index}) => index);
}

// ∂root/∂node for every node, added up from the newest use to the oldest, as the engine does; null where the
// result is not possible.
function gradientsOf(graph, numbers) {
  if (numbers.errors[graph.root]) return null;
  const grads = graph.nodes.map(({index}) => index === graph.root ? 1 : 0);
  for (let i = graph.root; i >= 0; i--) {
    const {parents} = graph.nodes[i], slopes = numbers.partials[i];
    for (let k = 0; k < parents.length; k++) grads[parents[k]] += times(grads[i], slopes[k]);
  }
  return grads;
}

// What each of the leaves `chosen` becomes, in their order.
function updated(numbers, grads, chosen, rate) {
  const {SGD} = OPTIMIZERS, settings = {...SGD.settings, lr: rate}, after = new Float64Array(chosen.length);
  const x = chosen.map((i) => numbers.data[i]), g = chosen.map((i) => grads[i]);
  SGD.variant(settings).step(1, settings, x, g, [], after, []);
  return [...after];
}

// One training step: {changes, numbers} after it, or {stopped: leaf} where a leaf would have no finite number and
// {stopped: root} where there are no gradients; `changes` are from leaves to the numbers they have.
function descend(graph, changes, numbers, chosen, rate) {
  const grads = gradientsOf(graph, numbers);
  if (!grads) return {stopped: graph.root};
  const after = updated(numbers, grads, chosen, rate), place = after.findIndex((x) => !Number.isFinite(x));
  if (place >= 0) return {stopped: chosen[place]};
  const next = new Map(changes);
  chosen.forEach((i, k) => after[k] === graph.nodes[i].data ? next.delete(i) : next.set(i, after[k]));
  return {changes: next, numbers: compute(graph, next)};
}

// The third pass: a frame for each leaf that is trained, with the numbers put into the rule.
function updateFrames(graph, numbers, grads, captions, chosen, rate) {
  if (!grads || numbers.errors[graph.root]) return [];
  const after = updated(numbers, grads, chosen, rate);
  return chosen.map((i, k) => {
    const broken = !Number.isFinite(after[k]);
    return {
      phase: "update", scope: "", box: null, node: i, active: [i], lit: [], terms: [], broken,
      sets: broken ? [] : [["data", i, after[k]]],
      get caption() { return captions.update(i, grads[i], rate, after[k]); }, // of thousands few are read
    };
  });
}
