// Sums of averages: A − B + C, each an average of images that are picked by a click.

import { latest } from "./channel.js";
import { button, radios } from "./controls.js";
import { imageButtons } from "./explorer_buttons.js";
import { card, cards, nearestCard } from "./explorer_cards.js";
import { listed, sumWords } from "./explorer_words.js";
import { average, norm } from "./latent.js";
import { row } from "./ui.js";

const PICKS = 64;
const SUM_SIGNS = { a: 1, b: -1, c: 1 };

// Average A minus average B plus average C, before it is stretched; b, c may be empty.
export function sumOf(groups) {
  const terms = Object.entries(groups).filter(([, zs]) => zs.length > 0);
  const [first, ...others] = terms.map(([key, zs]) => average(zs).map((value) => SUM_SIGNS[key] * value));
  return others.reduce((sum, term) => sum.map((value, index) => value + term[index]), first);
}

export function arithmeticView(tools) {
  const { state, painter, facts, changed } = tools;
  const terms = { a: card(painter, "A"), b: card(painter, "− B"), c: card(painter, "+ C") };
  const result = card(painter, "= the sum");
  const near = nearestCard(tools);
  let drawn = false;
  const into = radios("What you click goes into", [["a", "A"], ["b", "B"], ["c", "C"]], "a");
  const clear = button("Empty B and C", () => choose({ b: [], c: [] }));
  const pool = imageButtons(painter, {
    label: "Images to pick, seeds 0 to 63",
    count: PICKS,
    mark: (seed) => {
      const letter = ["a", "b", "c"].filter((key) => state.get(key).includes(seed)).join("").toUpperCase();
      return { pressed: letter !== "", letter, words: `seed ${seed}${letter && `, in ${letter}`}` };
    },
    onPick: (seed) => {
      const key = into.value;
      const group = state.get(key);
      const next = group.includes(seed) ? group.filter((each) => each !== seed) : [...group, seed];
      if (key === "a" && next.length === 0) tools.view.say("A needs one image at least.");
      else choose({ [key]: next });
    },
  });
  const choose = (changes) => {
    state.set(changes);
    show();
  };

  const draw = latest(async () => {
    const now = state.all();
    const zs = {};
    for (const key of ["a", "b", "c"]) {
      zs[key] = await painter.of(now[key]);
      terms[key].surface.el.style.visibility = zs[key].length > 0 ? "visible" : "hidden";
      if (zs[key].length === 0) terms[key].say("nothing picked");
      else {
        const words = `the average of seeds ${listed(now[key])}`;
        await terms[key].paint(average(zs[key]), `${facts.name}: ${words}.`, `seeds ${listed(now[key])}`);
      }
    }
    const sum = sumOf(zs);
    const z = average([sum]);
    const words = sumWords(facts.name, { a: now.a, b: now.b, c: now.c }, norm(sum), norm(z));
    await result.paint(z, words, `length ${norm(sum).toFixed(1)} → ${norm(z).toFixed(1)}`);
    near.show(z);
    changed(words);
    if (drawn) return;
    drawn = true;
    const seeds = Array.from({ length: PICKS }, (_, seed) => seed);
    await pool.draw({ state: { view: "sheet", truncation: null }, zs: () => painter.of(seeds) });
  });
  const show = () => {
    pool.refresh();
    return draw().catch(tools.failed);
  };
  return {
    el: [
      cards(terms.a, terms.b, terms.c, result, near),
      near.words,
      row(into, clear),
      pool,
    ],
    show,
    still: () => [...Object.values(terms), result].map(({ surface }) => surface.canvas),
  };
}
