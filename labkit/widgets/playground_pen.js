// Drawing points of one's own on the plane: by pointer, by finger, by keys.

import { EXTENT } from "./playground_data.js";

export const MOST_DRAWN = 60;
const APART = 0.18; // between points of one stroke
const PEN_STEP = 0.15; // of the cursor, with an arrow key; with Shift a fifth of it
const PEN_KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

// While `isOn()`, points can be put on the canvas. onDraw(points, why) is called after
// each change, onDone() when a stroke or a key has ended; say(text) tells what was done.
export function makePen(surface, { isOn, onDraw, onDone, say }) {
  let points = [];
  const cursor = [0, 0];

  const put = (x, y) => {
    if (points.length >= MOST_DRAWN) {
      say(`${MOST_DRAWN} points are the most`);
      return false;
    }
    points = [...points, [x, y].map(penPlace)];
    onDraw();
    return true;
  };
  const placeOf = (event) => {
    const box = surface.getBoundingClientRect();
    const [x, y] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    return [EXTENT * (2 * x - 1), EXTENT * (1 - 2 * y)];
  };
  const isFree = ([x, y]) => points.every(([a, b]) => Math.hypot(a - x, b - y) >= APART);

  surface.addEventListener("pointerdown", (event) => {
    if (!isOn()) return;
    surface.setPointerCapture(event.pointerId);
    const place = placeOf(event);
    if (isFree(place)) put(...place);
  });
  surface.addEventListener("pointermove", (event) => {
    if (!isOn() || !surface.hasPointerCapture(event.pointerId)) return;
    const place = placeOf(event);
    if (isFree(place) && points.length < MOST_DRAWN) put(...place);
  });
  surface.addEventListener("pointerup", () => {
    if (!isOn()) return;
    say(`${points.length} points`);
    onDone();
  });
  surface.addEventListener("keydown", (event) => {
    if (!isOn()) return;
    if (event.key in PEN_KEYS) {
      const step = event.shiftKey ? PEN_STEP / 5 : PEN_STEP;
      PEN_KEYS[event.key].forEach((way, axis) => {
        cursor[axis] = penPlace(cursor[axis] + way * step);
      });
      say(`at ${cursor.join(", ")}`);
      onDraw();
    } else if (event.key === " " || event.key === "Enter") {
      if (put(...cursor)) say(`point ${points.length} at ${cursor.join(", ")}`);
      onDone();
    } else if (event.key === "Backspace" || event.key === "Delete") remove();
    else return;
    event.preventDefault();
  });

  const remove = () => {
    points = points.slice(0, -1);
    say(`${points.length} points`);
    onDraw();
    onDone();
  };
  return {
    cursor,
    remove,
    get points() {
      return points;
    },
    set points(now) {
      points = now.map((pair) => [...pair]);
    },
  };
}

// Within the picture, in hundredths: that is exact enough, and short when it is shared.
function penPlace(value) {
  return Math.round(100 * Math.min(EXTENT, Math.max(-EXTENT, value))) / 100;
}
