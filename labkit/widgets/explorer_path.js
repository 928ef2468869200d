// The way from seed to seed, along the arc and along the line, side by side.

import { latest } from "./channel.js";
import { radios, slider } from "./controls.js";
import { card, cards, nearestCard } from "./explorer_cards.js";
import { normChart } from "./explorer_norms.js";
import { seedRow } from "./explorer_seeds.js";
import { pathWords } from "./explorer_words.js";
import { lerp, norm, slerp } from "./latent.js";
import { row } from "./ui.js";

const PATH_CURVE = 65; // points of the curve of lengths
const PATH_WAYS = { slerp, lerp };

// The point t of the way through several z: at t = 0 the first, at 1 the second, …
export function onPath(zs, t, path) {
  const leg = Math.min(Math.floor(t), zs.length - 2);
  return PATH_WAYS[path](zs[leg], zs[leg + 1], t - leg);
}

export function pathView(tools) {
  const { state, painter, facts, kernel, changed } = tools;
  const shell = Math.sqrt(facts.latent_dim);
  const ends = {
    slerp: card(painter, "Arc (slerp)"),
    lerp: card(painter, "Line (lerp)"),
  };
  const near = nearestCard(tools);
  const chart = normChart(tools.view);
  const t = slider("t, from seed to seed", {
    min: 0, max: 1, step: 0.01, value: 0,
    format: (value) => value.toFixed(2),
    onInput: (value) => choose({ t: value }),
  });
  const path = radios("Go along", [["slerp", "the arc"], ["lerp", "the line"]], "slerp",
    (value) => choose({ path: value }));
  const seeds = seedRow("Seeds", {
    least: 2, most: 6, names: (index) => `seed ${index + 1}`,
    bank: facts.bank, alive: kernel.alive,
    onChange: (now) => choose({ seeds: now, t: Math.min(state.get("t"), now.length - 1) }),
  });
  const choose = (changes) => {
    state.set(changes);
    show();
  };

  let [curvesOf, curves] = [null, null]; // they stay while t moves
  const draw = latest(async () => {
    const now = state.all();
    const zs = await painter.of(now.seeds);
    const legs = now.seeds.length - 1;
    const points = { slerp: onPath(zs, now.t, "slerp"), lerp: onPath(zs, now.t, "lerp") };
    const lengths = { slerp: norm(points.slerp), lerp: norm(points.lerp) };
    for (const way of ["slerp", "lerp"]) {
      const alt = pathWords(facts.name, { ...now, path: way }, lengths, shell);
      await ends[way].paint(points[way], alt, `length ${lengths[way].toFixed(1)}`);
    }
    if (curvesOf !== `${now.seeds}`) {
      curvesOf = `${now.seeds}`;
      curves = { slerp: curveOf(zs, "slerp"), lerp: curveOf(zs, "lerp") };
    }
    const least = (way) => Math.min(...curves[way]).toFixed(1);
    chart.draw({
      lengths: curves, t: now.t, legs, shell,
      alt: `Length of z on the way: on the arc at least ${least("slerp")}, on the line ` +
        `at least ${least("lerp")}; the shell's is ${shell.toFixed(1)}.`,
    });
    near.show(points[now.path]);
    changed(pathWords(facts.name, now, lengths, shell));
  });
  const show = () => {
    const now = state.all();
    seeds.value = now.seeds;
    t.el.querySelector("input").max = now.seeds.length - 1;
    t.value = now.t;
    path.value = now.path;
    for (const way of ["slerp", "lerp"])
      ends[way].title = `${way === "slerp" ? "Arc" : "Line"} (${way})${way === now.path ? ", chosen" : ""}`;
    return draw().catch(tools.failed);
  };
  return {
    el: [cards(ends.slerp, ends.lerp, near, chart), near.words, row(t, path), seeds],
    show,
    still: () => [ends.slerp.surface.canvas, ends.lerp.surface.canvas],
  };
}

// The length of z on the way, at evenly spaced t.
function curveOf(zs, path) {
  const legs = zs.length - 1;
  return Array.from({ length: PATH_CURVE }, (_, index) =>
    norm(onPath(zs, (legs * index) / (PATH_CURVE - 1), path)),
  );
}
