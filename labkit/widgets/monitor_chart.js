// Curves on a canvas: each line has a mark and a name beside its colour.

import { axisRange, smoothed } from "./monitor_points.js";
import { canvas } from "./ui.js";

const CHART_HEIGHT = 220; // CSS pixels
const CHART_LEFT = 34;
const CHART_BOTTOM = 34;
const CHART_TOP = 24;
const CHART_FONT = "12px system-ui, sans-serif";

// A chart of some columns of the points. `lines`: {index, name, role, dash, mark};
// `level`: {y, text} is drawn dotted across; `range`: [low, high], or by the values.
export function curveChart(view, { name, lines, level, range }) {
  const picture = canvas(400, CHART_HEIGHT, `${name}: no steps yet`);
  picture.el.style.flex = "1 1 300px";
  let points = [];
  let width = 0;

  function draw() {
    const wide = picture.el.clientWidth;
    if (wide === 0) return; // not on the page
    const scale = devicePixelRatio || 1;
    width = wide;
    picture.canvas.width = Math.round(wide * scale);
    picture.canvas.height = Math.round(CHART_HEIGHT * scale);
    picture.canvas.style.width = `${wide}px`;
    const pen = picture.context;
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.font = CHART_FONT;
    const theme = view.theme();
    const [low, high] = range ?? axisRange(points, lines.map((line) => line.index));
    const last = points.at(-1)?.[0] ?? 1;
    const right = wide - 8;
    const bottom = CHART_HEIGHT - CHART_BOTTOM;
    const place = {
      x: (step) => CHART_LEFT + (step / last) * (right - CHART_LEFT),
      y: (value) => bottom - ((value - low) / (high - low)) * (bottom - CHART_TOP),
    };
    pen.fillStyle = theme.ground;
    pen.fillRect(0, 0, wide, CHART_HEIGHT);
    drawAxes(pen, theme, place, { low, high, last, right, bottom });
    pen.save();
    pen.beginPath();
    pen.rect(CHART_LEFT, CHART_TOP - 6, right - CHART_LEFT + 8, bottom - CHART_TOP + 12);
    pen.clip();
    for (const line of lines) drawCurve(pen, theme[line.role], place, points, line);
    pen.restore();
    if (level) drawLevel(pen, theme, place.y(level.y), level.text, right);
    drawLegend(pen, theme, lines);
    const ends = lines.map((line) => `${line.name} ${words(smoothed(points, line.index).at(-1))}`);
    picture.alt = points.length === 0
      ? `${name}: no steps yet`
      : `${name} over ${last} steps. Now ${ends.join(", ")}${level ? `; ${level.text}: ${words(level.y)}` : ""}.`;
    picture.drawn();
  }

  const watcher = new ResizeObserver(() => {
    if (Math.abs(picture.el.clientWidth - width) > 1) draw();
  });
  watcher.observe(picture.el);
  view.onTheme(draw);
  view.onEnd(() => watcher.disconnect());
  return {
    el: picture.el,
    show(now) {
      points = now;
      draw();
    },
  };
}

// A number as it is said: two digits after the point.
export function words(value) {
  return value === undefined || Number.isNaN(value) ? "none" : value.toFixed(2);
}

function drawAxes(pen, theme, place, { low, high, last, right, bottom }) {
  pen.strokeStyle = theme.line;
  pen.lineWidth = 1;
  pen.setLineDash([]);
  pen.beginPath();
  pen.moveTo(CHART_LEFT, CHART_TOP - 6);
  pen.lineTo(CHART_LEFT, bottom);
  pen.lineTo(right, bottom);
  pen.stroke();
  pen.fillStyle = theme.faint;
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  for (const value of ticks(low, high)) {
    const text = Math.abs(value) < 1e-9 ? "0" : `${Number(value.toFixed(2))}`;
    pen.fillText(text, CHART_LEFT - 5, place.y(value));
  }
  pen.textBaseline = "top";
  pen.fillText(`${last}`, right, bottom + 5);
  pen.textAlign = "left";
  pen.fillText("0", CHART_LEFT, bottom + 5);
  pen.textAlign = "center";
  pen.fillText("step", (CHART_LEFT + right) / 2, bottom + 5);
}

function ticks(low, high) {
  const raw = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * [1, 2, 2.5, 5, 10].find((times) => times * power >= raw);
  const values = [];
  for (let i = Math.ceil(low / step); i * step <= high + 1e-9; i += 1) values.push(i * step);
  return values;
}

function drawLevel(pen, theme, y, text, right) {
  pen.strokeStyle = theme.faint;
  pen.lineWidth = 1;
  pen.setLineDash([2, 3]);
  pen.beginPath();
  pen.moveTo(CHART_LEFT, y);
  pen.lineTo(right, y);
  pen.stroke();
  pen.setLineDash([]);
  pen.fillStyle = theme.faint;
  pen.textAlign = "right";
  pen.textBaseline = "bottom";
  pen.strokeStyle = theme.ground; // a rim: curves pass behind the words
  pen.lineWidth = 4;
  pen.strokeText(text, right, y - 3);
  pen.fillText(text, right, y - 3);
}

// Every point faintly, the mean of the latest 20 steps on top, marks along the way.
function drawCurve(pen, colour, place, points, { index, dash, mark }) {
  pen.strokeStyle = colour;
  pen.fillStyle = colour;
  const follow = (values) => {
    pen.beginPath();
    values.forEach((value, i) => {
      if (i === 0) pen.moveTo(place.x(points[i][0]), place.y(value));
      else pen.lineTo(place.x(points[i][0]), place.y(value));
    });
    pen.stroke();
  };
  pen.globalAlpha = 0.25;
  pen.lineWidth = 1;
  pen.setLineDash([]);
  follow(points.map((point) => point[index]));
  pen.globalAlpha = 1;
  pen.lineWidth = 2;
  pen.setLineDash(dash);
  const calm = smoothed(points, index);
  follow(calm);
  pen.setLineDash([]);
  const every = Math.max(1, Math.ceil(points.length / 8));
  for (let i = points.length - 1; i >= 0; i -= every)
    drawMark(pen, mark, place.x(points[i][0]), place.y(calm[i]));
}

function drawMark(pen, mark, x, y) {
  pen.beginPath();
  if (mark === "circle") {
    pen.arc(x, y, 4, 0, 2 * Math.PI);
    pen.fill();
  } else if (mark === "square") {
    pen.fillRect(x - 3.5, y - 3.5, 7, 7);
  } else {
    pen.lineWidth = 2;
    pen.moveTo(x - 4, y - 4);
    pen.lineTo(x + 4, y + 4);
    pen.moveTo(x - 4, y + 4);
    pen.lineTo(x + 4, y - 4);
    pen.stroke();
  }
}

function drawLegend(pen, theme, lines) {
  let x = CHART_LEFT + 8;
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  for (const { name, role, dash, mark } of lines) {
    pen.strokeStyle = theme[role];
    pen.fillStyle = theme[role];
    pen.lineWidth = 2;
    pen.setLineDash(dash);
    pen.beginPath();
    pen.moveTo(x, 9);
    pen.lineTo(x + 28, 9);
    pen.stroke();
    pen.setLineDash([]);
    drawMark(pen, mark, x + 14, 9);
    pen.fillStyle = theme.text;
    pen.fillText(name, x + 34, 9);
    x += 34 + pen.measureText(name).width + 16;
  }
}
