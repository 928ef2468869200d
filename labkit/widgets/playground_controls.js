// The controls of the playground, and how they follow the settings.

import { button, choice, field, number, radios, toggle } from "./controls.js";
import { group, make } from "./ui.js";

const RATES = [0, 0.0001, 0.0003, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1];
const NOISES = [0, 0.02, 0.05, 0.1, 0.2, 0.5];
const WIDTHS = [4, 8, 16, 32, 64];
const SETS = [["ring", "ring, 8 modes"], ["grid", "grid, 25 modes"], ["moons", "two moons"],
  ["line", "line"], ["own", "draw your own"]];
const GAMES = [["vanilla", "cross-entropy (vanilla)"], ["minimax", "minimax"],
  ["least-squares", "least squares"], ["hinge", "hinge"], ["wgan-clip", "Wasserstein, clipped"],
  ["wgan-gp", "Wasserstein, gradient penalty"], ["relativistic", "relativistic, R1 and R2"]];
const DRAWS = [["normal", "2 numbers, bell curve"], ["square", "2 numbers, from a square"],
  ["line", "1 number, bell curve"]];
const STARTS = [["fresh", "untrained"], ["trained", "trained"]];
const PACES = [["slow", "slow motion"], ["normal", "normal"], ["fast", "fast"]];
const LAYER_NAMES = { opinion: "critic's opinion", arrows: "gradient arrows", net: "net of z" };
const SOLO_NAMES = { critic: "Critic only", generator: "Generator only" };

// Steps of one player that its button makes.
export function soloSteps(speed) {
  return speed === "fast" ? 10 : 1;
}

// act: {play, step, solo(player), restart, change(key, value), pace, layers, clear, undo, load(text)}.
export function playgroundControls(settings, act) {
  const change = (key) => (value) => act.change(key, value);
  const picked = (label, key, options) => choice(label, options, settings[key], change(key));
  const listed = (label, key, values) =>
    choice(label, values.map((value) => [value, `${value}`]), settings[key], (text) =>
      act.change(key, Number(text)),
    );
  const live = {
    data: picked("Real points", "data", SETS),
    loss: picked("Loss", "loss", GAMES),
    k: number("k, critic steps", {
      min: 1, max: 10, step: 1, value: settings.k, onChange: (k) => act.change("k", Math.round(k)),
    }),
    lr_critic: listed("Critic's learning rate", "lr_critic", RATES),
    lr_generator: listed("Generator's learning rate", "lr_generator", RATES),
    noise: listed("Noise on what the critic sees", "noise", NOISES),
    z: picked("z", "z", DRAWS),
    hidden: listed("Width of the networks", "hidden", WIDTHS),
    start: picked("Networks start", "start", STARTS),
    seed: number("Seed", {
      min: 0, max: 9999, step: 1, value: settings.seed,
      onChange: (seed) => act.change("seed", Math.round(seed)),
    }),
  };
  const play = button("Play", act.play);
  const step = button("Step", act.step);
  const solos = Object.keys(SOLO_NAMES).map((player) => [
    player, button(SOLO_NAMES[player], () => act.solo(player)),
  ]);
  const speed = radios("Speed", PACES, settings.speed, act.pace);
  const pens = [button("Remove last point", act.undo), button("Clear points", act.clear)];
  const boxes = Object.entries(LAYER_NAMES).map(([layer, name]) => [
    layer,
    toggle(name, settings.layers.includes(layer), () =>
      act.layers(boxes.filter(([, box]) => box.value).map(([each]) => each)),
    ),
  ]);
  const share = field("Share: copy this line, or paste another one", { onChange: act.load });

  const drawing = make("div", { className: "labkit-row" }, ...pens.map(({ el }) => el));
  const top = make("div", { className: "playground-controls" },
    group("Run", play, step, ...solos.map(([, each]) => each), button("Start again", act.restart)),
    speed.el,
  );
  const below = make("div", { className: "playground-controls" },
    group("Show", ...boxes.map(([, box]) => box)),
    group("Data", live.data, drawing),
    group("Game, also while it runs", live.loss, live.k, live.lr_critic, live.lr_generator, live.noise),
    group("Networks, a change starts again", live.hidden, live.z, live.start, live.seed),
    share.el,
  );
  return {
    top,
    below,
    share,
    // Let every control show the settings of now.
    show(now, playing) {
      for (const [key, control] of Object.entries(live)) offer(control, now[key]);
      speed.value = now.speed;
      for (const [layer, box] of boxes) box.value = now.layers.includes(layer);
      drawing.hidden = now.data !== "own";
      play.text = playing ? "Pause" : "Play";
      for (const [player, each] of solos)
        each.text = SOLO_NAMES[player] + (soloSteps(now.speed) > 1 ? ` × ${soloSteps(now.speed)}` : "");
      step.text = now.speed === "slow" ? "Next sub-step" : "Step";
    },
  };
}

// Show a value; a list gets it as a new entry if a shared line brought an unusual one.
function offer(control, value) {
  const list = control.el.querySelector("select");
  if (list && ![...list.options].some((option) => option.value === `${value}`))
    list.append(make("option", { value, textContent: `${value}` }));
  control.value = value;
}
