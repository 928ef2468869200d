// Two networks so small that a page can train them: their numbers, by hand.
//
// The networks are ToyCritic and ToyGenerator of labkit/toy.py: two hidden layers, Linear
// as torch starts it. All weights of one network lie in one array, in torch's order:
// W1, b1, W2, b2, W3, b3; a W has a row for each output. labkit/widgets/twin.py draws the
// same random numbers and makes the same steps in torch; a test compares the two.

const FINE = 2 ** 24; // drawn numbers are multiples of 1 / FINE: alike in every language

// Random numbers that Python can draw too: mulberry32, the 32-bit mixer of T. Ettinger.
export class Dice {
  // seed: a whole number from 0; stream: one of 16 independent uses of that seed.
  constructor(seed, stream) {
    this.state = mixBits(seed * 16 + stream);
  }

  // One number from 0 to 1, without 1.
  uniform() {
    this.state = (this.state + 0x6d2b79f5) | 0;
    return (mixBits(this.state) >>> 0) / 4294967296;
  }

  // `count` of them.
  uniforms(count) {
    return Float64Array.from({ length: count }, () => this.uniform());
  }

  // `count` numbers of N(0, 1), in pairs (Box and Muller 1958): all lengths, then all angles.
  normals(count) {
    const pairs = Math.ceil(count / 2);
    const drawn = new Float64Array(2 * pairs);
    const first = this.uniforms(pairs);
    const second = this.uniforms(pairs);
    for (let i = 0; i < pairs; i++) {
      const length = Math.sqrt(-2 * Math.log(first[i] + 2 ** -33));
      const angle = 2 * Math.PI * second[i];
      drawn[2 * i] = roundFine(length * Math.cos(angle));
      drawn[2 * i + 1] = roundFine(length * Math.sin(angle));
    }
    return drawn.subarray(0, count);
  }
}

function mixBits(number) {
  let mixed = number | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return mixed ^ (mixed >>> 14);
}

// To a multiple of 2^-24: logarithm and cosine may differ in their last digit elsewhere.
export function roundFine(number) {
  return Math.floor(number * FINE + 0.5) / FINE;
}

// inputs → hidden → hidden → outputs, with `slope` below zero: 0.2 LeakyReLU, 0 ReLU.
export class Net {
  constructor(inputs, hidden, outputs, slope) {
    Object.assign(this, { inputs, hidden, outputs, slope });
    const sizes = [hidden * inputs, hidden, hidden * hidden, hidden, outputs * hidden, outputs];
    this.weights = new Float64Array(sizes.reduce((sum, size) => sum + size));
    this.gradient = new Float64Array(this.weights.length);
    this.parts = slices(this.weights, sizes);
    this.slopes = slices(this.gradient, sizes);
    this.sizes = sizes;
  }

  // Weights as torch's Linear has them at first: uniform within 1 / sqrt(inputs).
  begin(dice) {
    const incoming = [this.inputs, this.inputs, this.hidden, this.hidden, this.hidden, this.hidden];
    this.parts.forEach((part, which) => {
      const limit = 1 / Math.sqrt(incoming[which]);
      for (let i = 0; i < part.length; i++) part[i] = (2 * dice.uniform() - 1) * limit;
    });
  }

  // points: count · inputs numbers → {points, count, first, second, out}; out: count · outputs.
  forward(points, count) {
    const { inputs, hidden, outputs, slope } = this;
    const [w1, b1, w2, b2, w3, b3] = this.parts;
    const first = dense(points, count, inputs, w1, b1, hidden);
    bend(first, slope);
    const second = dense(first, count, hidden, w2, b2, hidden);
    bend(second, slope);
    return { points, count, first, second, out: dense(second, count, hidden, w3, b3, outputs) };
  }

  // From d loss / d out to d loss / d points; `learn` adds d loss / d weights to .gradient.
  backward(pass, dOut, learn = true) {
    const { inputs, hidden, outputs, slope } = this;
    const [w1, , w2, , w3] = this.parts;
    const [g1, c1, g2, c2, g3, c3] = this.slopes;
    const { points, count, first, second } = pass;
    if (learn) addOuter(dOut, second, count, outputs, hidden, g3, c3);
    const dSecond = pullBack(dOut, count, outputs, w3, hidden);
    unbend(dSecond, second, slope);
    if (learn) addOuter(dSecond, first, count, hidden, hidden, g2, c2);
    const dFirst = pullBack(dSecond, count, hidden, w2, hidden);
    unbend(dFirst, first, slope);
    if (learn) addOuter(dFirst, points, count, hidden, inputs, g1, c1);
    return pullBack(dFirst, count, hidden, w1, inputs);
  }

  // Add to .gradient what the weights do to Σ pull · ∇score, `pull` held fixed: the second
  // order of a gradient penalty. Leaky layers are straight lines in pieces, so ∇score is
  // W1ᵀ S1 W2ᵀ S2 w3 with slopes S that do not move; biases have no part in it.
  backwardOfSlopes(pass, pull) {
    const { inputs, hidden, slope } = this;
    const [w1, , w2, , w3] = this.parts;
    const [g1, , g2, , g3] = this.slopes;
    const { count, first, second } = pass;
    const none = new Float64Array(hidden);
    const along = dense(pull, count, inputs, w1, none, hidden);
    unbend(along, first, slope);
    const further = dense(along, count, hidden, w2, none, hidden);
    unbend(further, second, slope);
    const one = new Float64Array(count).fill(1);
    addOuter(one, further, count, 1, hidden, g3, null);
    const dSecond = pullBack(one, count, 1, w3, hidden);
    unbend(dSecond, second, slope);
    addOuter(dSecond, along, count, hidden, hidden, g2, null);
    const dFirst = pullBack(dSecond, count, hidden, w2, hidden);
    unbend(dFirst, first, slope);
    addOuter(dFirst, pull, count, hidden, inputs, g1, null);
  }
}

function slices(array, sizes) {
  let start = 0;
  return sizes.map((size) => array.subarray(start, (start += size)));
}

// (count, from) · weightsᵀ + bias → (count, to)
function dense(points, count, from, weights, bias, to) {
  const out = new Float64Array(count * to);
  for (let n = 0; n < count; n++) out.set(bias, n * to);
  addProduct(out, count, to, from, points, from, 1, weights, 1, from);
  return out;
}

// (count, to) · weights → (count, from)
function pullBack(dOut, count, to, weights, from) {
  const out = new Float64Array(count * from);
  addProduct(out, count, from, to, dOut, to, 1, weights, from, 1);
  return out;
}

// Add dOutᵀ · inputs to the gradients of a layer's weights, and Σ dOut to its bias's.
function addOuter(dOut, inputs, count, to, from, gWeights, gBias) {
  addProduct(gWeights, to, from, count, dOut, 1, to, inputs, from, 1);
  if (gBias) for (let i = 0; i < dOut.length; i++) gBias[i % to] += dOut[i];
}

// out[r, c] += Σ a[r, k] · b[k, c] for k < inner, each matrix with the distances of its
// rows and columns. Four columns at a time: their sums do not wait for each other.
function addProduct(out, rows, columns, inner, a, aRow, aInner, b, bInner, bColumn) {
  const whole = columns - (columns % 4);
  for (let r = 0; r < rows; r++) {
    const start = r * aRow;
    for (let c = 0; c < whole; c += 4) {
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      let at = start;
      let bt = c * bColumn;
      for (let k = 0; k < inner; k++) {
        const value = a[at];
        s0 += value * b[bt];
        s1 += value * b[bt + bColumn];
        s2 += value * b[bt + 2 * bColumn];
        s3 += value * b[bt + 3 * bColumn];
        at += aInner;
        bt += bInner;
      }
      const place = r * columns + c;
      out[place] += s0;
      out[place + 1] += s1;
      out[place + 2] += s2;
      out[place + 3] += s3;
    }
    for (let c = whole; c < columns; c++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += a[start + k * aInner] * b[k * bInner + c * bColumn];
      out[r * columns + c] += sum;
    }
  }
}

function bend(values, slope) {
  for (let i = 0; i < values.length; i++) if (!(values[i] > 0)) values[i] *= slope;
}

// A bent value has the sign of the straight one, or is 0 where the slope is.
function unbend(gradient, bent, slope) {
  for (let i = 0; i < gradient.length; i++) if (!(bent[i] > 0)) gradient[i] *= slope;
}

// Adam (Kingma and Ba 2015) with the decay rates of labkit.toy, 0.5 and 0.9.
export class Adam {
  constructor(net) {
    this.net = net;
    this.steps = 0;
    this.mean = new Float64Array(net.weights.length);
    this.square = new Float64Array(net.weights.length);
  }

  // Move the weights against .gradient, and set it back to 0.
  step(rate) {
    const { weights, gradient } = this.net;
    const { mean, square } = this;
    this.steps += 1;
    const pace = rate / (1 - 0.5 ** this.steps);
    const scale = Math.sqrt(1 - 0.9 ** this.steps);
    for (let i = 0; i < weights.length; i++) {
      const g = gradient[i];
      mean[i] += 0.5 * (g - mean[i]);
      square[i] = 0.9 * square[i] + 0.1 * g * g;
      weights[i] -= (pace * mean[i]) / (Math.sqrt(square[i]) / scale + 1e-8);
    }
    gradient.fill(0);
  }
}
