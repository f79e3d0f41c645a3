// A multi-layer perceptron that the reader has put together: what `nn.MLP` records, with its weights as Python draws
// them after `random.seed(seed)`: uniform from −1 to 1, neuron by neuron, and biases 0.

const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉", SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const lowered = (n) => String(n).replace(/\d/g, (digit) => SUBSCRIPTS[digit]);
const raised = (n) => String(n).replace(/\d/g, (digit) => SUPERSCRIPTS[digit]);

// The facts of a page about another network, of which no optimiser remembers anything yet.
function rebuilt(facts, spec) {
  return {...facts, ...buildMlp(spec, facts.activations), optimizer: {...facts.optimizer, memory: null, steps: 0}};
}

// Sizes from the inputs to the outputs; `known` has the names of activations, and the constants some of them take.
function buildMlp({sizes, activation, dropout, seed}, known) {
  const inputs = sizes[0], hidden = sizes.slice(1, -1), outputs = sizes.at(-1);
  const masked = dropout > 0 ? hidden.reduce((sum, n) => sum + n, 0) : 0, {constant} = known[activation];
  const parameters = [], names = [], links = [], code = [], columns = [column(0, inputs)];
  const twister = new Twister(seed), count = hidden.reduce((sum, n) => sum + n, 0) * (masked ? 2 : 1) + outputs;
  let from = 0, depends = 2, mask = inputs, result = inputs + masked, sums = result + count, total = 0;
  for (let k = 1; k < sizes.length; k++) total += sizes[k] * (sizes[k - 1] + 1);
  const places = [Array.from({length: inputs}, (_, i) => i)];

  sizes.slice(1).forEach((n, before) => {
    const layer = before + 1, m = sizes[before], first = parameters.length, last = layer === sizes.length - 1;
    for (let i = 1; i <= n; i++) {
      for (let j = 1; j <= m; j++) {
        names.push(`w${lowered(i)}${i > 9 || j > 9 ? "," : ""}${lowered(j)}⁽${raised(layer)}⁾`);
        links.push([before, j - 1, layer, i - 1, parameters.length, 1]);
        parameters.push(-1 + 2 * twister.random());
      }
      names.push(`b${lowered(i)}⁽${raised(layer)}⁾`);
      parameters.push(0);
    }
    const to = last ? result : sums, bias = [0, first + m, 0, m + 1, 1];
    const runs = [[1, 0, [bias]], [m, 0, [[0, first, 1, m + 1, 1], [1, from, 1, 0, depends]]]];
    const operands = [[1, to, 0, 1, 1], ...(constant === null ? [] : [[0, total, 0, 0, 0]])];
    code.push(last ? [1, n, 1, to, to, runs, "", []] : [1, n, 1, to, result, runs, activation, operands]);
    places.push(Array.from({length: n}, (_, i) => result + i));
    [from, depends] = [result, 1];
    result += n;
    if (!last) sums += n;
    if (!last && masked) {
      code.push([1, n, 1, result, result, [[1, 0, [[1, from, 0, 1, 1], [1, mask, 0, 1, 2]]]], "", []]);
      [from, mask, result] = [result, mask + n, result + n];
    }
    columns.push(column(layer, n, m, last, first));
  });

  function column(layer, n, m, last = false, first = 0) {
    const role = layer === 0 ? "input" : last ? "output" : "hidden";
    const caption = Object.fromEntries(Object.keys(known[activation].label).map((lang) => [lang, layer === 0 ? known.input[lang]
      : `Linear ${m}→${n}${last ? "" : `, ${known[activation].label[lang]}`}`]));
    const units = Array.from({length: n}, (_, i) => ({
      id: layer === 0 ? `x${i + 1}` : last ? `y${i + 1}` : `h${layer}.${i + 1}`,
      name: layer === 0 ? `x${lowered(i + 1)}` : last ? `ŷ${n > 1 ? lowered(i + 1) : ""}` : `h${lowered(i + 1)}⁽${raised(layer)}⁾`,
      role, activation: role === "hidden" ? activation : "", biases: layer ? [first + i * (m + 1) + m] : [],
    }));
    return {caption, units};
  }

  let output = outputs;
  for (const {units} of columns) for (const unit of units) unit.output = output++;
  const constants = constant === null ? [] : [constant];
  return {
    parameters, dropped: Array(masked).fill(dropout),
    model: {
      parameters: total, inputs: inputs + masked, uniform: total + constants.length, lanes: sums, constants, code,
      outputs: [...places.at(-1), ...places.flat()].map((slot) => [1, slot]),
    },
    net: {title: `MLP ${sizes.join("-")}`, columns, links, names},
  };
}
