// A run: its first settings, what was changed on the way, and the game as it stands.
//
// labkit/playground/state.py says what a state may hold. Whoever has the first settings,
// the number of iterations and the log can make the run again, here or in Python.

import { Game } from "./playground_game.js";

export const LIVE_KEYS = ["data", "own", "loss", "k", "lr_critic", "lr_generator", "noise"];
const FIRST_KEYS = ["z", "hidden", "start", "seed"]; // a change of these begins a new run
export const MOST_ITERATIONS = 100000;
export const MOST_LOGGED = 200;
const TRAINED_IS = { hidden: 16, z: "normal" }; // networks of the weights that come along
const PIECE_MS = 25; // of a replay, between two breaths of the page

// Why no run can be read out of a state, or "". rules: choices, bounds (whole numbers) and
// ranges of labkit/playground/state.py, which says the same in more words.
export function whatIsWrong(values, { choices, bounds, ranges }) {
  const within = (value, [low, high]) => Number.isFinite(value) && value >= low && value <= high;
  const isGood = (key, value) => {
    if (key in choices) return choices[key].includes(value);
    if (key in bounds) return Number.isInteger(value) && within(value, bounds[key]);
    if (key in ranges) return within(value, ranges[key]);
    if (key === "own") return value?.length >= 2 && value.every((pair) => pair?.length === 2);
    return true;
  };
  const wrong = Object.keys(values).find((key) => !isGood(key, values[key]));
  if (wrong !== undefined) return `${wrong} cannot be ${JSON.stringify(values[wrong])}`;
  const players = ["critic", "generator"];
  const entries = Array.isArray(values.log) ? values.log : [null];
  const odd = entries.find((entry) => {
    if (entry?.length !== 3 || !within(entry[0], [0, values.steps])) return true;
    if (players.includes(entry[1])) return !within(entry[2], bounds.steps);
    return !LIVE_KEYS.includes(entry[1]) || !isGood(entry[1], entry[2]);
  });
  return odd === undefined ? "" : `log cannot have ${JSON.stringify(odd)}`;
}

export class Run {
  // first: the settings at iteration 0; trained(data): weights, for start "trained".
  constructor(first, trained) {
    const keys = [...LIVE_KEYS, ...FIRST_KEYS];
    this.first = Object.fromEntries(keys.map((key) => [key, first[key]]));
    this.trained = trained;
    this.begin();
  }

  begin() {
    const { start, data } = this.first;
    this.game = new Game(this.first, start === "trained" ? this.trained(data) : null);
    this.steps = 0; // whole iterations
    this.critics = 0; // steps of the critic's optimiser, and of the generator's
    this.generators = 0;
    this.log = [];
    this.history = []; // [iteration, critic's loss, generator's loss]
    this.half = null; // an iteration of which some sub-steps are made
  }

  get settings() {
    return this.game.settings;
  }

  get full() {
    return this.steps >= MOST_ITERATIONS || this.log.length >= MOST_LOGGED;
  }

  // Change a setting; at iteration 0 it is a first one. Returns whether a new run began.
  change(key, value) {
    this.finish();
    const untouched = this.steps === 0 && this.log.length === 0;
    if (FIRST_KEYS.includes(key) || untouched) {
      this.first = { ...this.first, ...this.settings, [key]: value };
      if (key === "start" && value === "trained") Object.assign(this.first, TRAINED_IS);
      const differs = Object.entries(TRAINED_IS).some(([each, is]) => this.first[each] !== is);
      if (differs) this.first.start = "fresh";
      this.begin();
      return true;
    }
    const latest = this.log.at(-1);
    if (latest?.[0] === this.steps && latest[1] === key) latest[2] = value;
    else this.log.push([this.steps, key, value]);
    this.game.change(key, value);
    return false;
  }

  // Steps of one player alone: "critic" or "generator".
  solo(player, count = 1) {
    this.finish();
    const latest = this.log.at(-1);
    if (latest?.[0] === this.steps && latest[1] === player) latest[2] += count;
    else this.log.push([this.steps, player, count]);
    for (let i = 0; i < count; i++) this.game.run(this.watch(this.game[`${player}Step`]()));
    this.note();
  }

  // Make the next sub-step of an iteration and return what it made.
  subStep() {
    this.half ??= this.watch(this.game.iteration());
    const { value } = this.half.next();
    if (value.part === "generator-update") this.finish();
    return value;
  }

  // Complete the iteration that has begun, if one has.
  finish() {
    if (this.half === null) return;
    this.game.run(this.half);
    this.half = null;
    this.steps += 1;
    this.note();
  }

  iterate() {
    if (this.half === null) this.half = this.watch(this.game.iteration());
    this.finish();
  }

  // Count the optimisers' steps as they go by.
  *watch(moments) {
    for (const moment of moments) {
      if (moment.part === "critic-update") this.critics += 1;
      if (moment.part === "generator-update") this.generators += 1;
      yield moment;
    }
  }

  // Keep the losses, thinned out when there are many: a chart has fewer columns.
  note() {
    const { critic, generator } = this.game.losses;
    this.history.push([this.steps, critic, generator]);
    if (this.history.length > 2000) // the newest, of even index, stays
      this.history = this.history.filter((_, i) => i % 2 === 0);
  }

  state() {
    return { ...this.first, steps: this.steps, log: this.log.map((entry) => [...entry]) };
  }

  // Make the run of a state again. `pause(done)` is awaited between pieces; when it
  // answers false the rest is left.
  async replay({ steps, log }, pause) {
    let piece = performance.now();
    const go = async (until) => {
      while (this.steps < until) {
        this.iterate();
        if (performance.now() - piece < PIECE_MS) continue;
        if ((await pause(this.steps)) === false) return false;
        piece = performance.now();
      }
      return true;
    };
    for (const [after, what, value] of log) {
      if (!(await go(after))) return;
      if (what === "critic" || what === "generator") this.solo(what, value);
      else this.logged(what, value);
    }
    await go(steps);
  }

  logged(key, value) {
    this.log.push([this.steps, key, value]);
    this.game.change(key, value);
  }
}
