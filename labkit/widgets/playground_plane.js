// The picture of the playground: the critic's opinion, both crowds, arrows, the net of z.

import { sigmoid } from "./playground_losses.js";
import { EXTENT, NEAR_MODE } from "./playground_data.js";

const SIDE_CELLS = 45; // places in each direction at which the critic is asked
const SHOWN_POINTS = 240; // of a crowd
const SHOWN_ARROWS = 40;
const LONG_ARROW = 0.55; // of the plane, for the arrow that nine of ten do not exceed
const NET_LINES = 15;
const NET_PIECES = 45; // of each line
// From "fake" over "cannot tell" to "real", on light and on dark ground.
const GROUNDS = {
  light: [[217, 184, 230], [247, 244, 248], [181, 222, 198]],
  dark: [[82, 44, 98], [34, 34, 38], [18, 84, 54]],
};

const cells = Float64Array.from({ length: 2 * SIDE_CELLS ** 2 }, (_, i) => {
  const place = i >> 1;
  const index = i % 2 === 0 ? place % SIDE_CELLS : Math.floor(place / SIDE_CELLS);
  return EXTENT * ((2 * index) / (SIDE_CELLS - 1) - 1); // rows from below
});

// From scores to 0 … 1, 0.5 where the critic cannot tell: D, where the loss makes logits.
export function opinionOf(loss, scores) {
  if (loss === "vanilla" || loss === "minimax") return scores.map(sigmoid);
  if (loss === "least-squares") return scores.map((s) => Math.min(1, Math.max(0, s)));
  if (loss === "hinge") return scores.map((s) => Math.min(1, Math.max(0, (s + 1) / 2)));
  let [low, high] = [Infinity, -Infinity]; // only differences count: from lowest to highest
  for (const s of scores) [low, high] = [Math.min(low, s), Math.max(high, s)];
  return scores.map((s) => (s - low) / (high - low || 1));
}

// scene: {game, layers, theme, dark, modes, covered, moment (of a sub-step) or null,
// drawn: points of a person, cursor: [x, y] or null}; side in pixels of the context.
export function drawPlane(context, side, scene) {
  const { game, layers, theme, moment } = scene;
  const place = (x, y) => [((x + EXTENT) / (2 * EXTENT)) * side, ((EXTENT - y) / (2 * EXTENT)) * side];
  const pen = { context, place, unit: side / 460, scale: side / (2 * EXTENT) };
  context.fillStyle = theme.ground;
  context.fillRect(0, 0, side, side);
  if (layers.includes("opinion")) {
    const opinion = opinionOf(game.settings.loss, game.scores(cells));
    paintGround(pen, side, opinion, GROUNDS[scene.dark ? "dark" : "light"]);
    border(pen, opinion, theme.critic);
  }
  for (const [index, mode] of scene.modes.entries()) ring(pen, mode, scene.covered[index], theme);
  if (layers.includes("net")) paintNet(pen, game, theme.fake);
  const fakes = moment?.fakes ?? game.fakes();
  circles(pen, moment?.real ?? game.real, theme.real);
  crosses(pen, fakes, theme.fake);
  if (layers.includes("arrows") || moment?.advice)
    arrowsOf(pen, fakes, moment?.advice ?? game.advice(first(fakes, SHOWN_ARROWS)), theme.gradient);
  for (const [x, y] of scene.drawn) square(pen, x, y, theme.text);
  if (scene.cursor) crossHair(pen, scene.cursor, theme.text);
}

function first(points, count) {
  return points.subarray(0, 2 * count);
}

function paintGround({ context }, side, opinion, colours) {
  const small = new OffscreenCanvas(SIDE_CELLS, SIDE_CELLS);
  const image = new ImageData(SIDE_CELLS, SIDE_CELLS);
  opinion.forEach((value, i) => {
    const row = SIDE_CELLS - 1 - Math.floor(i / SIDE_CELLS);
    const at = 4 * (row * SIDE_CELLS + (i % SIDE_CELLS));
    const [from, to, share] = value < 0.5 ? [0, 1, 2 * value] : [1, 2, 2 * value - 1];
    for (let c = 0; c < 3; c++)
      image.data[at + c] = colours[from][c] + share * (colours[to][c] - colours[from][c]);
    image.data[at + 3] = 255;
  });
  small.getContext("2d").putImageData(image, 0, 0);
  context.imageSmoothingEnabled = true;
  const half = side / (SIDE_CELLS - 1) / 2; // the outer places lie on the picture's edge
  context.drawImage(small, -half, -half, side + 2 * half, side + 2 * half);
}

// The line on which the opinion is 0.5, by marching squares.
function border({ context, place, unit }, opinion, colour) {
  const cut = (i, j) => {
    const share = (0.5 - opinion[i]) / (opinion[j] - opinion[i]);
    const x = cells[2 * i] + share * (cells[2 * j] - cells[2 * i]);
    return place(x, cells[2 * i + 1] + share * (cells[2 * j + 1] - cells[2 * i + 1]));
  };
  context.beginPath();
  for (let row = 0; row < SIDE_CELLS - 1; row++) {
    for (let column = 0; column < SIDE_CELLS - 1; column++) {
      const a = row * SIDE_CELLS + column;
      const corners = [a, a + 1, a + SIDE_CELLS + 1, a + SIDE_CELLS];
      const many = corners.filter((i) => opinion[i] < 0.5).length;
      if (many === 0 || many === 4) continue;
      const cuts = corners
        .map((i, n) => [i, corners[(n + 1) % 4]])
        .filter(([i, j]) => opinion[i] < 0.5 !== opinion[j] < 0.5)
        .map(([i, j]) => cut(i, j));
      for (let n = 0; n + 1 < cuts.length; n += 2) {
        context.moveTo(...cuts[n]);
        context.lineTo(...cuts[n + 1]);
      }
    }
  }
  stroke(context, colour, 1.6 * unit, [6 * unit, 4 * unit]);
}

function stroke(context, colour, width, dashes = []) {
  context.setLineDash(dashes);
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke();
  context.setLineDash([]);
}

function ring({ context, place, unit, scale }, [x, y], covered, theme) {
  context.beginPath();
  context.arc(...place(x, y), NEAR_MODE * scale, 0, 2 * Math.PI);
  stroke(context, theme.text, (covered ? 2 : 1) * unit, covered ? [] : [2 * unit, 4 * unit]);
}

// Where the generator takes a net of z: lines that it folds, stretches and lets pile up.
function paintNet({ context, place, unit }, game, colour) {
  const { size, ends } = game.latent;
  const between = (share) => ends[0] + share * (ends[1] - ends[0]);
  const line = (zOf) => {
    const z = Float64Array.from({ length: size * (NET_PIECES + 1) }, (_, i) =>
      zOf(Math.floor(i / size) / NET_PIECES)[i % size],
    );
    const path = game.generator.forward(z, NET_PIECES + 1).out;
    for (let i = 0; i <= NET_PIECES; i++)
      context[i === 0 ? "moveTo" : "lineTo"](...place(path[2 * i], path[2 * i + 1]));
  };
  context.beginPath();
  if (size === 1) line((share) => [between(share)]);
  else
    for (let n = 0; n < NET_LINES; n++) {
      const fixed = between(n / (NET_LINES - 1));
      line((share) => [between(share), fixed]);
      line((share) => [fixed, between(share)]);
    }
  stroke(context, colour, (size === 1 ? 1.6 : 0.8) * unit);
}

function circles({ context, place, unit }, points, colour) {
  context.fillStyle = colour;
  for (let i = 0; i < Math.min(points.length, 2 * SHOWN_POINTS); i += 2) {
    context.beginPath();
    context.arc(...place(points[i], points[i + 1]), 2.6 * unit, 0, 2 * Math.PI);
    context.fill();
  }
}

function crosses({ context, place, unit }, points, colour) {
  const arm = 3.4 * unit;
  context.beginPath();
  for (let i = 0; i < Math.min(points.length, 2 * SHOWN_POINTS); i += 2) {
    const [x, y] = place(points[i], points[i + 1]);
    context.moveTo(x - arm, y - arm);
    context.lineTo(x + arm, y + arm);
    context.moveTo(x - arm, y + arm);
    context.lineTo(x + arm, y - arm);
  }
  stroke(context, colour, 1.5 * unit);
}

// At each fake the way in which the critic would score it higher, as long as it is steep.
function arrowsOf({ context, place, unit, scale }, points, advice, colour) {
  const count = Math.min(SHOWN_ARROWS, advice.length / 2);
  const lengths = Array.from({ length: count }, (_, i) => Math.hypot(advice[2 * i], advice[2 * i + 1]));
  const usual = lengths.slice().sort((a, b) => a - b)[Math.floor(0.9 * (count - 1))] || 1;
  context.beginPath();
  for (let i = 0; i < count; i++) {
    const length = (Math.min(lengths[i] / usual, 1.5) * LONG_ARROW * scale) || 0;
    const angle = Math.atan2(-advice[2 * i + 1], advice[2 * i]);
    const [x, y] = place(points[2 * i], points[2 * i + 1]);
    const [toX, toY] = [x + length * Math.cos(angle), y + length * Math.sin(angle)];
    context.moveTo(x, y);
    context.lineTo(toX, toY);
    for (const turn of [2.6, -2.6]) {
      const head = Math.min(6 * unit, length / 2);
      context.moveTo(toX, toY);
      context.lineTo(toX + head * Math.cos(angle + turn), toY + head * Math.sin(angle + turn));
    }
  }
  stroke(context, colour, 1.5 * unit);
}

function square({ context, place, unit }, x, y, colour) {
  const [left, top] = place(x, y);
  context.strokeStyle = colour;
  context.lineWidth = 1.4 * unit;
  context.strokeRect(left - 4 * unit, top - 4 * unit, 8 * unit, 8 * unit);
}

function crossHair({ context, place, unit }, [x, y], colour) {
  const [left, top] = place(x, y);
  context.beginPath();
  for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
    context.moveTo(left + 5 * dx * unit, top + 5 * dy * unit);
    context.lineTo(left + 14 * dx * unit, top + 14 * dy * unit);
  }
  stroke(context, colour, 2 * unit);
}
