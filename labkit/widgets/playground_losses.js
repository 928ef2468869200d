// The losses of the playground: labkit/losses.py by hand, each with its slopes.
//
// critic(real, fake) → [loss, d loss / d real, d loss / d fake] and generator(fake, real)
// → [loss, d loss / d fake], on arrays of scores of equal length. `penalty` looks at the
// critic's slope: "one" (gradient penalty) or "zero" (R1 and R2); `clip` cuts its weights.

const THRESHOLD = 20; // torch's softplus is a straight line from here

const softplus = (x) => (x > THRESHOLD ? x : Math.log1p(Math.exp(-Math.abs(x))) + Math.max(x, 0));
const softplusSlope = (x) => (x > THRESHOLD ? 1 : sigmoid(x));

export function sigmoid(x) {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

// The mean of f over scores, and its slope at each of them.
function meanOf(scores, f, slope) {
  let sum = 0;
  for (const score of scores) sum += f(score);
  return [sum / scores.length, scores.map((score) => slope(score) / scores.length)];
}

// A critic's loss that is a mean over real scores plus a mean over fakes.
function twoMeans(factor, [f, fSlope], [g, gSlope]) {
  return (real, fake) => {
    const [one, dReal] = meanOf(real, f, fSlope);
    const [two, dFake] = meanOf(fake, g, gSlope);
    const scale = (value) => factor * value;
    return [factor * (one + two), dReal.map(scale), dFake.map(scale)];
  };
}

const missesReal = [(x) => Math.log1p(Math.exp(-Math.abs(x))) + Math.max(-x, 0), (x) => -sigmoid(-x)];
const takesFake = [softplus, softplusSlope];
const minusMean = (fake) => meanOf(fake, (x) => -x, () => -1);
const crossEntropy = twoMeans(0.5, missesReal, takesFake);
const distanceOfMeans = twoMeans(1, [(x) => -x, () => -1], [(x) => x, () => 1]);

// Pair by pair: the mean of softplus(less - more).
function outscored(more, less) {
  const gaps = less.map((score, i) => score - more[i]);
  const [loss, slopes] = meanOf(gaps, softplus, softplusSlope);
  return [loss, slopes.map((slope) => -slope), slopes];
}

export const LOSSES = {
  vanilla: {
    critic: crossEntropy,
    generator: (fake) => meanOf(fake, (x) => softplus(-x), (x) => -softplusSlope(-x)),
    guess: [Math.LN2, Math.LN2],
  },
  minimax: {
    critic: crossEntropy,
    generator: (fake) => meanOf(fake, (x) => -softplus(x), (x) => -softplusSlope(x)),
    guess: [Math.LN2, -Math.LN2],
  },
  "least-squares": {
    critic: twoMeans(0.5, [(x) => (x - 1) ** 2, (x) => 2 * (x - 1)], [(x) => x * x, (x) => 2 * x]),
    generator: (fake) => meanOf(fake, (x) => (x - 1) ** 2 / 2, (x) => x - 1),
  },
  hinge: {
    critic: twoMeans(
      1,
      [(x) => Math.max(0, 1 - x), (x) => (x < 1 ? -1 : 0)],
      [(x) => Math.max(0, 1 + x), (x) => (x > -1 ? 1 : 0)],
    ),
    generator: minusMean,
  },
  "wgan-clip": { critic: distanceOfMeans, generator: minusMean, clip: 0.1 },
  "wgan-gp": { critic: distanceOfMeans, generator: minusMean, penalty: "one" },
  relativistic: {
    critic: outscored,
    generator(fake, real) {
      const [loss, dFake] = outscored(fake, real);
      return [loss, dFake];
    },
    compares: true,
    penalty: "zero",
    guess: [Math.LN2, Math.LN2],
  },
};

// From slopes of the score at places (x, y after x, y) to the penalty's own slopes there.
// "one": the mean of (‖slope‖ − 1)²; "zero": half the mean of ‖slope‖².
export function pullOfPenalty(kind, slopes) {
  const count = slopes.length / 2;
  return slopes.map((value, i) => {
    if (kind === "zero") return value / count;
    const start = i - (i % 2);
    const length = Math.sqrt(slopes[start] ** 2 + slopes[start + 1] ** 2);
    return length === 0 ? 0 : (2 * (length - 1) * value) / (length * count);
  });
}
