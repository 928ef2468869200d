// The toy-GAN playground of lab 01: a whole game on the plane, in the page alone.

import { connect, readShare, stateOf, throttle, writeShare } from "./channel.js";
import { playgroundControls, soloSteps } from "./playground_controls.js";
import { makeClock } from "./playground_pace.js";
import { makePen } from "./playground_pen.js";
import { Run, whatIsWrong } from "./playground_run.js";
import { makeScreen } from "./playground_view.js";
import { sentenceOf } from "./playground_words.js";
import { frame } from "./ui.js";

const TELL_MS = 500; // between two writings of the numbers, while it runs
const KEEP_MS = 1000; // and between two keepings of the state
const TRAINED_SETS = ["ring", "grid", "moons", "line"]; // rows of the trained weights

function showPlayground({ model, el }) {
  const facts = model.get("facts");
  const view = frame(model, el, facts.label);
  const kernel = connect(model);
  const state = stateOf(model);
  let brought = null; // trained weights, when they have come
  let moment = null; // the sub-step that the picture shows
  let replays = 0; // of which the newest counts
  let run = null;

  const screen = makeScreen({ theme: view.theme, running: () => clock.running });
  const settings = () => ({ ...state.all(), ...run.settings, start: run.first.start });
  const slow = () => state.get("speed") === "slow";
  const spoken = () => [`Iteration ${run.steps}`, screen.modes].filter(Boolean).join(". ");
  const trained = (data) => {
    const each = brought.length / TRAINED_SETS.length;
    const row = Math.max(0, TRAINED_SETS.indexOf(data));
    return Float64Array.from(brought.subarray(row * each, (row + 1) * each));
  };
  const bringTrained = async () => {
    brought ??= new Float32Array(await kernel.blob("trained"));
  };

  const tellSoon = throttle(TELL_MS, () => screen.tell(run));
  const draw = () => {
    screen.draw(run, { layers: state.get("layers"), moment, pen });
    tellSoon();
  };
  const show = () => {
    controls.show(settings(), clock.running);
    screen.follow(moment, run.settings, slow());
    draw();
    screen.tell(run);
  };
  const keep = () => {
    state.set(run.state());
    controls.share.value = writeShare(facts.module, state.all());
  };
  const keepSoon = throttle(KEEP_MS, keep);

  const turn = (kind) => {
    if (run.full) {
      view.say("This run is as long as one can be. Start again.");
      return false;
    }
    moment = null;
    if (kind === "sub-step") {
      do moment = run.subStep();
      while (moment.turn > 1 && moment.part !== "critic-update");
      view.say(sentenceOf(moment, run.settings));
      screen.follow(moment, run.settings, true);
      screen.tell(run);
    } else run.iterate();
    keepSoon();
    return true;
  };
  const clock = makeClock({ turn, draw, calm: view.calm });
  const settle = (words) => {
    keep();
    show();
    if (words) view.say(words);
  };
  const wholeAgain = () => {
    replays += 1; // a run that is just being made again ends here
    moment = null;
    run.finish();
  };

  const act = {
    play() {
      replays += 1;
      if (!clock.running) {
        clock.start(state.get("speed"));
        settle("Running");
        return;
      }
      clock.stop();
      settle(`Paused. ${spoken()}`);
    },
    step() {
      replays += 1;
      clock.stop();
      turn(slow() ? "sub-step" : "iteration");
      settle(slow() ? "" : spoken());
    },
    solo(player) {
      wholeAgain();
      const count = soloSteps(state.get("speed"));
      run.solo(player, count);
      settle();
      view.say(`Steps of the ${player} alone: ${count}. ${screen.modes}`);
    },
    restart() {
      clock.stop();
      wholeAgain();
      run.first = { ...run.first, ...run.settings };
      run.begin();
      settle("Iteration 0, with new networks");
    },
    async change(key, value) {
      wholeAgain();
      try {
        if (key === "start" && value === "trained") await bringTrained();
        const anew = run.change(key, value);
        if (key === "data") pen.points = run.settings.own;
        settle(anew ? `${spoken()}: a new run` : "");
      } catch (error) {
        view.fail(error.message);
      }
    },
    pace(speed) {
      if (speed !== "slow") wholeAgain();
      state.set({ speed });
      if (clock.running) clock.start(speed);
      settle();
    },
    layers(layers) {
      state.set({ layers });
      settle();
    },
    undo: () => pen.remove(),
    clear() {
      pen.points = [];
      view.say("No points. Draw at least two on the picture.");
      draw();
      screen.surface.focus();
    },
    async load(text) {
      try {
        if (!text.includes(`${facts.module}?`)) throw new Error(`a line begins with ${facts.module}?`);
        await open({ ...facts.defaults, ...readShare(text, facts.defaults) });
        view.fail("");
      } catch (error) {
        controls.share.value = writeShare(facts.module, state.all());
        view.fail(`Nothing was changed: ${error.message}.`);
      }
    },
  };
  const controls = playgroundControls(state.all(), act);
  const pen = makePen(screen.surface, {
    isOn: () => run !== null && run.settings.data === "own",
    onDraw: draw,
    onDone() {
      if (pen.points.length >= 2) act.change("own", pen.points);
    },
    say: view.say,
  });

  // Make the run that a state describes.
  async function open(values) {
    const wrong = whatIsWrong(values, facts.rules);
    if (wrong) throw new Error(wrong);
    replays += 1;
    const mine = replays;
    clock.stop();
    moment = null;
    if (values.start === "trained") await bringTrained();
    run = new Run(values, trained);
    state.set(values);
    pen.points = values.own;
    show();
    await run.replay(values, async (done) => {
      screen.note(`Making the run again: ${done} of ${values.steps} iterations`);
      await new Promise((resolve) => setTimeout(resolve));
      return mine === replays;
    });
    if (mine === replays) settle();
  }
  const opened = (values) =>
    open(values).catch((error) => {
      view.fail(`This is no state of a playground: ${error.message}.`);
      if (run === null) opened(facts.defaults);
    });

  view.body.append(controls.top, screen.el, controls.below);
  for (const event of ["focus", "blur"])
    screen.surface.addEventListener(event, () => run !== null && draw());
  view.onTheme(() => run !== null && show());
  view.onEnd(() => {
    replays += 1;
    clock.stop();
    kernel.close();
  });
  state.onChange(opened);
  opened(state.all());
  return view.end;
}

export default { render: showPlayground };
