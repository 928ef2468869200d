// The training monitor: curves, pictures and controls of a run that goes on elsewhere.

import { connect } from "./channel.js";
import { button, number } from "./controls.js";
import { curveChart, words } from "./monitor_chart.js";
import { filmOf } from "./monitor_film.js";
import { addPoints, fewOf, smoothed } from "./monitor_points.js";
import { frame, group, make, row, table } from "./ui.js";

const LATE_MS = 400; // after that the page says what it waits for
const TABLE_ROWS = 12;
const TABLE_HEAD = ["step", "critic's loss", "generator's loss", "D(x)", "D(G(z))"];
const ASKED = {
  pause: "pause", resume: "resume", stop: "stop", step: "make a step",
  change: "change the pace",
};
const OVER = { stopped: "stopped", finished: "finished", failed: "ended by an error" };

function render({ model, el }) {
  const facts = model.get("facts");
  const view = frame(model, el, `${facts.label} · ${facts.dataset}`);
  const kernel = connect(model);
  view.onEnd(() => kernel.close());

  const losses = curveChart(view, {
    name: "Losses",
    lines: [
      { index: 1, name: "critic's loss", role: "critic", dash: [], mark: "square" },
      { index: 2, name: "generator's loss", role: "fake", dash: [6, 4], mark: "cross" },
    ],
    level: facts.guessing ? { y: Math.log(2), text: "ln 2: guessing" } : undefined,
  });
  const scores = curveChart(view, {
    name: "The critic's opinion",
    range: [0, 1],
    lines: [
      { index: 3, name: "D(x), real", role: "real", dash: [], mark: "circle" },
      { index: 4, name: "D(G(z)), fakes", role: "fake", dash: [6, 4], mark: "cross" },
    ],
  });
  const film = filmOf(view, async (steps) => {
    if (!kernel.alive)
      return Promise.all(steps.map(async (step) => [step, await kernel.blob(`frame ${step}`)]));
    const { content, buffers } = await kernel.ask("frames", { steps });
    return content.steps.map((step, i) => [step, bytesOf(buffers[i])]);
  });
  const now = make("p");
  now.style.margin = "0";
  const bar = make("progress", { max: 1, value: 0, "aria-label": "share of the run that is over" });
  bar.style.width = "100%";
  const numbers = table("The numbers as a table", TABLE_HEAD, []);
  numbers.addEventListener("toggle", () => fillTable());

  const controls = makeControls(facts, press);
  const curves = make("div", {}, losses, scores);
  curves.style.flex = "1 1 300px";
  const pictures = row(film, curves);
  pictures.style.alignItems = "flex-start";
  view.add(now, bar, pictures);
  if (kernel.alive) view.add(controls.runs, controls.pace);
  view.add(numbers);

  let points = [];
  let told = { phase: "waiting", step: 0, epoch: 0 };
  let waiting = ""; // what the kernel has been asked for and has not answered
  let catching = false;
  let said = 0; // points that there were when the status was said

  function fillTable() {
    if (!numbers.open) return;
    const rows = fewOf(points, TABLE_ROWS).map(([step, ...rest]) => [`${step}`, ...rest.map(words)]);
    numbers.querySelector("table").replaceWith(
      table("", TABLE_HEAD, rows).querySelector("table"),
    );
    numbers.querySelector("table").setAttribute("aria-label", "The numbers of the run");
  }

  function sentence() {
    const at = (index) => words(smoothed(points, index).at(-1));
    const curve = points.length === 0 ? "no steps yet" :
      `critic loss ${at(1)}, generator loss ${at(2)}, D(x) ${at(3)}, D(G(z)) ${at(4)}`;
    const speed = told.speed > 0 ? `, ${told.speed} images/s` : "";
    return `step ${told.step}, epoch ${told.epoch}: ${curve}${speed}`;
  }

  function redraw(before) {
    const of = facts.total === null ? "" : ` of ${facts.total}`;
    const speed = told.speed > 0 ? ` · ${told.speed} images/s` : "";
    now.textContent = `${OVER[told.phase] ?? told.phase} · step ${told.step}${of} · epoch ${told.epoch}${speed}`;
    bar.value = told.done ?? 0;
    losses.show(points);
    scores.show(points);
    controls.obey(told);
    fillTable();
    if (told.why) view.fail(`The training ended by an error: ${told.why}`);
    const curvesCame = said === 0 && points.length > 0; // later than the phase they belong to
    if (waiting === "" && (before.phase !== told.phase || before.epoch !== told.epoch || curvesCame)) {
      view.say(`${OVER[told.phase] ?? told.phase} · ${sentence()}`);
      said = points.length;
    }
  }

  function take(content, buffers) {
    const before = told;
    told = { ...told, ...content };
    points = addPoints(points, content.points);
    film.keep(content.frames.map((step, i) => [step, bytesOf(buffers[i])]));
    redraw(before);
  }

  // Everything so far, from a page that comes late or has missed something.
  async function catchUp() {
    if (catching) return;
    catching = true;
    try {
      const content = kernel.alive
        ? (await kernel.ask("all")).content
        : JSON.parse(new TextDecoder().decode(await kernel.blob("numbers")));
      const newer = points;
      points = [];
      const { frames, points: old, ...rest } = content;
      take({ ...(rest.step >= told.step ? rest : {}), points: addPoints(old, newer), frames: [] }, []);
      await film.complete(frames);
    } catch (error) {
      view.fail(error.message);
    } finally {
      catching = false;
    }
  }

  async function press(question, content = {}) {
    const late = setTimeout(() => {
      waiting = ASKED[question];
      view.say(
        `Asked to ${waiting}; a cell is running, and the kernel hears this when the cell ends. ` +
        "Interrupting the cell ends its waiting, not the training.",
      );
    }, LATE_MS);
    try {
      const answer = await kernel.ask(question, content);
      const before = told;
      view.fail(told.why ? `The training ended by an error: ${told.why}` : "");
      told = { ...told, ...answer.content };
      controls.obey(told, true);
      if (waiting !== "") view.say(`The kernel has heard: ${ASKED[question]}. ${sentence()}`);
      return before;
    } catch (error) {
      view.fail(error.message);
      controls.obey(told, true);
      return null;
    } finally {
      clearTimeout(late);
      waiting = "";
    }
  }

  kernel.on("progress", (content, buffers) => {
    const last = points.at(-1)?.[0] ?? 0;
    if (content.from > last) catchUp();
    take(content, buffers);
  });
  catchUp();
  return view.end;
}

// Buttons and fields; obey(told) makes them show what the kernel has said.
function makeControls(facts, press) {
  let paused = false;
  const hold = button("Pause", () => press(paused ? "resume" : "pause"));
  const single = (text, who) => button(text, () => press("step", { who }));
  const steps = [single("Step", "both"), single("Critic step", "critic"), single("Generator step", "generator")];
  const stop = button("Stop", () => press("stop"));
  const field = (label, name, options) =>
    number(label, {
      ...options,
      onChange: (value) => press("change", { pace: { [name]: value } }),
    });
  const rate = { min: 1e-7, max: 0.9, step: "any", value: 0 };
  const fields = {
    critic_lr: field("Critic's learning rate", "critic_lr", rate),
    generator_lr: field("Generator's learning rate", "generator_lr", rate),
    critic_steps: field("k, critic steps for each generator step", "critic_steps", {
      min: 1, max: facts.most_critic_steps, step: 1, value: 1,
    }),
  };
  const present = make("p");
  present.style.margin = "4px 0 0";
  const pace = group("Change while it trains", ...Object.values(fields));
  pace.append(present);
  return {
    runs: group("Run", hold, ...steps, stop),
    pace,
    obey(told, answered = false) {
      paused = told.phase === "paused" || (answered && told.paused && told.phase in { waiting: 1, training: 1 });
      hold.text = paused ? "Resume" : "Pause";
      const over = told.phase in OVER;
      for (const each of [hold, ...steps, stop, ...Object.values(fields)]) each.disabled = over;
      for (const [name, each] of Object.entries(fields)) {
        const typing = each.el.contains(document.activeElement);
        if (told.pace && (answered || !typing)) each.value = told.pace[name];
      }
      if (told.now) present.textContent = `Learning rates of the latest step: critic ${rateWords(told.now[0])}, generator ${rateWords(told.now[1])}.`;
    },
  };
}

// 0.00000712 is hard to read: 7.1e-6.
function rateWords(rate) {
  return rate < 1e-4 ? rate.toExponential(1) : `${Number(rate.toPrecision(2))}`;
}

function bytesOf(view) {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
}

export default { render };
