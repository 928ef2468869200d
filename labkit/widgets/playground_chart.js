// The losses of a run as a chart and as a table.

import { LOSSES } from "./playground_losses.js";
import { table } from "./ui.js";

const LEFT = 40; // room for numbers
const BOTTOM = 20;
const TOP = 8;
const ROWS = 12; // of the table
const BINS = 100; // points of a line
export const CHART_SIZE = [420, 190]; // CSS pixels

// history: [iteration, critic's loss, generator's loss], …
export function drawChart(context, [width, height], history, loss, theme) {
  context.clearRect(0, 0, width, height);
  const guesses = LOSSES[loss].guess ?? [];
  const good = history.filter((row) => Number.isFinite(row[1]) || Number.isFinite(row[2]));
  const [low, high] = range(good, guesses);
  const last = history.at(-1)?.[0] ?? 0;
  const right = width - 8;
  const x = (step) => LEFT + (step / (last || 1)) * (right - LEFT);
  const y = (value) => TOP + ((high - value) / (high - low)) * (height - BOTTOM - TOP);
  context.font = "12px system-ui, sans-serif";
  context.textBaseline = "middle";
  const text = (words, atX, atY, align, colour = theme.faint) => {
    context.fillStyle = colour;
    context.textAlign = align;
    context.fillText(words, atX, atY);
  };
  for (const value of [low, (low + high) / 2, high]) {
    line(context, [[LEFT, y(value)], [right, y(value)]], theme.line, 0.5, []);
    text(short(value), LEFT - 6, y(value), "right");
  }
  text("0", LEFT, height - 8, "center");
  text(`iteration ${last}`, right, height - 8, "right");
  context.save();
  context.beginPath();
  context.rect(LEFT, 0, right - LEFT, height - BOTTOM + 2);
  context.clip(); // what is wilder than the numbers at the side is cut off
  const path = (column) => binned(good, column).map(([step, value]) => [x(step), y(value)]);
  line(context, path(1), theme.critic, 2, []);
  line(context, path(2), theme.fake, 2, [7, 4]);
  context.restore();
  for (const guess of new Set(guesses)) {
    line(context, [[LEFT, y(guess)], [right, y(guess)]], theme.text, 1, [2, 4]);
    const words = `${guess < 0 ? "−" : ""}ln 2: guessing`;
    context.fillStyle = theme.ground;
    context.fillRect(right - 92, y(guess) + 2, 92, 15);
    text(words, right - 4, y(guess) + 10, "right", theme.text);
  }
}

// At most BINS points of a line: means over equally many rows.
function binned(rows, column) {
  const known = rows.filter((row) => Number.isFinite(row[column]));
  const size = Math.max(1, known.length / BINS);
  return Array.from({ length: Math.min(known.length, BINS) }, (_, i) => {
    const part = known.slice(Math.floor(i * size), Math.floor((i + 1) * size));
    return [0, column].map((each) => part.reduce((sum, row) => sum + row[each], 0) / part.length);
  });
}

// Least and largest loss, without the wildest twentieth, and where guessing would be.
function range(rows, guesses) {
  const values = [1, 2].flatMap((column) => binned(rows, column)).map((pair) => pair[1]).sort((a, b) => a - b);
  if (values.length === 0) values.push(0, 1);
  const at = (share) => values[Math.round(share * (values.length - 1))];
  const low = Math.min(at(0.025), ...guesses);
  const high = Math.max(at(0.975), ...guesses);
  const room = 0.08 * (high - low) || 0.1;
  return [low - room, high + room];
}

function line(context, points, colour, width, dashes) {
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x, y);
  context.setLineDash(dashes);
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.lineJoin = "round";
  context.stroke();
  context.setLineDash([]);
}

export function short(value) {
  return Number.isFinite(value) ? value.toFixed(2).replace("-", "−") : "–";
}

// A dozen moments of the run, evenly apart, the last one always.
export function lossTable(history) {
  const wanted = Math.min(ROWS, history.length);
  const rows = Array.from({ length: wanted }, (_, i) => {
    const index = wanted === 1 ? 0 : Math.round((i * (history.length - 1)) / (wanted - 1));
    const [step, critic, generator] = history[index];
    return [`${step}`, short(critic), short(generator)];
  });
  return table("Losses as a table", ["iteration", "critic", "generator"], rows);
}
