// A closed walk from stop to stop and back to the first, which can run by itself.

import { latest } from "./channel.js";
import { button, slider } from "./controls.js";
import { card, cards, nearestCard, sheetCard } from "./explorer_cards.js";
import { seedRow } from "./explorer_seeds.js";
import { walkWords } from "./explorer_words.js";
import { norm, slerp, walk } from "./latent.js";
import { make, row } from "./ui.js";

const WALK_SIDE = 8; // small images from one stop to the next
const CALM_STEP = 0.1; // where little motion is asked for, by a press each
const LEG_MS = 2500; // from one stop to the next, when it runs
const [MOST_STOPS, WALK_STEP] = [8, 0.02];

export function onLoop(stops, at) {
  const place = at % stops.length;
  const leg = Math.floor(place);
  return slerp(stops[leg], stops[(leg + 1) % stops.length], place - leg);
}

export function walkView(tools) {
  const { state, painter, facts, kernel, view, changed } = tools;
  const here = card(painter, "Now");
  const near = nearestCard(tools);
  const sheet = sheetCard(painter, WALK_SIDE, state.get("stops").length);
  let drawnStops = null;
  let timer = null;
  let drawing = null;
  const choose = (changes) => {
    state.set(changes);
    show();
  };
  const at = slider("position, from stop to stop", {
    min: 0, max: 5, step: WALK_STEP, value: 0,
    format: (value) => value.toFixed(2),
    onInput: (value) => {
      halt();
      choose({ at: value });
    },
  });
  const play = button("Play", () => {
    if (timer !== null) stop();
    else if (view.calm()) goTo(state.get("at") + CALM_STEP);
    else start();
  });
  const stops = seedRow("Stops (seeds)", {
    least: 2, most: MOST_STOPS, names: (index) => `stop ${index + 1}`,
    bank: facts.bank, alive: kernel.alive,
    onChange: (now) => choose({ stops: now, at: Math.min(state.get("at"), now.length) }),
  });
  const note = make("p", { className: "labkit-note" });

  const goTo = (place) => {
    const steps = Math.round((place % state.get("stops").length) / WALK_STEP);
    choose({ at: Math.round(100 * steps * WALK_STEP) / 100 });
  };
  const start = () => {
    const [begun, from] = [performance.now(), state.get("at")];
    const step = async () => {
      if (view.calm()) return stop(); // asked for in the middle of the walk
      goTo(from + (performance.now() - begun) / LEG_MS);
      await drawing; // no faster than it can be drawn
      if (timer !== null) timer = requestAnimationFrame(step);
    };
    timer = requestAnimationFrame(step);
    name();
  };
  const halt = () => {
    if (timer !== null) cancelAnimationFrame(timer);
    timer = null;
    name();
  };
  const stop = () => {
    halt();
    show(); // with its nearest real image
  };
  const name = () => {
    play.text = timer !== null ? "Pause" : view.calm() ? "One step" : "Play";
    note.textContent = view.calm() ? "Your system asks for little motion: the walk goes by steps." : "";
  };
  view.onEnd(halt);

  const draw = latest(async () => {
    const now = state.all();
    const zs = await painter.of(now.stops);
    const z = onLoop(zs, now.at);
    const words = walkWords(facts.name, now, norm(z));
    await here.paint(z, words, `position ${now.at.toFixed(2)}, length ${norm(z).toFixed(1)}`);
    sheet.mark((now.at % 1) * WALK_SIDE + 0.5, Math.floor(now.at % zs.length) + 0.5);
    if (timer === null) near.show(z);
    changed(words);
    if (drawnStops === `${now.stops}`) return;
    drawnStops = `${now.stops}`;
    sheet.resize(WALK_SIDE * zs.length);
    await sheet.draw({
      state: { view: "walk", stops: now.stops, at: 0 },
      zs: () => walk(zs, WALK_SIDE),
      alt: `The whole walk, ${WALK_SIDE} images from each stop to the next, a row for each: seeds ${now.stops.join(", ")}.`,
    });
  });
  const show = () => {
    const now = state.all();
    stops.value = now.stops;
    at.el.querySelector("input").max = now.stops.length;
    at.value = now.at;
    name();
    drawing = draw().catch(tools.failed);
    return drawing;
  };
  return {
    el: [cards(here, near, sheet), near.words, note, row(play, at), stops],
    show,
    hide: halt,
    still: () => [sheet.surface.canvas],
  };
}
