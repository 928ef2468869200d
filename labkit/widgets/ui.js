// The frame around a widget: its name, keys, messages, theme, and its end.
//
// Inside the frame keys belong to the widget; Escape gives them back to the notebook.

import { throttle } from "./channel.js";

const SAY_MS = 2000; // a screen reader gets at most one message in this time
const ROLES = ["text", "ground", "faint", "line", "real", "fake", "critic", "gradient"];

// Make an element: make("p", {className: "x", textContent: "…"}, child, child).
// A child is an element, a text, or a control (an object whose element is its `el`).
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("aria-") || name.startsWith("data-") || name === "role")
      element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.map((child) => child.el ?? child));
  return element;
}

// Put the widget's frame into `el`; what render returns is its `end`.
export function frame(model, el, label) {
  const body = make("div", { className: "labkit-body" });
  const status = make("p", { className: "labkit-status", role: "status" });
  const alarm = make("p", { className: "labkit-alarm", role: "alert", hidden: true });
  const root = make("section", { className: "labkit", "aria-label": label });
  root.append(make("p", { className: "labkit-title", textContent: label }));
  root.append(body, status, alarm);
  root.addEventListener("keydown", keepKeys);
  el.append(root);

  const last = [];
  const retheme = [];
  const reread = () => {
    root.classList.toggle("labkit-dark", darkTheme());
    retheme.forEach((draw) => draw());
  };
  const watcher = new MutationObserver(reread);
  for (const place of [document.documentElement, document.body])
    watcher.observe(place, { attributeFilter: ["data-jp-theme-light", "data-theme", "class"] });
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", reread);
  reread();

  return {
    root,
    body,
    add: (...children) => body.append(...children.map((child) => child.el ?? child)),
    say: throttle(SAY_MS, (text) => {
      status.textContent = text;
    }),
    fail(text) {
      alarm.textContent = text;
      alarm.hidden = text === "";
    },
    calm: () => matchMedia("(prefers-reduced-motion: reduce)").matches,
    theme() {
      const style = getComputedStyle(root);
      return Object.fromEntries(
        ROLES.map((role) => [role, style.getPropertyValue(`--lab-${role}`).trim()]),
      );
    },
    onTheme: (draw) => retheme.push(draw),
    onEnd: (act) => last.push(act),
    end() {
      watcher.disconnect();
      dark.removeEventListener("change", reread);
      for (const act of last) act();
      root.remove();
    },
  };
}

// What JupyterLab says of its theme, or the page of its own, or what the reader prefers.
function darkTheme() {
  const { theme } = document.documentElement.dataset;
  const { jpThemeLight } = document.body.dataset;
  if (theme === "dark") return true;
  if (jpThemeLight !== undefined) return jpThemeLight === "false";
  return theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches;
}

function keepKeys(event) {
  if (event.key === "Escape") document.activeElement?.blur();
  else event.stopPropagation();
}

export function row(...children) {
  return make("div", { className: "labkit-row" }, ...children);
}

export function group(label, ...children) {
  return make(
    "div",
    { className: "labkit-group", role: "group", "aria-label": label },
    make("span", { className: "labkit-legend", textContent: label, "aria-hidden": true }),
    make("div", { className: "labkit-row" }, ...children),
  );
}

// A picture of pixels: `context` to draw on, `alt` what is to be seen there.
// drawn() counts in data-frames, for whoever waits for the next picture.
export function canvas(width, height, alt) {
  const surface = make("canvas", { width, height, role: "img", "aria-label": alt });
  surface.dataset.frames = "0";
  return {
    el: make("figure", { className: "labkit-figure" }, surface),
    canvas: surface,
    context: surface.getContext("2d"),
    get alt() {
      return surface.getAttribute("aria-label");
    },
    set alt(text) {
      surface.setAttribute("aria-label", text);
    },
    set pixelated(on) {
      surface.classList.toggle("labkit-pixelated", on);
    },
    drawn() {
      surface.dataset.frames = `${Number(surface.dataset.frames) + 1}`;
    },
  };
}

// The numbers of a chart as a table that can be opened.
export function table(caption, head, rows) {
  const cells = (tag, texts, scope) =>
    make("tr", {}, ...texts.map((text) => make(tag, { textContent: text, ...scope })));
  return make(
    "details",
    { className: "labkit-table" },
    make("summary", { textContent: caption }),
    make(
      "table",
      { "aria-label": caption },
      make("thead", {}, cells("th", head, { scope: "col" })),
      make("tbody", {}, ...rows.map((texts) => cells("td", texts))),
    ),
  );
}

// Hand bytes (or text) to the person as a file.
export function download(name, bytes, mime) {
  const url = URL.createObjectURL(new Blob([bytes], { type: mime }));
  make("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}
