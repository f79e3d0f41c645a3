// The walk: what each step computes and what is said of it, as viz/walk/moments.py and viz/walk/captions.py
// have it.

// One frame for each of graph.moments, which says what operations are computed and along which edges
// gradients go back.  `sets` are the numbers that become known in a frame, as [which, index, number] with
// which "data" or "grads"; `terms` are the contributions to gradients; `active` nodes and `lit` edges,
// "operation:operand", are shown so.
function walk(graph, numbers, captions) {
  const grads = Array(graph.nodes.length).fill(null), last = lastOf(graph);
  return graph.moments.map(({phase, scope, computed, edges, box}, k) => {
    const unit = graph.units.get(box), frame = {
      phase, scope, box, node: computed.at(-1) ?? null, active: computed,
      lit: [], sets: [], terms: [], broken: false, caption: "",
    };
    if (phase === "start") {
      const leaves = graph.nodes.filter((node) => !node.op);
      frame.sets = leaves.map(({index}) => ["data", index, numbers.data[index]]);
      return {...frame, caption: captions.start()};
    }
    if (phase === "forward") {
      for (const i of computed) if (!numbers.errors[i]) frame.sets.push(["data", i, numbers.data[i]]);
      frame.lit = computed.flatMap((i) => graph.nodes[i].parents.map((parent, k) => `${i}:${k}`));
      const broken = computed.find((i) => numbers.errors[i]);
      if (broken !== undefined) return {...frame, broken: true, caption: captions.error(broken)};
      const caption = unit ? mergedForward(captions, unit) : captions.groupForward(scope, computed);
      return {...frame, caption};
    }
    if (numbers.errors[graph.root]) return {...frame, broken: true, caption: captions.error(graph.root)};
    if (phase === "seed") {
      grads[graph.root] = 1;
      const sets = [["grads", graph.root, 1]];
      return {...frame, node: graph.root, active: [graph.root], sets, caption: captions.seed()};
    }
    if (phase === "end") return {...frame, caption: captions.end(grads)};
    frame.terms = edges.map(([node, operand]) => contribute(graph, numbers, grads, node, operand));
    frame.sets = frame.terms.map(({target, after}) => ["grads", target, after]);
    const inside = (i) => unit && graph.owner[i] === box;
    frame.active = [...new Set(frame.terms.map(({target}) => target))].filter((i) => !inside(i));
    frame.lit = edges.map((edge) => edge.join(":"));
    frame.node = edges.at(-1)?.[0] ?? null;
    const more = (target) => last.get(target) > k;
    let caption;
    if (unit) caption = mergedBackward(captions, unit, frame.terms, grads, more);
    else if (scope && edges.length > 1) caption = captions.groupBackward(scope, frame.terms, grads);
    else {
      const addsAgain = (n) => frame.terms.slice(n + 1).some(({target}) => target === frame.terms[n].target);
      const lines = frame.terms.map((term, n) => captions.backward(term, more(term.target) || addsAgain(n)));
      caption = lines.join("\n");
    }
    return {...frame, caption};
  });
}

// For each node the last frame in which something is added to its gradient.
function lastOf(graph) {
  const last = new Map();
  graph.moments.forEach(({phase, edges}, k) => {
    if (phase !== "backward") return;
    for (const [node, operand] of edges) last.set(graph.nodes[node].parents[operand], k);
  });
  return last;
}

// Send the gradient of a node to one of its operands.
function contribute(graph, numbers, grads, node, operand) {
  const target = graph.nodes[node].parents[operand], before = grads[target];
  const outer = grads[node] ?? 0, slope = numbers.partials[node][operand], term = times(outer, slope);
  grads[target] = graph.rank ? sumInOrder(graph, grads, target, [node, operand, term])
    : (before ?? 0) + term;
  return {node, operand, target, outer, slope, before, term, after: grads[target]};
}

// The contributions to a gradient that have come, in the order in which Python adds them, which gives the same
// bits where boxes take turns otherwise.
function sumInOrder(graph, grads, target, contribution) {
  grads.came ??= new Map();
  const came = [...grads.came.get(target) ?? [], contribution];
  came.sort(([a, j], [b, k]) => graph.rank.get(a) - graph.rank.get(b) || j - k);
  grads.came.set(target, came);
  return came.reduce((sum, [, , term]) => sum + term, 0);
}

// What is known after a step: {data, grads}, with null for what is not.
function known(graph, frames, step) {
  const after = {data: Array(graph.nodes.length).fill(null), grads: Array(graph.nodes.length).fill(null)};
  for (const {sets} of frames.slice(0, step + 1)) {
    for (const [which, index, number] of sets) after[which][index] = number;
  }
  return after;
}

// Whether a node's gradient is complete after a step: nothing is added to it later.
function isComplete(frames, step, i) {
  const changes = ([which, index]) => which === "grads" && index === i;
  return !frames.slice(step + 1).some(({sets}) => sets.some(changes));
}

// A template of Python's with its fields filled in; who counts thousands ({n:,}) has put the commas in.
function fill(template, fields) {
  return template.replace(/\{(\w+)(?::,)?\}/g, (whole, name) => fields[name] ?? whole);
}

// How long a text is as Python counts: an emoji is one character.
function characters(text) {
  return [...text].length;
}

// A chain of equations, in which nothing is said twice in a row.
function equal(...texts) {
  return texts.filter(Boolean).filter((text, i, said) => text !== said[i - 1]).join(" = ");
}

// A number as it stands after a sign or below a power.
function inBrackets(number) {
  return /^([\d.]+|∞|nan)$/.test(number) ? number : `(${number})`;
}

// Writes the captions, from templates in the page's language; `error` says why a node is not possible.
class Captions {
  constructor(graph, numbers, write, word, error, lang) {
    this.lang = lang;
    this.graph = graph;
    this.numbers = numbers;
    this.write = write;
    this.word = word;
    this.error = error;
    this.counts = pathCounts(graph);
  }

  say(message, fields = {}) {
    return this.word(`caption ${message}`, fields);
  }

  placed(node, text) {
    return node.scope ? this.say("in scope", {scope: scopeName(this.graph, this.lang, node.scope), text}) : text;
  }

  // An operation with the numbers of its operands: 2 · 3
  substituted(i) {
    const {pattern, parents} = this.graph.nodes[i];
    return pattern.parts[0] + pattern.operands.map((k, hole) => {
      const number = this.write(this.numbers.data[parents[k]]);
      return (pattern.tight[hole] ? inBrackets(number) : number) + pattern.parts[hole + 1];
    }).join("");
  }

  start() {
    return this.say("start");
  }

  forward(i) {
    const node = this.graph.nodes[i], value = this.write(this.numbers.data[i]);
    if (node.stale && this.numbers.data[i] === node.data) {
      return this.placed(node, this.say("stale", {equation: equal(node.label, node.made, value)}));
    }
    const numbers = this.substituted(i);
    const written = characters(numbers) > this.graph.limits.made ? "" : numbers;
    return this.placed(node, equal(node.called, node.made, written, value));
  }

  seed() {
    return this.say("seed", {root: this.graph.nodes[this.graph.root].target});
  }

  backward({node, operand, target, outer, slope, before, after}, more) {
    const from = this.graph.nodes[node], to = this.graph.nodes[target];
    if (outer === 0 && !Number.isFinite(slope)) {
      const fields = {outer: from.target, target: to.target, after: this.write(after)};
      return this.placed(from, this.say("nothing", fields));
    }
    const fields = {target: to.target, outer: from.target, local: from.locals[operand]};
    const sums = this.sumOf([this.times(outer, slope)], outer * slope, before, after);
    let text = this.say(before === null ? "backward" : "again", {...fields, ...sums});
    if (more) text = this.say("more", {text});
    if (from.shared[operand]) {
      text = this.say("ordinal", {text, numbered: from.locals[operand], k: operand + 1});
    }
    return this.placed(from, text);
  }

  // A product of a gradient and a derivative: 2 · (−1)
  times(outer, slope) {
    return `${this.write(outer)} · ${inBrackets(this.write(slope))}`;
  }

  // Products that are added up, and added to what came before, as fields of templates.
  sumOf(products, sum, before, after) {
    const shown = products.length <= MOST_TERMS ? products : [...products.slice(0, MOST_TERMS - 1), "…"];
    const term = this.write(sum), fields = {product: this.sum(shown), term};
    if (before === null) return fields;
    const [first, ...factors] = shown[0].split(" · ");
    const [, ...others] = shown.map((text) => text.startsWith(MINUS) ? `(${text})` : text);
    const added = [[inBrackets(first), ...factors].join(" · "), ...others].join(" + ");
    const sums = {added, addend: inBrackets(term), before: this.write(before), after: this.write(after)};
    return {...fields, ...sums};
  }

  // w ← w − η · ∂L/∂w = 2 − 0.1 · (−12) = 3.2, from the pieces of the optimiser's formula.
  update(i, gradient, rate, after) {
    const node = this.graph.nodes[i], numbers = {x: this.numbers.data[i], lr: rate, g: gradient};
    const number = (what, isTight) => isTight ? inBrackets(this.write(numbers[what])) : this.write(numbers[what]);
    const become = `${this.rule(node)} = ${this.stepped(number)}`;
    if (!Number.isFinite(after)) return this.placed(node, this.word("error_overflow", {call: become}));
    return this.placed(node, `${become} = ${this.write(after)}`);
  }

  // w ← w − η · ∂L/∂w
  rule({name, target}) {
    const names = {x: name, lr: "η", g: target};
    return `${name} ← ${this.stepped((what) => names[what])}`;
  }

  // The optimiser's formula, with a text for each of its operands.
  stepped(text) {
    const {parts, operands, tight} = this.graph.training;
    return parts[0] + operands.map((what, hole) => text(what, tight[hole]) + parts[hole + 1]).join("");
  }

  end(grads) {
    const {nodes, root, limits} = this.graph;
    const ordered = this.graph.leaves?.map((i) => nodes[i]) ?? nodes;
    const leaves = ordered.filter((node) => !node.op && grads[node.index] !== null && node.index !== root);
    const shown = leaves.slice(0, limits.leaves), products = shown.map((leaf) => this.products(leaf));
    const ones = !products.flat().some((slopes) => slopes.length > limits.factors);
    const sum = (leaf, k) => this.sumOverPaths(leaf, grads[leaf.index], products[k], ones);
    const lines = shown.map((leaf, k) => this.placed(leaf, sum(leaf, k)));
    const more = leaves.length - lines.length;
    if (more) lines.push(this.say(more === 1 ? "one more leaf" : "more leaves", {count: thousands(more)}));
    return [this.say("end"), ...lines].join("\n");
  }

  // The factors along each path to the root, from the root down; none if the paths are many.
  products(leaf) {
    if (this.graph.boxwise) {
      return boxPaths(this.graph, this.numbers, leaf.index, this.graph.limits.paths)
        .map((legs) => legs.map(({slope}) => slope).reverse());
    }
    if (this.counts[leaf.index] > this.graph.limits.paths) return [];
    const slope = ([node, k]) => this.numbers.partials[node][k];
    return paths(this.graph, leaf.index).map((steps) => steps.map(slope).reverse());
  }

  // ∂L/∂x = 2 · 3 + 1 · 4 = 10, if that is short enough and adds up.  Of infinite terms no sum is written.
  sumOverPaths(leaf, gradient, products, ones) {
    const {target} = leaf, value = this.write(gradient);
    const {limits, boxwise} = this.graph;
    const count = boxwise ? products.length || 1 : this.counts[leaf.index];
    if (products.length) {
      const terms = products.map((slopes) => slopes.reduce((soFar, slope) => soFar * slope, 1));
      const size = terms.reduce((soFar, term) => soFar + Math.abs(term), 0);
      const total = terms.reduce((soFar, term) => soFar + term, 0);
      if (Number.isFinite(size) && Math.abs(total - gradient) <= 1e-9 * size) {
        const factors = this.sum(products.map((slopes) => this.product(slopes, ones)));
        const added = this.sum(terms.map(this.write));
        const full = equal(target, factors, count > 1 ? added : "", value);
        const short = equal(target, added, value);
        for (const text of [full, short]) {
          if (characters(text) <= limits.sum) return text;
        }
      }
    }
    return count === 1 ? equal(target, value) : this.say("paths", {target, value, count: this.many(count)});
  }

  many(count) {
    const {count: most} = this.graph.limits;
    return count < most ? this.write(count) : `> ${this.write(most)}`;
  }

  // With or without the factors that are 1.
  product(slopes, ones) {
    if (!ones) {
      slopes = slopes.filter((slope) => slope !== 1);
      if (!slopes.length) slopes = [1];
    }
    return slopes.map((slope, k) => k ? inBrackets(this.write(slope)) : this.write(slope)).join(" · ");
  }

  sum(terms) {
    return terms.map((term, k) => k && term.startsWith(MINUS) ? `(${term})` : term).join(" + ");
  }

  groupForward(path, nodes) {
    const {graph, numbers: {data}} = this, count = thousands(nodes.length);
    if (nodes.length === 1) return this.forward(nodes[0]);
    const used = outputsOf(graph, nodes), scope = scopeName(graph, this.lang, path);
    if (used.length === 1) {
      const equation = equal(graph.nodes[used[0]].name, this.write(data[used[0]]));
      return this.say("group forward", {scope, count, equation});
    }
    const values = rangeOf(this.word, this.write, used.map((i) => data[i]), used.length);
    return this.say("group outputs", {scope, count, values});
  }

  groupBackward(path, terms, grads) {
    const count = thousands(terms.length), scope = scopeName(this.graph, this.lang, path);
    const gradient = normOf(this.word, this.write, scopeOf(this.graph, path), grads);
    return this.say(gradient === null ? "group backward" : "group gradient", {scope, count, gradient});
  }
}
