// Spot the fake, lab 09. The kernel keeps the answers: this page learns what an image was
// when it has been judged, and not before.

import { connect } from "./channel.js";
import { button } from "./controls.js";
import { canvas, frame, make, row, table } from "./ui.js";

const LARGE = 224; // CSS pixels of the image to judge
const SMALL = 64; // and of one that was judged
const SAID_BY_KEY = { r: "real", f: "fake" };

function playSpot({ model, el }) {
  const facts = model.get("facts");
  const { rounds } = model.get("state");
  const view = frame(model, el, facts.label);
  const kernel = connect(model);
  view.onEnd(kernel.close);
  if (!kernel.alive) {
    view.body.append(make("p", { textContent:
      "This game needs a notebook with a running kernel: the kernel keeps the answers." }));
    return view.end;
  }

  const images = []; // one for each round so far, the one to judge last
  let judged = [];
  let waiting = true; // for the kernel

  const heading = make("p", { className: "labkit-legend" });
  const verdict = make("p", { role: "status" }); // at once: it answers what a person did
  const current = canvas(1, 1, "");
  current.pixelated = true;
  const last = make("div");
  const choices = row(
    large(button("Real (key R)", () => judge("real"))),
    large(button("Fake (key F)", () => judge("fake"))),
  );
  const end = make("div", { tabIndex: -1, hidden: true });
  const game = make("div", {}, current.el, choices);
  view.add(heading, game, verdict, last, end);
  view.body.tabIndex = -1; // a click on the image leaves the keys here, not in the notebook
  view.body.addEventListener("keydown", (event) => {
    const plain = !event.ctrlKey && !event.altKey && !event.metaKey && !event.repeat;
    const said = SAID_BY_KEY[event.key.toLowerCase()];
    if (said === undefined || !plain) return;
    event.preventDefault();
    judge(said);
  });

  async function judge(said) {
    if (waiting || judged.length === rounds) return;
    await hear(() => kernel.ask("judge", { round: judged.length, said }));
  }

  async function hear(ask) {
    waiting = true;
    try {
      const { content, buffers } = await ask();
      judged = content.judged;
      buffers.forEach((pixels, index) => {
        images[content.first + index] = { pixels, shape: content.shape };
      });
      view.fail("");
      show(content);
    } catch (error) {
      view.fail(error.message);
    }
    waiting = false;
  }

  function show({ told, saved }) {
    const now = judged.length;
    const right = judged.filter(({ truth, said }) => truth === said).length;
    const over = now === rounds;
    heading.textContent = over
      ? `The game is over: ${right} of ${rounds} right`
      : `Image ${now + 1} of ${rounds}. About half of them are real ${facts.draws}, ` +
        "the others are generated.";
    verdict.textContent = now > 0 && !over
      ? `${judgedText(judged.at(-1), now)} So far ${right} of ${now} right.` : "";
    last.replaceChildren(...(now > 0 && !over ? [thumbnail(now - 1, 2 * SMALL)] : []));
    game.hidden = over;
    if (!over) {
      paintBytes(current, images[now], LARGE);
      current.alt = `Image ${now + 1} of ${rounds}, to be judged: real or fake?`;
      current.drawn();
      return;
    }
    end.hidden = false;
    verdict.hidden = true;
    end.replaceChildren(
      ...[...told, ...(saved ? [saved] : [])].map((text) => make("p", { textContent: text })),
      shelf("real"),
      shelf("fake"),
      table("All rounds, as a table", ["image", "it is", "you said", ""],
        judged.map(({ truth, said }, index) =>
          [index + 1, truth, said, truth === said ? "right" : "wrong"])),
    );
    end.focus(); // or the keys would go to the notebook, where R and F mean other things
  }

  // All images of a kind, each with what was said of it.
  function shelf(kind) {
    const those = [...judged.keys()].filter((index) => judged[index].truth === kind);
    return make("div", { role: "group", "aria-label": `The ${kind} images` },
      make("p", { textContent: kind === "real" ? "These were real:" : "These were generated:" }),
      row(...those.map((index) => thumbnail(index, SMALL))));
  }

  function thumbnail(index, width) {
    const { truth, said } = judged[index];
    const small = canvas(1, 1, `Image ${index + 1}: ${truth}. You said ${said}`);
    small.pixelated = true;
    paintBytes(small, images[index], width);
    const mark = truth === said ? "✓" : "✗";
    small.el.append(make("figcaption", { textContent: `${mark} ${truth}` }));
    return small.el;
  }

  hear(() => kernel.ask("where"));
  return view.end;
}

// Bytes (H, W, C) to pixels, each as large as the width asks for.
function paintBytes({ canvas: surface, context }, { pixels, shape: [height, width, channels] }, wide) {
  surface.width = width;
  surface.height = height;
  surface.style.width = `${wide}px`;
  const shown = context.createImageData(width, height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      const from = pixel * channels + (channels === 3 ? channel : 0);
      shown.data[4 * pixel + channel] = pixels.getUint8(from);
    }
    shown.data[4 * pixel + 3] = 255;
  }
  context.putImageData(shown, 0, 0);
}

function large(control) {
  control.el.style.minWidth = "132px";
  control.el.style.minHeight = "60px";
  return control;
}

function judgedText({ truth, said }, number) {
  const what = truth === "real" ? "real" : "a fake";
  return truth === said
    ? `✓ Right: image ${number} is ${what}.`
    : `✗ Wrong: image ${number} is ${what}, you said ${said}.`;
}

export default { render: playSpot };
