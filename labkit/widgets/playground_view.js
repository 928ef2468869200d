// What the playground shows: the plane, the numbers, the sub-steps, the losses.

import { CHART_SIZE, drawChart, lossTable } from "./playground_chart.js";
import { coverage, modesOf } from "./playground_data.js";
import { drawPlane } from "./playground_plane.js";
import {
  CHART_LEGEND, judgement, modesText, PLANE_LEGEND, planeText, sentenceOf, SUB_STEPS,
} from "./playground_words.js";
import { canvas, make } from "./ui.js";

const PLANE = 460; // CSS pixels, at most
const HOW_TO_DRAW = " To draw: arrow keys and the space bar, or a pointer.";
// theme(): the colours of now. running(): whether a run is going on.
export function makeScreen({ theme, running }) {
  const sharp = Math.min(2, window.devicePixelRatio || 1);
  const plane = canvas(PLANE * sharp, PLANE * sharp, "");
  const chart = canvas(CHART_SIZE[0] * sharp, CHART_SIZE[1] * sharp, "");
  chart.context.scale(sharp, sharp);
  const numbers = make("p", { className: "playground-numbers" });
  const steps = make("ol", { className: "playground-sub-steps", hidden: true });
  for (const [part, text] of Object.entries(SUB_STEPS)) {
    const item = make("li", { textContent: text });
    item.dataset.part = part;
    steps.append(item);
  }
  let losses = make("div");
  let covered = coverage(new Float64Array(2), []);
  const legend = (text) => make("p", { className: "playground-legend", textContent: text });

  return {
    el: make("div", { className: "playground-sides" },
      make("div", { className: "playground-plane" }, plane.el, legend(PLANE_LEGEND)),
      make("div", { className: "playground-side" }, numbers, steps, chart.el,
        legend(CHART_LEGEND), losses),
    ),
    surface: plane.canvas,
    get modes() {
      return modesText(covered);
    },
    note(text) {
      numbers.textContent = text;
    },
    // Paint the plane. moment: the sub-step that is shown, or null.
    draw(run, { layers, moment, pen }) {
      const { game } = run;
      const modes = modesOf(game.settings.data, game.settings.own);
      covered = coverage(game.fakes(), modes);
      const drawing = game.settings.data === "own";
      const colours = theme();
      drawPlane(plane.context, plane.canvas.width, {
        game, layers, moment, modes, covered: covered.covered, theme: colours,
        dark: isDark(chart.context, colours.ground),
        drawn: drawing ? pen.points : [],
        cursor: drawing && document.activeElement === plane.canvas ? pen.cursor : null,
      });
      plane.drawn();
    },
    // Write the numbers, the picture's words, the chart and its table.
    tell(run) {
      const { steps: iteration, critics, generators, history, game } = run;
      numbers.textContent = [
        `Iteration ${iteration}`, `critic steps ${critics}`, `generator steps ${generators}`,
        modesText(covered),
        judgement(game.settings.loss, game.scores(game.real), game.scores(game.fakes())),
      ].filter(Boolean).join(" · ");
      const drawing = game.settings.data === "own";
      plane.alt = planeText(run, covered) + (drawing ? HOW_TO_DRAW : "");
      plane.canvas.tabIndex = drawing ? 0 : -1;
      plane.canvas.setAttribute("role", drawing ? "application" : "img");
      plane.canvas.classList.toggle("labkit-drag", drawing);
      drawChart(chart.context, CHART_SIZE, history, game.settings.loss, theme());
      const words = (history.at(-1) ?? []).slice(1)
        .map((value) => (Number.isFinite(value) ? value.toFixed(2) : "not known yet"));
      chart.alt = words.length === 0 ? "Losses: no step has been made"
        : `Losses at iteration ${iteration}: critic ${words[0]}, generator ${words[1]}`;
      chart.drawn();
      if (running() && !losses.open) return;
      const fresh = lossTable(history);
      fresh.open = losses.open ?? false;
      losses.replaceWith(fresh);
      losses = fresh;
    },
    // Show the sentences of slow motion, with that of the moment marked.
    follow(moment, settings, slow) {
      steps.hidden = !slow;
      for (const item of steps.children) {
        const here = moment?.part === item.dataset.part;
        item.textContent = here ? sentenceOf(moment, settings) : SUB_STEPS[item.dataset.part];
        if (here) item.setAttribute("aria-current", "step");
        else item.removeAttribute("aria-current");
      }
    },
  };
}

// Whether a CSS colour is nearer to black than to white; the canvas writes it as #rrggbb.
function isDark(context, colour) {
  context.fillStyle = colour;
  return [1, 3, 5].reduce((sum, at) => sum + parseInt(context.fillStyle.slice(at, at + 2), 16), 0) < 384;
}
