// Dragging over a picture, with a pointer, a finger, or the arrow keys.

const KEYS = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
};
const STEP = 0.05; // of the picture's side; with Shift a fifth of it

// Let a place (x, y), both 0…1 from the upper left, be moved over an element.
// describe(x, y) gives the words for a screen reader. Returns {place (get, set)}.
export function drag(element, { label, x = 0.5, y = 0.5, onMove, onEnd, describe }) {
  let place = [x, y];
  element.tabIndex = 0;
  element.classList.add("labkit-drag");
  element.setAttribute("role", "application");
  element.setAttribute("aria-roledescription", "two-dimensional slider");

  const moveTo = (wantedX, wantedY, tell = true) => {
    place = [wantedX, wantedY].map((value) => Math.min(1, Math.max(0, value)));
    const words = describe?.(...place) ?? `${place[0].toFixed(2)}, ${place[1].toFixed(2)}`;
    element.setAttribute("aria-label", `${label}: ${words}`);
    if (tell) onMove?.(...place);
  };
  const moveToPointer = (event) => {
    const box = element.getBoundingClientRect();
    moveTo((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  };
  element.addEventListener("pointerdown", (event) => {
    element.setPointerCapture(event.pointerId);
    element.focus();
    moveToPointer(event);
    event.preventDefault();
  });
  element.addEventListener("pointermove", (event) => {
    if (element.hasPointerCapture(event.pointerId)) moveToPointer(event);
  });
  element.addEventListener("pointerup", () => onEnd?.(...place));
  element.addEventListener("keydown", (event) => {
    if (!(event.key in KEYS)) return;
    event.preventDefault();
    const step = event.shiftKey ? STEP / 5 : STEP;
    const [right, down] = KEYS[event.key];
    moveTo(place[0] + right * step, place[1] + down * step);
    onEnd?.(...place);
  });
  moveTo(x, y, false);
  return {
    get place() {
      return place;
    },
    set place([newX, newY]) {
      moveTo(newX, newY, false);
    },
  };
}
