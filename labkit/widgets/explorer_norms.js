// The length of z on the way, along the arc and along the line.

import { canvas, make, table } from "./ui.js";

const [NORM_WIDTH, NORM_HEIGHT, NORM_DENSE] = [340, 210, 2]; // CSS pixels; canvas pixels for each
const [NORM_LEFT, NORM_RIGHT, NORM_TOP, NORM_BOTTOM] = [34, 10, 24, 34];
const NORM_SPREAD = 1.4; // two standard deviations of the length
const NORM_STYLES = { slerp: ["arc", "critic", []], lerp: ["line", "gradient", [7, 5]] };
const NORM_ROWS = 5;

// draw({lengths: {slerp, lerp}, t, legs, shell, alt}); the lengths are evenly spaced.
export function normChart(view) {
  const surface = canvas(NORM_WIDTH * NORM_DENSE, NORM_HEIGHT * NORM_DENSE, "length of z");
  surface.canvas.style.width = `${NORM_WIDTH}px`;
  const numbers = make("div", {});
  let last = null;

  const paint = () => {
    if (last === null) return;
    const { lengths, t, legs, shell } = last;
    const { context } = surface;
    const theme = view.theme();
    const top = Math.max(shell + NORM_SPREAD, ...lengths.slerp, ...lengths.lerp) * 1.08;
    const x = (at) => NORM_LEFT + ((NORM_WIDTH - NORM_LEFT - NORM_RIGHT) * at) / legs;
    const y = (length) => NORM_HEIGHT - NORM_BOTTOM - ((NORM_HEIGHT - NORM_TOP - NORM_BOTTOM) * length) / top;
    context.setTransform(NORM_DENSE, 0, 0, NORM_DENSE, 0, 0);
    context.clearRect(0, 0, NORM_WIDTH, NORM_HEIGHT);
    context.font = "12px system-ui, sans-serif";
    context.globalAlpha = 0.25;
    context.fillStyle = theme.line;
    context.fillRect(NORM_LEFT, y(shell + NORM_SPREAD), NORM_WIDTH - NORM_LEFT - NORM_RIGHT, y(shell - NORM_SPREAD) - y(shell + NORM_SPREAD));
    context.globalAlpha = 1;
    context.fillStyle = theme.text;
    context.textAlign = "left";
    context.fillText("length of z (grey: 19 of 20 z)", NORM_LEFT, 14);
    context.textAlign = "right";
    for (const length of [0, shell / 2, shell])
      context.fillText(length.toFixed(1), NORM_LEFT - 5, y(length) + 4);
    context.textAlign = "center";
    for (let at = 0; at <= legs; at += legs > 2 ? 1 : 0.5) context.fillText(`${at}`, x(at), NORM_HEIGHT - NORM_BOTTOM + 16);
    context.fillText("t", (NORM_WIDTH + NORM_LEFT) / 2, NORM_HEIGHT - 4);
    context.strokeStyle = theme.line;
    strokeLine(context, [[x(0), y(0)], [x(legs), y(0)]], 1);
    for (const [path, [name, role, dashes]] of Object.entries(NORM_STYLES)) {
      const points = lengths[path].map((length, index) =>
        [x((legs * index) / (lengths[path].length - 1)), y(length)]);
      context.strokeStyle = context.fillStyle = theme[role];
      context.setLineDash(dashes);
      strokeLine(context, points, 2.5);
      context.setLineDash([]);
      const [right, down] = points[Math.round(points.length / (2 * legs))];
      context.fillText(name, right, down + (path === "slerp" ? -8 : 18));
    }
    context.strokeStyle = theme.text;
    strokeLine(context, [[x(t), y(0)], [x(t), y(top)]], 1.5);
    surface.drawn();
  };
  view.onTheme(paint);

  return {
    el: make("div", {}, surface, numbers),
    draw(now) {
      if (JSON.stringify(now.lengths) !== JSON.stringify(last?.lengths)) retable(now);
      last = now;
      surface.alt = now.alt;
      paint();
    },
  };

  function retable({ lengths, legs }) {
    const rows = Array.from({ length: NORM_ROWS }, (_, row) => {
      const at = Math.round((row * (lengths.slerp.length - 1)) / (NORM_ROWS - 1));
      return [(legs * row) / (NORM_ROWS - 1), lengths.slerp[at], lengths.lerp[at]];
    });
    const open = numbers.querySelector("details")?.open ?? false;
    const made = table(
      "Length of z as a table",
      ["t", "arc", "line"],
      rows.map(([t, arc, line]) => [t.toFixed(2), arc.toFixed(2), line.toFixed(2)]),
    );
    made.open = open;
    numbers.replaceChildren(made);
  }
}

function strokeLine(context, points, width) {
  context.lineWidth = width;
  context.beginPath();
  points.forEach(([x, y], index) => (index === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
  context.stroke();
}
