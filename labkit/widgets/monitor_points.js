// Curves of a run as lists of [step, critic's loss, generator's loss, D(x), D(G(z))].

const MOST_POINTS = 600; // more than a chart has pixels for
const SMOOTH_STEPS = 20; // as in the pictures that labkit draws

// Add what is new, and halve the list, neighbour by neighbour, when it gets long.
export function addPoints(points, more) {
  const last = points.at(-1)?.[0] ?? 0;
  const all = [...points, ...more.filter(([step]) => step > last)];
  if (all.length <= MOST_POINTS) return all;
  const half = [];
  for (let i = 0; i + 1 < all.length; i += 2)
    half.push([all[i + 1][0], ...all[i].slice(1).map((v, k) => (v + all[i + 1][k + 1]) / 2)]);
  if (all.length % 2 === 1) half.push(all.at(-1));
  return half;
}

// The mean, at each point, of column `index` over the latest 20 steps.
export function smoothed(points, index) {
  let first = 0;
  let sum = 0;
  return points.map((point, here) => {
    sum += point[index];
    while (first < here && point[0] - points[first][0] >= SMOOTH_STEPS) {
      sum -= points[first][index];
      first += 1;
    }
    return sum / (here - first + 1);
  });
}

// Where an axis ends so that a few wild values do not decide it: [low, high].
export function axisRange(points, indices) {
  const values = points.flatMap((point) => indices.map((index) => point[index]));
  values.sort((a, b) => a - b);
  const at = (share) => values[Math.round(share * (values.length - 1))] ?? 0;
  return [Math.min(0, 1.4 * at(0.02)), Math.max(1.2, 1.4 * at(0.98))];
}

// At most `count` of the points, the last one among them: rows of a table.
export function fewOf(points, count) {
  const every = Math.ceil(points.length / count);
  return points.filter((_, i) => (points.length - 1 - i) % every === 0);
}
