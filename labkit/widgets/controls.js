// The controls of all widgets: native ones, named, large enough for a finger.
//
// Each is an object {el, value, disabled}; setting `value` moves it and calls nobody.

import { make } from "./ui.js";

let made = 0;

// An id that nothing else on the page has, not even the controls of another widget.
function newId() {
  made += 1;
  return `labkit-control-${made}-${Math.random().toString(36).slice(2, 8)}`;
}

function named(label, input, ...beside) {
  input.id = newId();
  const text = make("label", { htmlFor: input.id, textContent: label });
  return make("div", { className: "labkit-control" }, text, ...beside, input);
}

function control(el, inputs, get, set) {
  return {
    el,
    get value() {
      return get();
    },
    set value(value) {
      set(value);
    },
    get disabled() {
      return inputs[0].disabled;
    },
    set disabled(off) {
      for (const input of inputs) input.disabled = off;
    },
  };
}

// A number chosen by sliding; onInput(value) on every move. `format` gives its words.
export function slider(label, { min, max, step, value, format = String, onInput }) {
  const input = make("input", { type: "range", min, max, step });
  const output = make("span", { "aria-hidden": true }); // the slider says it itself
  const el = named(label, input, output);
  const show = () => {
    output.textContent = format(input.valueAsNumber);
    input.setAttribute("aria-valuetext", output.textContent);
  };
  const set = (number) => {
    input.value = number;
    show();
  };
  input.addEventListener("input", () => {
    show();
    onInput?.(input.valueAsNumber);
  });
  set(value);
  return control(el, [input], () => input.valueAsNumber, set);
}

// A number that is typed; what is not one, or out of bounds, goes back to the last good.
export function number(label, { min, max, step, value, onChange }) {
  const input = make("input", { type: "number", min, max, step, value });
  let good = value;
  input.addEventListener("change", () => {
    const typed = input.valueAsNumber;
    if (Number.isNaN(typed)) input.value = good;
    else {
      good = Math.min(max ?? Infinity, Math.max(min ?? -Infinity, typed));
      input.value = good;
      onChange?.(good);
    }
  });
  const set = (now) => {
    good = now;
    input.value = now;
  };
  return control(named(label, input), [input], () => good, set);
}

// One of a few, from a list that opens; options are [value, text] pairs.
export function choice(label, options, value, onChange) {
  const select = make("select", {});
  for (const [each, text] of options)
    select.append(make("option", { value: each, textContent: text }));
  select.value = value;
  select.addEventListener("change", () => onChange?.(select.value));
  const set = (now) => {
    select.value = now;
  };
  return control(named(label, select), [select], () => select.value, set);
}

// One of a few, all of them seen.
export function radios(label, options, value, onChange) {
  const name = newId();
  const inputs = options.map(([each]) =>
    make("input", { type: "radio", name, value: each, checked: each === value }),
  );
  const el = make(
    "fieldset",
    { className: "labkit-radios" },
    make("legend", { textContent: label }),
    ...inputs.map((input, index) => make("label", {}, input, make("span", { textContent: options[index][1] }))),
  );
  for (const input of inputs)
    input.addEventListener("change", () => onChange?.(input.value));
  const get = () => inputs.find((input) => input.checked)?.value;
  const set = (now) => {
    for (const input of inputs) input.checked = input.value === now;
  };
  return control(el, inputs, get, set);
}

// On or off.
export function toggle(label, value, onChange) {
  const input = make("input", { type: "checkbox", checked: value });
  const el = make("label", { className: "labkit-toggle" }, input, make("span", { textContent: label }));
  input.addEventListener("change", () => onChange?.(input.checked));
  const set = (now) => {
    input.checked = now;
  };
  return control(el, [input], () => input.checked, set);
}

// A line of text; onChange(text) on Enter, or when it is left.
export function field(label, { value = "", onChange, readOnly = false }) {
  const input = make("input", { type: "text", value, readOnly, spellcheck: false });
  input.addEventListener("change", () => onChange?.(input.value));
  const set = (now) => {
    input.value = now;
  };
  return control(named(label, input), [input], () => input.value, set);
}

// A button. Give `pressed` a value and it becomes one that stays down.
export function button(text, onClick) {
  const el = make("button", { type: "button", className: "labkit-button", textContent: text });
  el.addEventListener("click", () => onClick?.());
  return {
    el,
    get text() {
      return el.textContent;
    },
    set text(now) {
      if (el.textContent !== now) el.textContent = now;
    },
    get pressed() {
      return el.getAttribute("aria-pressed") === "true";
    },
    set pressed(down) {
      el.setAttribute("aria-pressed", down);
    },
    get disabled() {
      return el.disabled;
    },
    set disabled(off) {
      el.disabled = off;
    },
  };
}

// Views of which one is seen; left and right, Home and End go through them.
export function tabs(label, views, onShow) {
  const names = Object.keys(views);
  const id = newId();
  const buttons = names.map((name, index) =>
    make("button", {
      type: "button", role: "tab", id: `${id}-${index}`, textContent: name,
      className: "labkit-tab", "aria-controls": `${id}-panel-${index}`,
    }),
  );
  const panels = names.map((name, index) =>
    make(
      "div",
      { role: "tabpanel", id: `${id}-panel-${index}`, "aria-labelledby": `${id}-${index}` },
      views[name],
    ),
  );
  const show = (chosen, tell = true) => {
    names.forEach((name, index) => {
      const here = name === chosen;
      buttons[index].setAttribute("aria-selected", here);
      buttons[index].tabIndex = here ? 0 : -1;
      panels[index].hidden = !here;
    });
    if (tell) onShow?.(chosen);
  };
  const STEPS = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity };
  buttons.forEach((each, index) => {
    each.addEventListener("click", () => show(names[index]));
    each.addEventListener("keydown", (event) => {
      if (!(event.key in STEPS)) return;
      event.preventDefault();
      const wanted = index + STEPS[event.key];
      const next = Math.abs(STEPS[event.key]) === 1
        ? (wanted + names.length) % names.length
        : Math.min(names.length - 1, Math.max(0, wanted));
      show(names[next]);
      buttons[next].focus();
    });
  });
  const list = make("div", { role: "tablist", "aria-label": label, className: "labkit-tabs" }, ...buttons);
  show(names[0], false);
  return {
    el: make("div", {}, list, ...panels),
    get shown() {
      return names.find((name, index) => !panels[index].hidden);
    },
    set shown(name) {
      show(name, false);
    },
  };
}
