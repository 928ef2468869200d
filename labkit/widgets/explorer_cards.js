// Large images with a line of text below, the nearest real one, and a sheet.

import { latest } from "./channel.js";
import { canvas, make } from "./ui.js";

const LARGE_PX = 140; // side of a large image on the page, about
const REST_MS = 200; // without a new z, before the nearest is looked for
const SHEET_PX = 448; // width of a sheet, about

function enlargeTo(surface, pixels, wanted) {
  surface.pixelated = true;
  surface.canvas.style.width = `${pixels * Math.max(1, Math.round(wanted / pixels))}px`;
}

// A row of cards: their images side by side, whatever is written below each.
export function cards(...children) {
  return make("div", { className: "labkit-cards" }, ...children);
}

// One large image: paint(z, alt, text).
export function card(painter, title) {
  const surface = canvas(painter.width, painter.height, title);
  enlargeTo(surface, painter.width, LARGE_PX);
  const head = make("div", { textContent: title });
  const text = make("div", { className: "labkit-note" });
  const el = make("div", {}, head, surface, text);
  el.style.width = surface.canvas.style.width;
  return {
    el,
    surface,
    set title(words) {
      head.textContent = words;
    },
    say(words) {
      text.textContent = words;
    },
    async paint(z, alt, words) {
      await painter.paint(surface, z, alt);
      text.textContent = words;
    },
  };
}

// The nearest real image, and `words` about it; show(z) looks for it when z rests.
export function nearestCard({ painter, facts, view }) {
  const near = card(painter, "Nearest real");
  const words = make("p", { className: "labkit-note" });
  if (facts.real === null) {
    near.el.hidden = true;
    words.textContent =
      'The images it was trained on are not known. Explorer(generator, real="digits") says it.';
    return { el: near.el, words, show() {} };
  }
  const look = latest(async (z) => {
    try {
      const found = await painter.nearest(z);
      near.surface.context.putImageData(found.pixels, 0, 0);
      near.surface.alt = `The nearest real image: ${found.words}`;
      near.surface.drawn();
      const seen = found.seen && ` In the generated image ${found.seen}.`;
      words.textContent = `Nearest real: ${found.words}.${seen}`;
    } catch (error) {
      view.fail(error.message);
    }
  });
  let timer = null;
  const show = (z) => {
    clearTimeout(timer);
    timer = setTimeout(() => look(z), REST_MS);
  };
  view.onEnd(() => clearTimeout(timer));
  return { el: near.el, words, show };
}

// A sheet of small images with a ring on it; draw({state, zs, alt}) asks for all anew.
export function sheetCard(painter, columns, rows) {
  const { width, height } = painter;
  const surface = canvas(columns * width, rows * height, "a sheet of images");
  enlargeTo(surface, columns * width, SHEET_PX);
  const ring = make("div", { className: "labkit-ring" });
  const el = make("div", { className: "labkit-sheet" }, surface.canvas, ring);
  let newest = 0;
  return {
    el,
    surface,
    // How many images it has; a size that changes empties it.
    resize(count) {
      rows = Math.ceil(count / columns);
      surface.canvas.height = rows * height;
    },
    // Put the ring on a place, in images from the upper left.
    mark(right, down) {
      Object.assign(ring.style, { left: `${(100 * right) / columns}%`, top: `${(100 * down) / rows}%` });
    },
    async draw({ state, zs, alt }) {
      newest += 1;
      const mine = newest;
      surface.alt = alt;
      const place = (index, source, x, y) => {
        if (mine !== newest) return;
        const [left, top] = [(index % columns) * width, Math.floor(index / columns) * height];
        surface.context.drawImage(source, x, y, width, height, left, top, width, height);
      };
      await painter.many({ state, columns, zs, place, isStale: () => mine !== newest });
      if (mine === newest) surface.drawn();
    },
  };
}
