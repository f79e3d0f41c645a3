// A program of microgrid over typed arrays: what `viz/training/tape.py` wrote, run forward and backward.
//
// U holds what is the same for all samples, V a row of `width` numbers for each slot, one number a sample.  Sums
// are taken from left to right as Python's programs take them; an adjoint of exactly 0 passes nothing on.

class Tape {
  constructor(data) {
    Object.assign(this, data);
    this.width = this.count = 0;
    this.U = new Float64Array(Math.max(this.uniform, data.parameters + data.constants.length));
    this.U.set(data.constants.map(Number), data.parameters);
    this.gU = new Float64Array(this.U.length);
    this.V = this.gV = new Float64Array(0);
    this.code = data.code.map((written) => written.length === 3 ? {statistics: written} : instructionOf(written));
    this.normal = this.code.flatMap(({statistics}) => statistics ? [statistics] : []);
  }

  // Room for so many samples.
  hold(count) {
    if (count > this.width) {
      this.width = count;
      this.V = new Float64Array(this.lanes * count);
      this.gV = new Float64Array(this.lanes * count);
    }
    this.count = count;
  }

  // A slot of V, its numbers one a sample.
  row(slot) {
    return this.V.subarray(slot * this.width, slot * this.width + this.count);
  }

  adjoint(slot) {
    return this.gV.subarray(slot * this.width, slot * this.width + this.count);
  }

  output(k) {
    const [lane, slot] = this.outputs[k];
    return lane ? this.row(slot) : new Float64Array(this.count).fill(this.U[slot]);
  }

  // The operation of one operand, or of one and a constant, that a slot of V comes of; null for another.
  maker(slot) {
    for (const {lane, repeat, result, row, operands} of this.code) {
      const place = slot - result;
      if (lane && row && place >= 0 && place < repeat && operands.filter((one) => one.lane).length === 1) return {row, operands, place, slot};
    }
    return null;
  }

  // `batch`: statistics are those of these samples; otherwise they are inputs.
  forward(parameters, batch = false) {
    this.U.set(parameters);
    this.batch = batch;
    for (const instruction of this.code) {
      if (instruction.statistics) {
        if (batch) this.take(instruction.statistics);
        continue;
      }
      if (instruction.runs.length) this.sum(instruction);
      if (instruction.row) this.apply(instruction);
    }
  }

  // Before it, the adjoints of the outputs are given by `seed`; after it, gU begins with those of the parameters.
  clear() {
    this.gU.fill(0);
    this.gV.fill(0);
  }

  seed(k, numbers) {
    const [lane, slot] = this.outputs[k];
    if (lane) {
      const g = this.adjoint(slot);
      for (let s = 0; s < g.length; s++) g[s] += numbers[s];
    } else {
      for (let s = 0; s < this.count; s++) this.gU[slot] += numbers[s];
    }
  }

  // With respect to the parameters, and if asked for to the inputs and what depends on them alone.
  backward(ofInputs = false) {
    this.most = ofInputs ? 2 : 1;
    for (let i = this.code.length - 1; i >= 0; i--) {
      const instruction = this.code[i];
      if (instruction.statistics && this.batch) this.takeBack(instruction.statistics);
      if (!this.wants(instruction)) continue;
      if (instruction.row) this.applyBack(instruction);
      if (instruction.runs.length) this.sumBack(instruction);
    }
  }

  wants({needs}) {
    return needs && needs <= this.most;
  }

  // Mean and variance of a slot over the samples, for all of them.
  take([x, mean, variance]) {
    const row = this.row(x), n = row.length;
    let sum = 0, squares = 0;
    for (const number of row) sum += number;
    for (const number of row) squares += (number - sum / n) ** 2;
    this.row(mean).fill(sum / n);
    this.row(variance).fill(squares / n);
  }

  // ∂mean/∂x = 1/n and ∂variance/∂x = 2 (x − mean)/n, for each sample.
  takeBack([x, mean, variance]) {
    const row = this.row(x), n = row.length, into = this.adjoint(x), [center] = this.row(mean);
    const total = (numbers) => numbers.reduce((sum, number) => sum + number, 0);
    const ofMean = total(this.adjoint(mean)), ofVariance = total(this.adjoint(variance));
    for (let s = 0; s < n; s++) into[s] += ofMean / n + ofVariance * 2 * (row[s] - center) / n;
  }

  sum({lane, repeat, total, runs}) {
    const {U, V, width} = this, n = lane ? this.count : 1, into = lane ? V : U, stride = lane ? width : 1;
    for (let r = 0; r < repeat; r++) {
      const to = (total + r) * stride;
      into.fill(0, to, to + n);
      let first = true;
      for (const {length, minus, factors: [a, b]} of runs) {
        for (let k = 0; k < length; k++) {
          addTerm(into, to, n, minus ? -1 : 1, first, a.lane ? V : U, a.at(k, r) * (a.lane ? width : 1), a.lane,
            b ? b.lane ? V : U : null, b ? b.at(k, r) * (b.lane ? width : 1) : 0, b ? b.lane : 0);
          first = false;
        }
      }
    }
  }

  sumBack({lane, repeat, total, runs}) {
    const {U, V, gU, gV, width} = this, n = lane ? this.count : 1, stride = lane ? width : 1;
    const adjoints = lane ? gV : gU;
    for (let r = 0; r < repeat; r++) {
      const from = (total + r) * stride;
      for (const {length, minus, factors} of runs) {
        for (let f = 0; f < factors.length; f++) {
          const x = factors[f], other = factors[1 - f];
          if (!this.wants(x)) continue;
          for (let k = 0; k < length; k++) {
            passOn(adjoints, from, n, minus ? -1 : 1, x.lane ? gV : gU, x.at(k, r) * (x.lane ? width : 1), x.lane,
              other ? other.lane ? V : U : null, other ? other.at(k, r) * (other.lane ? width : 1) : 0,
              other ? other.lane : 0);
          }
        }
      }
    }
  }

  apply({lane, repeat, result, row, operands: [x, y]}) {
    const {U, V, width} = this, n = lane ? this.count : 1, into = lane ? V : U, stride = lane ? width : 1;
    const {value} = row, X = x.lane ? V : U, Y = y ? y.lane ? V : U : null;
    for (let r = 0; r < repeat; r++) {
      const to = (result + r) * stride, from = x.at(0, r) * (x.lane ? width : 1);
      const second = y ? y.at(0, r) * (y.lane ? width : 1) : 0;
      for (let s = 0; s < n; s++) {
        into[to + s] = value(X[from + (x.lane ? s : 0)], Y ? Y[second + (y.lane ? s : 0)] : undefined);
      }
    }
  }

  applyBack({lane, repeat, result, row, operands}) {
    const {U, V, gU, gV, width} = this, n = lane ? this.count : 1, stride = lane ? width : 1;
    const own = lane ? V : U, adjoints = lane ? gV : gU, [x, y] = operands, {partials} = row;
    for (let r = 0; r < repeat; r++) {
      const from = (result + r) * stride;
      const places = operands.map((one) => one.at(0, r) * (one.lane ? width : 1));
      for (let s = 0; s < n; s++) {
        const g = adjoints[from + s];
        if (g === 0) continue;
        const first = (x.lane ? V : U)[places[0] + (x.lane ? s : 0)];
        const second = y ? (y.lane ? V : U)[places[1] + (y.lane ? s : 0)] : undefined;
        const slopes = partials(first, second, own[from + s]);
        for (let f = 0; f < slopes.length; f++) {
          const one = operands[f];
          if (this.wants(one)) (one.lane ? gV : gU)[places[f] + (one.lane ? s : 0)] += g * slopes[f];
        }
      }
    }
  }
}

function instructionOf([lane, repeat, needs, total, result, runs, row, operands]) {
  return {lane, repeat, needs, total, result, row: row ? ROWS[row] : null, operands: operands.map(operandOf),
    runs: runs.map(([length, minus, factors]) => ({length, minus, factors: factors.map(operandOf)}))};
}

function operandOf([lane, slot, step, rep, needs]) {
  return {lane, needs, at: (k, r) => slot + k * step + r * rep};
}

function addTerm(into, to, n, sign, first, A, a, aLane, B, b, bLane) {
  if (first && B === null && !aLane) { // mostly a bias
    const x = sign * A[a];
    for (let s = 0; s < n; s++) into[to + s] = x;
  } else if (B === null) {
    if (aLane) for (let s = 0; s < n; s++) into[to + s] += sign * A[a + s];
    else for (let s = 0, x = sign * A[a]; s < n; s++) into[to + s] += x;
  } else if (!aLane && bLane) {
    const x = sign * A[a];
    for (let s = 0; s < n; s++) into[to + s] += x * B[b + s];
  } else if (aLane && !bLane) {
    const x = sign * B[b];
    for (let s = 0; s < n; s++) into[to + s] += x * A[a + s];
  } else if (aLane) {
    for (let s = 0; s < n; s++) into[to + s] += sign * A[a + s] * B[b + s];
  } else {
    for (let s = 0, x = sign * A[a] * B[b]; s < n; s++) into[to + s] += x;
  }
}

function passOn(adjoints, from, n, sign, into, to, intoLane, B, b, bLane) {
  if (intoLane) {
    if (B === null) for (let s = 0; s < n; s++) into[to + s] += sign * adjoints[from + s];
    else if (bLane) {
      for (let s = 0; s < n; s++) {
        const g = adjoints[from + s];
        if (g !== 0) into[to + s] += sign * g * B[b + s];
      }
    } else {
      const x = sign * B[b];
      if (x - x === 0) for (let s = 0; s < n; s++) into[to + s] += adjoints[from + s] * x;
      else {
        for (let s = 0; s < n; s++) {
          const g = adjoints[from + s];
          if (g !== 0) into[to + s] += g * x;
        }
      }
    }
    return;
  }
  let total = 0;
  if (B === null) for (let s = 0; s < n; s++) total += adjoints[from + s];
  else if (bLane) {
    for (let s = 0; s < n; s++) {
      const g = adjoints[from + s];
      if (g !== 0) total += g * B[b + s];
    }
  } else {
    for (let s = 0; s < n; s++) total += adjoints[from + s];
    total = total === 0 ? 0 : total * B[b];
  }
  into[to] += sign * total;
}
