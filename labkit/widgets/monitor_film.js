// The fixed z over time: pictures are kept in the page, so looking back costs nothing.

import { latest } from "./channel.js";
import { button, slider } from "./controls.js";
import { canvas, make, row } from "./ui.js";

const MOST_FRAMES = 300;
const FRAMES_ASKED = 20; // in one question

// The picture and the slider under it; `fetchFrames(steps)` gives {step: bytes}.
export function filmOf(view, fetchFrames) {
  const picture = canvas(224, 224, "no pictures yet");
  picture.pixelated = true;
  picture.canvas.style.width = "100%";
  let steps = [];
  const kept = new Map();
  let following = true;

  const scrubber = slider("Pictures over time", {
    min: 0, max: 0, step: 1, value: 0,
    format: (index) => (steps.length === 0 ? "none yet" : `step ${steps[index]}`),
    onInput(index) {
      following = index === steps.length - 1;
      newest.disabled = following;
      show(steps[index]);
    },
  });
  const input = scrubber.el.querySelector("input");
  const newest = button("Newest", () => {
    following = true;
    settle();
  });
  newest.disabled = true;

  const show = latest(async (step) => {
    if (!kept.has(step)) return;
    const image = await createImageBitmap(new Blob([kept.get(step)], { type: "image/jpeg" }));
    picture.canvas.width = image.width;
    picture.canvas.height = image.height;
    picture.context.drawImage(image, 0, 0);
    image.close();
    picture.alt = `64 fakes, drawn from the same z, at step ${step}`;
    picture.drawn();
  });

  // Bring slider and picture in line with the frames that are there.
  function settle() {
    if (steps.length === 0) return;
    const here = steps[scrubber.value];
    input.max = steps.length - 1;
    if (following) scrubber.value = steps.length - 1;
    else scrubber.value = scrubber.value; // its words: the step may be another now
    newest.disabled = following;
    if (following || here !== steps[scrubber.value]) show(steps[scrubber.value]);
  }

  function keep(found) {
    for (const [step, bytes] of found) kept.set(step, bytes);
    const here = steps[scrubber.value];
    let now = [...kept.keys()].sort((a, b) => a - b);
    if (now.length > MOST_FRAMES) {
      now = now.filter((step, i) => i % 2 === 0 || i === now.length - 1);
      for (const step of kept.keys()) if (!now.includes(step)) kept.delete(step);
    }
    steps = now;
    input.max = steps.length - 1;
    if (!following) {
      const place = steps.findIndex((step) => step >= here);
      scrubber.value = place < 0 ? steps.length - 1 : place;
    }
    settle();
  }

  // Ask for those pictures that are not here yet, the newest first.
  async function complete(known) {
    const missing = known.filter((step) => !kept.has(step)).reverse();
    while (missing.length > 0) keep(await fetchFrames(missing.splice(0, FRAMES_ASKED)));
  }

  const el = make("div", {}, picture, row(scrubber, newest));
  el.style.flex = "1 1 280px";
  el.style.maxWidth = "440px";
  return { el, keep, complete };
}
