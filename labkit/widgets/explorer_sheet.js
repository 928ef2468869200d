// Many samples at once, and what happens to them when z may not leave a limit.

import { latest } from "./channel.js";
import { slider } from "./controls.js";
import { imageButtons } from "./explorer_buttons.js";
import { card, cards, nearestCard } from "./explorer_cards.js";
import { sheetWords } from "./explorer_words.js";
import { norm } from "./latent.js";
import { make, row } from "./ui.js";

const SAMPLES = 64;

export function sheetView(tools) {
  const { state, painter, facts, kernel, changed } = tools;
  const shell = Math.sqrt(facts.latent_dim);
  const count = kernel.alive ? SAMPLES : facts.truncated;
  const limits = [...facts.levels, null];
  const here = card(painter, "Picked");
  const near = nearestCard(tools);
  const format = (index) => (limits[index] === null ? "none" : `±${limits[index]}`);
  const limit = slider("Limit on each number of z (truncation)", {
    min: 0, max: limits.length - 1, step: 1, value: limits.length - 1, format,
    onInput: (index) => choose({ truncation: limits[index] }),
  });
  const samples = imageButtons(painter, {
    label: `Samples, seeds 0 to ${count - 1}`,
    count,
    mark: (seed) => {
      const pressed = state.get("picked") === seed;
      return { pressed, letter: pressed ? "✓" : "", words: `seed ${seed}` };
    },
    onPick: (seed) => choose({ picked: seed }),
  });
  const told = make("p", { className: "labkit-note" });
  const choose = (changes) => {
    state.set(changes);
    show();
  };
  let limited = null; // {truncation, zs, mean} of the sheet on the page

  const draw = latest(async () => {
    const { truncation, picked } = state.all();
    let z = null;
    if (limited?.truncation !== truncation) {
      const zs = kernel.alive ? null : await painter.truncated(truncation);
      const { mean, shown } = await samples.draw({
        state: { view: "sheet", truncation, picked },
        zs: () => zs,
      });
      limited = { truncation, zs, mean: mean ?? zs.reduce((sum, each) => sum + norm(each), 0) / count };
      told.textContent = `average length of z ${limited.mean.toFixed(1)}; the shell's is ${shell.toFixed(1)}`;
      z = shown ?? null;
    }
    z ??= limited.zs?.[Math.min(picked, count - 1)] ?? (await painter.limited(picked, truncation));
    const words = sheetWords(facts.name, { truncation, picked }, count, limited.mean, norm(z), shell);
    await here.paint(z, words, `seed ${picked}, length ${norm(z).toFixed(1)}`);
    near.show(z);
    changed(words);
  });
  const show = () => {
    const { truncation } = state.all();
    const index = limits.findIndex((each) => each === null || (truncation !== null && each >= truncation));
    limit.value = truncation === null ? limits.length - 1 : index;
    samples.refresh();
    return draw().catch(tools.failed);
  };
  return {
    el: [cards(here, near, samples), near.words, told, row(limit)],
    show,
    still: () => [samples.canvas],
  };
}
