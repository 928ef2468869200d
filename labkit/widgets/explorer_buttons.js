// Small images to choose from: each is a button, arrow keys go from one to the next.

import { canvas, make } from "./ui.js";

const [BUTTON_PX, BUTTON_COLUMNS] = [48, 8];

// mark(index) -> {pressed, letter, words} says how each stands.
export function imageButtons(painter, { label, count, onPick, mark }) {
  const el = make("div", { className: "labkit-images", role: "group", "aria-label": label });
  el.style.gridTemplateColumns = `repeat(${BUTTON_COLUMNS}, minmax(0, ${BUTTON_PX}px))`;
  el.dataset.frames = "0";
  const all = Array.from({ length: count }, (_, index) => oneButton(painter, index === 0));
  const focus = (chosen, move) => {
    all.forEach(({ button }, index) => (button.tabIndex = index === chosen ? 0 : -1));
    if (move) all[chosen].button.focus();
  };
  all.forEach(({ button }, index) => {
    button.addEventListener("click", () => {
      focus(index, false);
      onPick(index);
    });
    button.addEventListener("keydown", (event) => {
      const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: BUTTON_COLUMNS, ArrowUp: -BUTTON_COLUMNS };
      const next = index + (steps[event.key] ?? NaN);
      if (!(next >= 0 && next < count)) return;
      event.preventDefault();
      focus(next, true);
    });
    el.append(button);
  });
  let newest = 0;
  return {
    el,
    canvases: () => all.map(({ surface }) => surface.canvas),
    refresh() {
      all.forEach(({ button, badge }, index) => {
        const { pressed, letter, words } = mark(index);
        button.setAttribute("aria-pressed", pressed);
        button.setAttribute("aria-label", words);
        badge.textContent = letter;
        badge.hidden = letter === "";
      });
    },
    // Draw them all; what the kernel told about them comes back.
    async draw({ state, zs }) {
      newest += 1;
      const mine = newest;
      const { width, height } = painter;
      const place = (index, source, x, y) => {
        if (mine !== newest || index >= count) return;
        all[index].surface.context.drawImage(source, x, y, width, height, 0, 0, width, height);
      };
      const isStale = () => mine !== newest;
      const told = await painter.many({ state, columns: BUTTON_COLUMNS, zs, place, isStale });
      if (mine === newest) el.dataset.frames = `${Number(el.dataset.frames) + 1}`;
      return told;
    },
  };
}

function oneButton(painter, first) {
  const surface = canvas(painter.width, painter.height, "");
  surface.pixelated = true;
  surface.canvas.setAttribute("aria-hidden", "true");
  const badge = make("span", { className: "labkit-badge" });
  const button = make("button", { type: "button" }, surface.canvas, badge);
  button.tabIndex = first ? 0 : -1;
  return { button, surface, badge };
}
