// Small images to choose from: one sheet of them, and over each a button.
//
// One canvas is drawn much sooner than 64. Arrow keys go from button to button.

import { canvas, make } from "./ui.js";

const BUTTON_COLUMNS = 8;

// mark(index) -> {pressed, letter, words} says how each stands.
export function imageButtons(painter, { label, count, onPick, mark }) {
  const { width, height } = painter;
  const sheet = canvas(BUTTON_COLUMNS * width, Math.ceil(count / BUTTON_COLUMNS) * height, "");
  sheet.pixelated = true;
  sheet.canvas.setAttribute("aria-hidden", "true"); // the buttons say what is there
  const buttons = Array.from({ length: count }, (_, index) => {
    const badge = make("span", { className: "labkit-badge" });
    return { badge, button: make("button", { type: "button", tabIndex: index === 0 ? 0 : -1 }, badge) };
  });
  const focus = (chosen, move) => {
    buttons.forEach(({ button }, index) => (button.tabIndex = index === chosen ? 0 : -1));
    if (move) buttons[chosen].button.focus();
  };
  buttons.forEach(({ button }, index) => {
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
  });
  let newest = 0;
  return {
    el: make(
      "div",
      { className: "labkit-images", role: "group", "aria-label": label },
      sheet.canvas,
      make("div", {}, ...buttons.map(({ button }) => button)),
    ),
    canvas: sheet.canvas,
    refresh() {
      buttons.forEach(({ button, badge }, index) => {
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
      const place = (index, source, x, y) => {
        if (mine !== newest || index >= count) return;
        const [left, top] = [index % BUTTON_COLUMNS, Math.floor(index / BUTTON_COLUMNS)];
        sheet.context.drawImage(source, x, y, width, height, left * width, top * height, width, height);
      };
      const isStale = () => mine !== newest;
      const told = await painter.many({ state, columns: BUTTON_COLUMNS, zs, place, isStale });
      if (mine === newest) sheet.drawn();
      return told;
    },
  };
}
