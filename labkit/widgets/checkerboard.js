// The checkerboard of lab 03: choose how to upsample, see what overlaps and what ripples.

import { stateOf } from "./channel.js";
import { radios, slider } from "./controls.js";
import { INPUTS, lookAt, toldOf, wholeText } from "./overlap.js";
import { canvas, frame, make, row, table } from "./ui.js";

const WIDE = 680; // CSS pixels of the line of stamps, at most
const SQUARE = 328; // and of a square
const CELL_WITH_NUMBER = 12; // a smaller cell has no room for one

function showCheckerboard({ model, el }) {
  const facts = model.get("facts");
  const view = frame(model, el, facts.label);
  const state = stateOf(model);
  const line = board("Stamps");
  const square = board("Counts");
  const flat = board("Flat input");
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
    view.say(toldOf(setting, draw(), facts));
  }

  function draw() {
    const found = lookAt(state.all(), facts.weights);
    const theme = view.theme();
    const room = view.body.clientWidth || WIDE;
    const side = Math.min(SQUARE, room);
    drawStamps(line, found, Math.min(WIDE, room), theme);
    line.view.alt = `${INPUTS} pixels of a line, a stamp each. How many weights meet in ` +
      `each of the ${found.size} pixels below: ${found.total.map(wholeText).join(" ")}`;
    const even = found.evenRipple.toFixed(2);
    drawCounts(square, found, side, theme);
    square.caption.textContent = `All weights 1: ripple ${even}`;
    square.view.alt = `How many weights meet in each pixel of the square: inside ` +
      `${found.inSquare}. Ripple ${even}`;
    const random = found.randomRipple.toFixed(2);
    const many = facts.weights.length;
    drawMap(flat, found, side);
    flat.caption.textContent = `Random weights: ripple ${random} (mean of ${many} maps)`;
    flat.view.alt = `A flat input after random weights, one map of ${many}. ` +
      `Ripple of all ${random}`;
    const fresh = table("The numbers of the line, as a table", ["pixel", "weights that meet"],
      found.total.map((count, place) => [place, wholeText(count)]));
    fresh.open = numbers.open ?? false;
    numbers.replaceWith(fresh);
    numbers = fresh;
    return found;
  }

  line.caption.textContent =
    `${INPUTS} pixels of a line leave a stamp each; below, how many weights meet`;
  view.body.append(
    controls.upsampling.el,
    row(controls.kernel, controls.stride, controls.padding),
    line.el,
    row(square, flat),
    make("p", { className: "labkit-note", textContent:
      "Inside the dashed frame no edge is felt: there the ripple is measured." }),
    numbers,
  );
  state.onChange(show);
  view.onTheme(draw);
  let width = view.body.clientWidth;
  const watcher = new ResizeObserver(() => {
    if (view.body.clientWidth !== width) draw();
    width = view.body.clientWidth;
  });
  watcher.observe(view.body);
  view.onEnd(() => watcher.disconnect());
  show();
  return view.end;
}

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

function drawStamps(target, { rows, total }, width, theme) {
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
    lettered(context, theme, wholeText(count), (place + 0.5) * cell, floor + 12.5, Math.min(cell + 4, 22));
  });
  target.view.drawn();
}

function drawCounts(target, { counts, inside }, side, theme) {
  const context = fresh2d(target, side, side);
  const cell = side / counts.length;
  const most = Math.max(...counts.map((line) => Math.max(...line)));
  const digits = wholeText(most).length;
  counts.forEach((line, y) =>
    line.forEach((count, x) => {
      inked(context, theme, count / most, x * cell, y * cell, cell, cell);
      lettered(context, theme, wholeText(count), (x + 0.5) * cell, (y + 0.5) * cell,
        digits > 1 && cell < 16 ? 0 : cell);
    }));
  framed(context, inside, cell);
  target.view.drawn();
}

// Pixels are drawn from minus to plus the largest: black to white, in either theme.
function drawMap(target, { maps: [map], inside }, side) {
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

export default { render: showCheckerboard };
