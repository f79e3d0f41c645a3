// The random numbers of Python's `random.Random(seed).random()`, to the last bit: the Mersenne Twister MT19937 of
// Matsumoto and Nishimura 1998, seeded by its `init_by_array` with the 32-bit words of the seed.

class Twister {
  constructor(seed) {
    const words = [];
    for (let rest = Math.abs(Math.trunc(seed)); rest > 0 || !words.length; rest = Math.floor(rest / 2 ** 32)) words.push(rest % 2 ** 32);
    const state = this.state = new Uint32Array(624);
    state[0] = 19650218;
    for (let i = 1; i < 624; i++) state[i] = Math.imul(1812433253, state[i - 1] ^ state[i - 1] >>> 30) + i;
    let i = 1, j = 0;
    for (let k = Math.max(624, words.length); k > 0; k--) {
      state[i] = (state[i] ^ Math.imul(state[i - 1] ^ state[i - 1] >>> 30, 1664525)) + words[j] + j;
      if (++i === 624) [state[0], i] = [state[623], 1];
      if (++j === words.length) j = 0;
    }
    for (let k = 623; k > 0; k--) {
      state[i] = (state[i] ^ Math.imul(state[i - 1] ^ state[i - 1] >>> 30, 1566083941)) - i;
      if (++i === 624) [state[0], i] = [state[623], 1];
    }
    state[0] = 0x80000000;
    this.place = 624;
  }

  word() {
    const {state} = this;
    if (this.place === 624) {
      for (let k = 0; k < 624; k++) {
        const y = state[k] & 0x80000000 | state[(k + 1) % 624] & 0x7fffffff;
        state[k] = state[(k + 397) % 624] ^ y >>> 1 ^ (y & 1 ? 0x9908b0df : 0);
      }
      this.place = 0;
    }
    let y = state[this.place++];
    y ^= y >>> 11;
    y ^= y << 7 & 0x9d2c5680;
    y ^= y << 15 & 0xefc60000;
    return (y ^ y >>> 18) >>> 0;
  }

  // From 0 to 1, 1 excluded, with 53 bits.
  random() {
    const high = this.word() >>> 5, low = this.word() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  // 0 to count − 1 in random order, after Fisher and Yates: `microgrid.datasets.shuffle` of range(count).
  order(count) {
    const places = Array.from({length: count}, (_, k) => k);
    for (let k = count - 1; k > 0; k--) {
      const other = Math.floor(this.random() * (k + 1));
      [places[k], places[other]] = [places[other], places[k]];
    }
    return places;
  }
}
