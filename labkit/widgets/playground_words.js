// What the playground says: the sub-steps of slow motion, and the picture in words.

import { BATCH } from "./playground_game.js";
import { LOSSES } from "./playground_losses.js";
import { opinionOf } from "./playground_plane.js";
import { short } from "./playground_chart.js";

export const PLANE_LEGEND = "● real, × fake. Ground: green where the critic expects real points, " +
  "purple where fakes; on the dashed blue line it cannot tell. Arrows: the way up its score. " +
  "Circles: modes, solid where covered.";
export const CHART_LEGEND = "Losses: critic solid blue, generator dashed purple";

// The sub-steps of an iteration, in order: part → what happens.
export const SUB_STEPS = {
  "critic-draw": `The critic is shown ${BATCH} real points and ${BATCH} fakes.`,
  "critic-score": "It scores every one of them: high for real, low for fake.",
  "critic-loss": "Its loss says how wrong these scores are.",
  "critic-update": "Its weights move so that the loss falls: the ground changes.",
  "generator-draw": `The generator turns ${BATCH} new z into fakes.`,
  "generator-loss": "The critic scores them; the generator's loss is small where it believes them.",
  "generator-gradient": "Each fake gets an arrow: the way in which its loss falls.",
  "generator-update": "The generator's weights move so that its fakes follow their arrows, on average.",
};

// The sentence of a sub-step with its numbers. k: critic steps in an iteration.
export function sentenceOf(moment, settings) {
  const { part, turn, value, scores } = moment;
  const words = [];
  if (turn !== undefined && settings.k > 1) words.push(`Turn ${turn} of ${settings.k}.`);
  words.push(SUB_STEPS[part]);
  if (scores) words.push(`${judgement(settings.loss, ...scores)}, on average.`);
  if (value !== undefined) {
    const guess = LOSSES[settings.loss].guess?.[part === "critic-loss" ? 0 : 1];
    words.push(`It is ${short(value)}${guess ? `; guessing costs ${short(guess)}` : ""}.`);
  }
  return words.join(" ");
}

// What the critic says of both crowds: D where the loss makes logits, else the scores.
export function judgement(loss, real, fake) {
  const isD = loss === "vanilla" || loss === "minimax";
  const [ofReal, ofFake] = [real, fake].map((each) => short(mean(isD ? opinionOf(loss, each) : each)));
  return `${isD ? "D" : "The score"} is ${ofReal} for real points and ${ofFake} for fakes`;
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

// How many modes: "5 of 8 modes covered, 62 % of the fakes on a mode"; "" without modes.
export function modesText({ covered, count, good }) {
  if (covered.length === 0) return "";
  return `${count} of ${covered.length} modes covered, ${Math.round(100 * good)} % of the fakes on one`;
}

// The picture for whoever cannot see it.
export function planeText(run, coverage) {
  const { game } = run;
  const fakes = game.fakes();
  const [x, y] = [0, 1].map((axis) => fakes.filter((_, i) => i % 2 === axis));
  const spread = (values) => Math.sqrt(Math.max(0, mean(values.map((v) => v * v)) - mean(values) ** 2));
  const parts = [
    `Real points (${game.settings.data}) and fakes in the plane after ${run.steps} iterations`,
    modesText(coverage),
    `the fakes lie around (${short(mean(x))}, ${short(mean(y))}), spread ${short(spread(x))} by ${short(spread(y))}`,
  ];
  return `${parts.filter(Boolean).join("; ")}.`;
}
