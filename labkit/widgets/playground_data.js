// Points for the playground, drawn as labkit/points.py describes them, and their modes.

import { Dice, roundFine } from "./toynet.js";

export const EXTENT = 2.25; // pictures show the square from -EXTENT to EXTENT
export const POINTS = 512; // real points of a run
const SPREAD = 0.05; // noise around a mode, in both coordinates
export const NEAR_MODE = 0.2; // a fake this near to a mode is good

const circle = Array.from({ length: 8 }, (_, i) => {
  const angle = (2 * Math.PI * i) / 8;
  return [1.5 * Math.cos(angle), 1.5 * Math.sin(angle)];
});
const SIDE = [-1.5, -0.75, 0, 0.75, 1.5];
const lattice = SIDE.flatMap((x) => SIDE.map((y) => [x, y]));

// The modes of a set, [[x, y], …]; none for the moons and the line. Drawn points are their own.
export function modesOf(data, own) {
  return { ring: circle, grid: lattice, own }[data] ?? [];
}

// The real points of a run: POINTS pairs, x after y after x.
export function realPoints(data, own, seed) {
  const dice = new Dice(seed, 1);
  const clean = CLEAN[data](dice, own);
  const noise = dice.normals(2 * POINTS);
  return noise.map((value, i) => roundFine(clean[i] + SPREAD * value));
}

const CLEAN = {
  ring: (dice) => pick(dice, circle),
  grid: (dice) => pick(dice, lattice),
  moons(dice) {
    const along = dice.uniforms(POINTS);
    const sides = dice.uniforms(POINTS);
    return pairs((i) => {
      const angle = Math.PI * along[i];
      const side = sides[i] < 0.5 ? 1 : -1;
      return [side * (Math.cos(angle) - 0.5), side * (Math.sin(angle) - 0.25)];
    });
  },
  line(dice) {
    const along = dice.uniforms(POINTS);
    return pairs((i) => [(2 * along[i] - 1) * 1.5, 2 * along[i] - 1]);
  },
  own: (dice, own) => pairs((i) => own[i % own.length]),
};

function pick(dice, modes) {
  const chosen = dice.uniforms(POINTS);
  return pairs((i) => modes[Math.floor(chosen[i] * modes.length)]);
}

function pairs(place) {
  const points = new Float64Array(2 * POINTS);
  for (let i = 0; i < POINTS; i++) points.set(place(i), 2 * i);
  return points;
}

// labkit.points.modes_covered: a mode is covered if it has a quarter of its fair share of
// good fakes. Returns {covered: one true or false a mode, count, good: share of fakes}.
export function coverage(fakes, modes) {
  const count = fakes.length / 2;
  const found = modes.map(() => 0);
  for (let i = 0; i < count; i++) {
    let best = Infinity;
    let nearest = 0;
    modes.forEach(([x, y], index) => {
      const distance = (fakes[2 * i] - x) ** 2 + (fakes[2 * i + 1] - y) ** 2;
      if (distance < best) [best, nearest] = [distance, index];
    });
    if (best <= NEAR_MODE ** 2) found[nearest] += 1;
  }
  const covered = found.map((many) => many >= count / modes.length / 4);
  const good = found.reduce((sum, many) => sum + many, 0) / count;
  return { covered, count: covered.filter(Boolean).length, good };
}
