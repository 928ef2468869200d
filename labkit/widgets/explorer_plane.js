// The sheet between three or four seeds; a place on it is dragged, or moved by keys.

import { latest } from "./channel.js";
import { drag } from "./drag.js";
import { card, cards, nearestCard, sheetCard } from "./explorer_cards.js";
import { seedRow } from "./explorer_seeds.js";
import { planeWords } from "./explorer_words.js";
import { average, norm, onPlane, plane } from "./latent.js";
import { make } from "./ui.js";

const PLANE_SIDE = 8;
const PLANE_EDGE = `${50 / PLANE_SIDE}%`; // from the sheet's edge to the middle of its first image
const CORNER_NAMES = ["upper left", "upper right", "lower left", "lower right"];

// Three corners as four: opposite to the first, B − A + C at a typical length.
export function fourCorners(zs) {
  if (zs.length === 4) return zs;
  const [a, b, c] = zs;
  const [from, second, third] = [a, b, c].map((z) => average([z]));
  return [...zs, average([second.map((value, index) => value - from[index] + third[index])])];
}

export function planeView(tools) {
  const { state, painter, facts, kernel, changed } = tools;
  const here = card(painter, "Here");
  const near = nearestCard(tools);
  const sheet = sheetCard(painter, PLANE_SIDE, PLANE_SIDE);
  let drawnCorners = null;
  const corners = seedRow("Corners (seeds)", {
    least: 3, most: 4, names: (index) => CORNER_NAMES[index],
    bank: facts.bank, alive: kernel.alive,
    onChange: (now) => {
      state.set({ corners: now });
      show();
    },
  });

  const pad = make("div", { className: "labkit-pad" });
  pad.style.inset = PLANE_EDGE;
  sheet.el.append(pad);
  sheet.el.classList.add("labkit-drag");
  const put = (x, y) => sheet.mark(x * (PLANE_SIDE - 1) + 0.5, y * (PLANE_SIDE - 1) + 0.5);
  const spot = drag(pad, {
    label: "Place on the sheet",
    x: state.get("x"), y: state.get("y"),
    describe: (x, y) => `x ${x.toFixed(2)} from the left, y ${y.toFixed(2)} from the top`,
    onMove: (x, y) => {
      state.set({ x: toHundredths(x), y: toHundredths(y) });
      put(x, y);
      draw().catch(tools.failed);
    },
  });
  sheet.el.addEventListener("pointerdown", (event) => {
    if (event.target === pad) return; // the outer half of an image on the edge
    const { clientX, clientY, pointerId } = event;
    pad.dispatchEvent(new PointerEvent("pointerdown", { clientX, clientY, pointerId, cancelable: true }));
    event.preventDefault();
  });

  const draw = latest(async () => {
    const now = state.all();
    const zs = fourCorners(await painter.of(now.corners));
    const z = onPlane(zs, now.x, now.y);
    const words = planeWords(facts.name, now, norm(z));
    await here.paint(z, words, `x ${now.x.toFixed(2)}, y ${now.y.toFixed(2)}, length ${norm(z).toFixed(1)}`);
    near.show(z);
    changed(words);
    if (drawnCorners === `${now.corners}`) return;
    drawnCorners = `${now.corners}`;
    await sheet.draw({
      state: { view: "plane", corners: now.corners },
      zs: () => plane(zs, PLANE_SIDE),
      alt: `${PLANE_SIDE} by ${PLANE_SIDE} images between seeds ${now.corners.join(", ")}, in the corners from the upper left.`,
    });
  });
  const show = () => {
    const now = state.all();
    corners.value = now.corners;
    spot.place = [now.x, now.y];
    put(now.x, now.y);
    return draw().catch(tools.failed);
  };
  const hint = make("p", {
    className: "labkit-note",
    textContent: "Drag over the sheet, or use the arrow keys (with Shift in small steps).",
  });
  return {
    el: [cards(here, near, sheet), near.words, hint, corners],
    show,
    still: () => [sheet.surface.canvas],
  };
}

function toHundredths(value) {
  return Math.round(100 * value) / 100;
}
