// The checkerboard of lab 03: choose how to upsample, see what overlaps and what ripples.

import { stateOf } from "./channel.js";
import { radios, slider } from "./controls.js";
import { INPUTS, countsOf, flatOf, insideOf, rippleOf, sizeOf, stampsOf } from "./overlap.js";
import { canvas, frame, make, row, table } from "./ui.js";

const WIDE = 680; // CSS pixels of the line of stamps, at most
const SQUARE = 328; // and of a square
const CELL_WITH_NUMBER = 12; // a smaller cell has no room for one

function render({ model, el }) {
  const facts = model.get("facts");
  const view = frame(model, el, facts.label);
  const state = stateOf(model);
  const line = board("Stamps");
  const even = board("Counts");
  const random = board("Flat input");
  let numbers = make("div");

  const choose = (changes) => {
    state.set(changes);
    const most = Math.floor((state.get("kernel") - 1) / 2);
    if (state.get("padding") > most) state.set({ padding: most });
    show();
  };
  const sliding = (name, label, [min, max]) =>
    slider(label, {
      min, max, step: 1, value: state.get(name),
      onInput: (value) => choose({ [name]: value }),
    });
  const controls = {
    upsampling: radios("Upsampling", facts.kinds.map(([kind, text]) => [kind, text]),
      state.get("upsampling"), (upsampling) => choose({ upsampling })),
    kernel: sliding("kernel", "Kernel", facts.kernels),
    stride: sliding("stride", "Stride (times as large)", facts.strides),
    padding: sliding("padding", "Padding", [0, Math.floor((facts.kernels[1] - 1) / 2)]),
  };

  function show() {
    const setting = state.all();
    const most = Math.floor((setting.kernel - 1) / 2);
    controls.padding.el.querySelector("input").max = most;
    controls.padding.disabled = most === 0;
    for (const [name, control] of Object.entries(controls)) control.value = setting[name];
    draw();
    view.say(toldOf(setting, facts));
  }

  function draw() {
    const setting = state.all();
    const theme = view.theme();
    const room = view.body.clientWidth || WIDE;
    const rows = stampsOf(setting);
    const total = Array.from({ length: sizeOf(setting) }, (_, place) =>
      rows.reduce((sum, stamp) => sum + stamp[place], 0));
    drawStamps(line, rows, total, Math.min(WIDE, room), theme);
    line.view.alt = `${INPUTS} pixels of a line, a stamp each. How many weights meet in ` +
      `each of the ${total.length} pixels below: ${total.map(plain).join(" ")}`;

    const counts = countsOf(setting);
    const side = Math.min(SQUARE, room);
    drawCounts(even, counts, insideOf(setting), side, theme);
    const evenly = rippleOf(setting, [counts]).toFixed(2);
    even.caption.textContent = `All weights 1: ripple ${evenly}`;
    even.view.alt = `How many weights meet in each pixel of the square: ` +
      `${eitherOf(counts, insideOf(setting))} inside. Ripple ${evenly}`;

    const maps = facts.weights.map((kernel) => flatOf(setting, kernel));
    const ripple = rippleOf(setting, maps).toFixed(2);
    drawMap(random, maps[0], insideOf(setting), side);
    random.caption.textContent = `Random weights: ripple ${ripple} (mean of ${maps.length} maps)`;
    random.view.alt = `A flat input after random weights, one map of ${maps.length}. ` +
      `Ripple of all ${ripple}`;

    const open = numbers.open ?? false;
    const fresh = table("The numbers of the line, as a table", ["pixel", "weights that meet"],
      total.map((count, place) => [place, plain(count)]));
    fresh.open = open;
    numbers.replaceWith(fresh);
    numbers = fresh;
  }

  line.caption.textContent =
    `${INPUTS} pixels of a line leave a stamp each; below, how many weights meet`;
  view.body.append(
    controls.upsampling.el,
    row(controls.kernel, controls.stride, controls.padding),
    line.el,
    row(even, random),
    make("p", { className: "labkit-note", textContent:
      "Inside the dashed frame no edge is felt: there the ripple is measured." }),
    numbers,
  );
  state.onChange(show);
  view.onTheme(draw);
  const watcher = new ResizeObserver(draw);
  watcher.observe(view.body);
  view.onEnd(() => watcher.disconnect());
  show();
  return view.end;
}

// What is to be seen, in the words of labkit/show/overlap.py.
export function toldOf(setting, { kinds, weights }) {
  const counts = countsOf(setting);
  const rows = stampsOf(setting);
  const total = Array.from({ length: sizeOf(setting) }, (_, place) =>
    rows.reduce((sum, stamp) => sum + stamp[place], 0));
  const [first, end] = insideOf(setting);
  const kind = Object.fromEntries(kinds)[setting.upsampling];
  const maps = weights.map((kernel) => flatOf(setting, kernel));
  return `${kind[0].toUpperCase()}${kind.slice(1)}; kernel ${setting.kernel}, stride ` +
    `${setting.stride}, padding ${setting.padding}: ${INPUTS} pixels in a row become ` +
    `${sizeOf(setting)}. Inside, the weights that meet in a pixel are ` +
    `${eitherOf([total.slice(first, end)], [0, end - first])} in a row, ` +
    `${eitherOf(counts, [first, end])} in the square. Ripple ` +
    `${rippleOf(setting, [counts]).toFixed(2)} with all weights 1, ` +
    `${rippleOf(setting, maps).toFixed(2)} with random weights (mean of ${maps.length} maps).`;
}

// "1, 2 or 4": which numbers there are in the inside of some rows.
function eitherOf(rows, [first, end]) {
  const inside = rows.length === 1 ? rows : rows.slice(first, end);
  const all = inside.flatMap((cells) => [...cells.slice(first, end)].map(plain));
  const different = [...new Set(all)].sort((a, b) => a - b);
  const last = different.pop();
  return different.length > 0 ? `${different.join(", ")} or ${last}` : last;
}

const plain = (number) => `${Math.round(number)}`;

// A canvas with a line of text under it.
function board(alt) {
  const view = canvas(1, 1, alt);
  const caption = make("figcaption");
  view.el.append(caption);
  return { el: view.el, view, caption };
}

// Make the canvas so large, in CSS pixels, and sharp on this screen.
function fresh2d({ view }, width, height) {
  const density = devicePixelRatio || 1;
  view.canvas.width = Math.round(width * density);
  view.canvas.height = Math.round(height * density);
  view.canvas.style.width = `${width}px`;
  view.context.setTransform(density, 0, 0, density, 0, 0);
  return view.context;
}

function inked(context, theme, strength, x, y, width, height) {
  context.globalAlpha = 0.12 + 0.38 * strength;
  context.fillStyle = theme.fake;
  context.fillRect(x + 0.5, y + 0.5, width - 1, height - 1);
  context.globalAlpha = 1;
}

function lettered(context, theme, text, x, y, cell) {
  if (cell < CELL_WITH_NUMBER) return;
  context.fillStyle = theme.text;
  context.font = `${Math.min(14, Math.floor(cell * 0.62) + 1)}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(text, x, y);
}

function drawStamps(target, rows, total, width, theme) {
  const [high, gap] = [14, 4];
  const context = fresh2d(target, width, (high + gap) * rows.length + 30);
  const cell = width / total.length;
  const most = Math.max(...rows.map((stamp) => Math.max(...stamp)));
  rows.forEach((stamp, index) =>
    stamp.forEach((ink, place) => {
      if (ink > 0) inked(context, theme, ink / most, place * cell, index * (high + gap), cell, high);
    }));
  const floor = (high + gap) * rows.length + 4;
  const largest = Math.max(...total);
  total.forEach((count, place) => {
    inked(context, theme, count / largest, place * cell, floor, cell, 24);
    lettered(context, theme, plain(count), (place + 0.5) * cell, floor + 12.5, Math.min(cell + 4, 22));
  });
  target.view.drawn();
}

function drawCounts(target, counts, inside, side, theme) {
  const context = fresh2d(target, side, side);
  const cell = side / counts.length;
  const most = Math.max(...counts.map((line) => Math.max(...line)));
  const digits = plain(most).length;
  counts.forEach((line, y) =>
    line.forEach((count, x) => {
      inked(context, theme, count / most, x * cell, y * cell, cell, cell);
      lettered(context, theme, plain(count), (x + 0.5) * cell, (y + 0.5) * cell,
        digits > 1 && cell < 16 ? 0 : cell);
    }));
  framed(context, inside, cell);
  target.view.drawn();
}

// Pixels are drawn from minus to plus the largest: black to white, in either theme.
function drawMap(target, map, inside, side) {
  const context = fresh2d(target, side, side);
  const cell = side / map.length;
  const limit = Math.max(...map.map((line) => Math.max(...line.map(Math.abs)))) || 1;
  map.forEach((line, y) =>
    line.forEach((value, x) => {
      const grey = Math.round((255 * (1 + value / limit)) / 2);
      context.fillStyle = `rgb(${grey}, ${grey}, ${grey})`;
      context.fillRect(Math.floor(x * cell), Math.floor(y * cell), Math.ceil(cell), Math.ceil(cell));
    }));
  framed(context, inside, cell);
  target.view.drawn();
}

// A dashed frame that is seen on black and on white.
function framed(context, [first, end], cell) {
  const where = [first * cell, first * cell, (end - first) * cell, (end - first) * cell];
  for (const [colour, dash] of [["#ffffff", []], ["#000000", [5, 5]]]) {
    context.strokeStyle = colour;
    context.lineWidth = 2;
    context.setLineDash(dash);
    context.strokeRect(...where);
  }
}

export default { render };
