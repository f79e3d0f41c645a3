// Numbers: how they are written (the rule of viz/words/numbers.py) and read, and the functions that Math
// lacks.

const MINUS = "−";
const LARGEST_WHOLE = 1e6; // whole numbers below it are written with all their digits

// x to `precision` significant digits; whole numbers short, and never 0 for what is not zero.
function write(x, precision) {
  if (Number.isNaN(x)) return "nan";
  return (x < 0 ? MINUS : "") + (Number.isFinite(x) ? writeSize(Math.abs(x), precision) : "∞");
}

function writeSize(x, precision) {
  if (x < LARGEST_WHOLE && Number.isInteger(x)) return String(x);
  const [digits, power] = significant(x, precision);
  const exponential = power < -4 || power >= precision;
  if (exponential && x >= 1 && roundHalfEven(x) < LARGEST_WHOLE) return String(roundHalfEven(x));
  let mantissa = exponential ? withPoint(digits, 1)
    : power < 0 ? "0." + "0".repeat(-power - 1) + digits : withPoint(digits, power + 1);
  const shown = Number(`${digits[0]}.${digits.slice(1)}e${power}`);
  if (mantissa.includes(".") && Math.abs(shown - x) <= 1e-12 * Math.max(shown, x)) {
    mantissa = mantissa.replace(/\.?0+$/, "");
  }
  return exponential ? `${mantissa}e${power < 0 ? MINUS : ""}${Math.abs(power)}` : mantissa;
}

function withPoint(digits, place) {
  return place < digits.length ? `${digits.slice(0, place)}.${digits.slice(place)}` : digits;
}

// The first digits of x > 0 and the power of ten of the first.  Of two that are equally near, Python takes
// the even one and JavaScript the larger.
function significant(x, precision) {
  const [digits, power] = split(x.toExponential(precision - 1));
  const isTie = (text) => /^50*$/.test(text.slice(precision));
  if (!isTie(split(x.toExponential(precision + 5))[0])) return [digits, power]; // nearly always, and much faster
  const [exact, first] = split(x.toExponential(60)); // enough to tell a tie from a number beside it
  return isTie(exact) && Number(exact[precision - 1]) % 2 === 0 ? [exact.slice(0, precision), first] : [digits, power];
}

function split(text) {
  const [mantissa, power] = text.split("e");
  return [mantissa.replace(".", ""), Number(power)];
}

function roundHalfEven(x) {
  const below = Math.floor(x);
  return x - below === 0.5 ? below + below % 2 : Math.round(x);
}

// Every digit that a double has, for those who point at a number.
function writeExact(x) {
  return Number.isFinite(x) ? String(x).replaceAll("-", MINUS).replace("e+", "e") : write(x, 17);
}

// A count as Python writes it: 4,160.
function thousands(count) {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

// What a person may type for a number: −1.5, 3e−4, 0,5, ∞ or inf; NaN if it is none, or if in English it may
// be two: 1,200.
function read(text, lang = "") {
  const signed = text.trim().replaceAll(MINUS, "-"), infinite = /^([-+]?)(∞|inf(inity)?)$/i.exec(signed);
  if (infinite) return infinite[1] === "-" ? -Infinity : Infinity;
  if (lang === "en" && /^[-+]?[1-9]\d{0,2}(,\d{3})+$/.test(signed)) return NaN;
  const plain = signed.replace(/^([^.,]*),([^.,]*)$/, "$1.$2");
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain) ? Number(plain) : NaN;
}

// A number that was reached in steps of this size, without the digits that rounding left at its end.
function tidy(x, step) {
  return Math.abs(x) < step / 2 ? 0 : Number(x.toPrecision(6));
}

// 1 to the power of nan and −1 to that of infinity are 1 in C and in Python.
function pow(x, y) {
  return x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : Math.pow(x, y);
}

// Abramowitz & Stegun 7.1.6: a series whose terms are all positive, so that nothing cancels.
function erf(x) {
  if (!(Math.abs(x) < 2.5)) return Number.isNaN(x) ? NaN : Math.sign(x) * (1 - erfc(Math.abs(x)));
  let term = x, sum = x;
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= 2 * x * x / (2 * n + 1);
    sum += term;
  }
  return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
}

// Abramowitz & Stegun 7.1.14, the continued fraction, from a depth that is enough where 1 − erf would cancel.
function erfc(x) {
  if (!(x >= 0.5)) return Number.isNaN(x) ? NaN : x < -2.5 ? 2 - erfc(-x) : 1 - erf(x);
  if (x > 27.3) return 0; // less than half the smallest double
  let tail = 0;
  for (let n = Math.ceil(30 + 300 / (x * x)); n > 0; n--) tail = n / 2 / (x + tail);
  return expOfMinusSquare(x) / Math.sqrt(Math.PI) / (x + tail);
}

// exp(−x²) without the rounding of x², which exp would magnify.
function expOfMinusSquare(x) {
  const head = Math.trunc(x * 4096) / 4096;
  return Math.exp(-head * head) * Math.exp(-(x - head) * (x + head));
}
