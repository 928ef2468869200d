// Large images with a line of text below, and the sheet of small ones.

import { latest } from "./channel.js";
import { canvas, make } from "./ui.js";

const SIDE_PX = 150; // of a large image on the page, about
const THUMB_PX = 44; // of a small one that can be chosen

function enlargeTo(surface, pixels, wanted) {
  surface.pixelated = true;
  surface.canvas.style.width = `${pixels * Math.max(1, Math.round(wanted / pixels))}px`;
}

// One large image: paint(z, alt, text).
export function card(painter, title) {
  const surface = canvas(painter.width, painter.height, title);
  enlargeTo(surface, painter.width, SIDE_PX);
  const head = make("div", { textContent: title });
  const text = make("div", { className: "labkit-note" });
  const el = make("div", { className: "labkit-card" }, head, surface, text);
  el.style.maxWidth = `max(11em, ${surface.canvas.style.width})`;
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

// The nearest real image: show(z) looks for it, the newest z first.
export function nearestCard({ painter, facts, view }) {
  const near = card(painter, "Nearest real image");
  if (facts.real === null) {
    near.surface.el.hidden = true;
    near.say('Which images it was trained on is not known. Explorer(generator, real="digits") says it.');
    return { el: near.el, show: async () => {} };
  }
  const show = latest(async (z) => {
    try {
      const { pixels, words, seen } = await painter.nearest(z);
      near.surface.context.putImageData(pixels, 0, 0);
      near.surface.alt = `The nearest real image: ${words}`;
      near.surface.drawn();
      near.say([words, seen].filter(Boolean).join("; "));
    } catch (error) {
      view.fail(error.message);
    }
  });
  return { el: near.el, show };
}

// A sheet of small images; draw({state, zs, alt}) asks for all of them anew.
export function sheetCard(painter, columns, rows) {
  const surface = canvas(columns * painter.width, rows * painter.height, "a sheet of images");
  enlargeTo(surface, columns * painter.width, 448);
  let newest = 0;
  return {
    el: surface.el,
    surface,
    resize(count) {
      surface.canvas.height = Math.ceil(count / columns) * painter.height;
    },
    async draw({ state, zs, alt }) {
      newest += 1;
      const mine = newest;
      surface.alt = alt;
      const place = (index, source, x, y) => {
        if (mine !== newest) return;
        const [left, top] = [index % columns, Math.floor(index / columns)];
        surface.context.drawImage(
          source, x, y, painter.width, painter.height,
          left * painter.width, top * painter.height, painter.width, painter.height,
        );
      };
      const told = await painter.many({ state, columns, zs, place, isStale: () => mine !== newest });
      if (mine === newest) surface.drawn();
      return told;
    },
  };
}

// Small images to choose from, each a button; arrow keys go from one to the next.
// mark(index) -> {pressed, badge, words} says how each stands.
export function imageButtons(painter, { label, count, columns, onPick, mark }) {
  const buttons = [];
  const el = make("div", { className: "labkit-thumbs", role: "group", "aria-label": label });
  Object.assign(el.style, {
    display: "grid",
    gridTemplateColumns: `repeat(${columns}, minmax(0, ${THUMB_PX}px))`,
    gap: "2px",
    maxWidth: "100%",
  });
  el.dataset.frames = "0";
  for (let index = 0; index < count; index += 1) {
    const surface = canvas(painter.width, painter.height, "");
    surface.pixelated = true;
    surface.canvas.setAttribute("aria-hidden", "true");
    surface.canvas.style.width = "100%";
    const badge = make("span", { className: "labkit-badge" });
    const button = make("button", { type: "button", className: "labkit-thumb" }, surface.canvas, badge);
    Object.assign(button.style, { position: "relative", padding: "0", minHeight: "24px" });
    button.tabIndex = index === 0 ? 0 : -1;
    button.addEventListener("click", () => {
      focus(index, false);
      onPick(index);
    });
    button.addEventListener("keydown", (event) => {
      const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns };
      const next = index + (steps[event.key] ?? NaN);
      if (!(next >= 0 && next < buttons.length)) return;
      event.preventDefault();
      focus(next, true);
    });
    buttons.push({ button, surface, badge });
    el.append(button);
  }
  const focus = (chosen, move) => {
    buttons.forEach(({ button }, index) => {
      button.tabIndex = index === chosen ? 0 : -1;
    });
    if (move) buttons[chosen].button.focus();
  };
  let newest = 0;
  return {
    el,
    canvases: () => buttons.map(({ surface }) => surface.canvas),
    refresh() {
      buttons.forEach(({ button, badge }, index) => {
        const { pressed, letter, words } = mark(index);
        button.setAttribute("aria-pressed", pressed);
        button.setAttribute("aria-label", words);
        badge.textContent = letter;
        badge.hidden = letter === "";
      });
    },
    // Draw them all.
    async draw({ state, zs }) {
      newest += 1;
      const mine = newest;
      const place = (index, source, x, y) => {
        if (mine !== newest || index >= buttons.length) return;
        const { width, height } = painter;
        buttons[index].surface.context.drawImage(source, x, y, width, height, 0, 0, width, height);
      };
      const told = await painter.many({ state, columns: 8, zs, place, isStale: () => mine !== newest });
      if (mine === newest) el.dataset.frames = `${Number(el.dataset.frames) + 1}`;
      return told;
    },
  };
}
