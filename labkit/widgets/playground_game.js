// One game on the plane: two networks, their optimisers, and the sub-steps of an iteration.

import { Adam, Dice, Net } from "./toynet.js";
import { LOSSES, pullOfPenalty } from "./playground_losses.js";
import { POINTS, realPoints } from "./playground_data.js";

export const BATCH = 64; // points of each kind in a step
export const LOOKED_AT = 500; // fakes of fixed z, for the picture and for counting modes

// How z is drawn: its numbers, and [from, to] of the net that the picture shows.
const ROOT3 = Math.sqrt(3);
export const LATENT = {
  normal: { size: 2, ends: [-2.25, 2.25], draw: (dice, count) => dice.normals(2 * count) },
  square: {
    size: 2,
    ends: [-ROOT3, ROOT3],
    draw: (dice, count) => dice.uniforms(2 * count).map((u) => ROOT3 * (2 * u - 1)),
  },
  line: { size: 1, ends: [-2.25, 2.25], draw: (dice, count) => dice.normals(count) },
};

// settings: {data, own, loss, k, lr_critic, lr_generator, noise, z, hidden, seed}.
export class Game {
  constructor(settings, weights = null) {
    this.settings = { ...settings };
    const { hidden, seed, z } = settings;
    this.latent = LATENT[z];
    this.critic = new Net(2, hidden, 1, 0.2);
    this.generator = new Net(this.latent.size, hidden, 2, 0);
    const dice = new Dice(seed, 0);
    for (const net of [this.critic, this.generator]) net.begin(dice);
    if (weights !== null) this.takeWeights(weights);
    this.adams = { critic: new Adam(this.critic), generator: new Adam(this.generator) };
    this.dice = new Dice(seed, 2);
    this.fixed = this.latent.draw(new Dice(seed, 3), LOOKED_AT);
    this.losses = { critic: NaN, generator: NaN };
    this.drawReal();
  }

  drawReal() {
    const { data, own, seed } = this.settings;
    this.real = realPoints(data, own, seed);
  }

  // All weights of the critic, then all of the generator.
  takeWeights(weights) {
    const split = this.critic.weights.length;
    this.critic.weights.set(weights.subarray(0, split));
    this.generator.weights.set(weights.subarray(split));
  }

  change(key, value) {
    this.settings[key] = value;
    if (key === "data" || key === "own") this.drawReal();
  }

  realBatch() {
    const chosen = this.dice.uniforms(BATCH);
    const batch = new Float64Array(2 * BATCH);
    for (let i = 0; i < BATCH; i++) {
      const index = 2 * Math.floor(chosen[i] * POINTS);
      batch[2 * i] = this.real[index];
      batch[2 * i + 1] = this.real[index + 1];
    }
    return batch;
  }

  // Instance noise (Sønderby et al. 2017): the critic sees blurred points.
  blur(points) {
    const { noise } = this.settings;
    if (noise === 0) return points;
    const drawn = this.dice.normals(points.length);
    return points.map((value, i) => value + noise * drawn[i]);
  }

  // One step of the critic, in sub-steps: yields what each has made.
  *criticStep() {
    const { critic, generator, dice } = this;
    const { loss, lr_critic } = this.settings;
    const { critic: price, penalty, clip } = LOSSES[loss];
    const real = this.realBatch();
    const z = this.latent.draw(dice, BATCH);
    const seenReal = this.blur(real);
    const fakes = this.blur(generator.forward(z, BATCH).out);
    yield { part: "critic-draw", real: seenReal, fakes };
    const passReal = critic.forward(seenReal, BATCH);
    const passFake = critic.forward(fakes, BATCH);
    yield { part: "critic-score", real: seenReal, fakes, scores: [passReal.out, passFake.out] };
    const [value, dReal, dFake] = price(passReal.out, passFake.out);
    this.losses.critic = value;
    yield { part: "critic-loss", real: seenReal, fakes, value };
    critic.backward(passReal, dReal);
    critic.backward(passFake, dFake);
    if (penalty === "one") this.punish("one", this.between(seenReal, fakes));
    if (penalty === "zero") for (const pass of [passReal, passFake]) this.punish("zero", pass);
    this.adams.critic.step(lr_critic);
    if (clip) critic.weights.forEach((w, i, all) => (all[i] = Math.min(clip, Math.max(-clip, w))));
    yield { part: "critic-update", real: seenReal, fakes };
  }

  // Gradient penalty (Gulrajani et al. 2017): a random place between each real point and a fake.
  between(real, fakes) {
    const shares = this.dice.uniforms(BATCH);
    const places = real.map((value, i) => value + shares[i >> 1] * (fakes[i] - value));
    return this.critic.forward(places, BATCH);
  }

  punish(kind, pass) {
    const slopes = this.critic.backward(pass, new Float64Array(BATCH).fill(1), false);
    this.critic.backwardOfSlopes(pass, pullOfPenalty(kind, slopes));
  }

  // One step of the generator, in sub-steps.
  *generatorStep() {
    const { critic, generator, dice } = this;
    const { loss, lr_generator } = this.settings;
    const { generator: price, compares } = LOSSES[loss];
    const real = compares ? this.blur(this.realBatch()) : null;
    const pass = generator.forward(this.latent.draw(dice, BATCH), BATCH);
    const fakes = this.blur(pass.out);
    yield { part: "generator-draw", fakes };
    const judged = critic.forward(fakes, BATCH);
    const [value, dScores] = price(judged.out, real && critic.forward(real, BATCH).out);
    this.losses.generator = value;
    yield { part: "generator-loss", fakes, value };
    const slopes = critic.backward(judged, dScores, false);
    yield { part: "generator-gradient", fakes, advice: slopes.map((slope) => -slope) };
    generator.backward(pass, slopes);
    this.adams.generator.step(lr_generator);
    yield { part: "generator-update", fakes: generator.forward(pass.points, BATCH).out };
  }

  // One iteration of algorithm 1: k steps of the critic, one of the generator.
  *iteration() {
    for (let turn = 1; turn <= this.settings.k; turn++) {
      for (const moment of this.criticStep()) yield { ...moment, turn };
    }
    yield* this.generatorStep();
  }

  run(steps) {
    for (const _ of steps) {
      // every sub-step computes when it is asked for; nobody looks at them here
    }
  }

  fakes() {
    return this.generator.forward(this.fixed, LOOKED_AT).out;
  }

  // The critic's scores at points, x after y after x.
  scores(points) {
    return this.critic.forward(points, points.length / 2).out;
  }

  // Along which way each fake would score more: the slope of the score.
  advice(points) {
    const count = points.length / 2;
    const pass = this.critic.forward(points, count);
    return this.critic.backward(pass, new Float64Array(count).fill(1), false);
  }
}
