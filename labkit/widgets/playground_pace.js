// The clock of a run: slow motion, twenty iterations a second, or as fast as pictures allow.

const SUB_STEP_MS = 1250; // of slow motion
const NORMAL_MS = 50; // an iteration
const FRAME_MS = 30; // fast: this long per picture, drawing included
const LEAST_MS = 8; // fast: and at least this long for iterations
const CALM_MS = 500; // between pictures, for people who want less motion

// turn(kind) makes one step, "sub-step" or "iteration"; it answers false to stop.
// draw() paints. calm(): whether little is to move.
export function makeClock({ turn, draw, calm }) {
  let pace = null; // null: stopped
  let timer = null;
  let drawing = 0; // ms that the last picture took
  let drawnAt = -Infinity;
  let turnedAt = 0;

  const paint = (now) => {
    if (calm() && pace !== "slow" && now - drawnAt < CALM_MS) return;
    drawnAt = now;
    draw();
    drawing = performance.now() - now;
  };
  const turns = (now) => {
    if (pace === "slow" || pace === "normal") {
      const wait = pace === "slow" ? SUB_STEP_MS : NORMAL_MS;
      if (now - turnedAt < wait) return null;
      turnedAt = now;
      return turn(pace === "slow" ? "sub-step" : "iteration");
    }
    const until = now + Math.max(LEAST_MS, FRAME_MS - drawing);
    let more = true;
    while (more && performance.now() < until) more = turn("iteration");
    return more;
  };
  const tick = () => {
    timer = requestAnimationFrame(tick);
    const more = turns(performance.now());
    if (more === null) return;
    if (more === false) stop();
    paint(performance.now());
  };
  const stop = () => {
    cancelAnimationFrame(timer);
    timer = null;
    pace = null;
  };
  return {
    get running() {
      return timer !== null;
    },
    start(how) {
      stop();
      pace = how;
      turnedAt = -Infinity;
      timer = requestAnimationFrame(tick);
    },
    stop,
  };
}
