// What a person keeps: a line to share, bookmarks, files.

import { readShare, writeShare } from "./channel.js";
import { button, field } from "./controls.js";
import { download, group, make, row } from "./ui.js";

const FILE_MIME = { png: "image/png", gif: "image/gif", webp: "image/webp", html: "text/html" };
const LABELS_OF_FILES = { png: "PNG", gif: "GIF", webp: "WebP", html: "Page (HTML)" };
const BOOKMARKS_KEY = "labkit-explorer-bookmarks";

// keep(tools, {open(state), still()}) -> {el, refresh()}
export function keeper(tools, { open, still }) {
  const { state, facts, kernel, view } = tools;
  const shared = () => {
    const all = state.all();
    const keys = ["generator", "view", ...facts.shared[all.view]];
    return writeShare(facts.module, Object.fromEntries(keys.map((key) => [key, all[key]])));
  };
  const line = field("Share", {
    onChange: (text) => reopen(text),
  });
  const copy = button("Copy as a cell", async () => {
    const cell = `from labkit import widgets\nwidgets.Explorer.shared("${shared()}")`;
    try {
      await navigator.clipboard.writeText(cell);
      view.say("Copied.");
    } catch {
      line.el.querySelector("input").select();
      view.say("The browser does not let this page copy; the line is marked, copy it yourself.");
    }
  });
  const reopen = (text) => {
    try {
      const found = readShare(text.replace(/^.*?explorer\?/, "explorer?").replace(/["')\s]+$/, ""), facts.defaults);
      const { generator = state.get("generator"), ...rest } = found;
      if (generator !== state.get("generator"))
        throw new Error(`it is of the generator ${generator}, this explorer has ${state.get("generator") || "its own"}`);
      view.fail("");
      open(rest);
    } catch (error) {
      view.fail(`This line cannot be shown: ${error.message}.`);
      refresh();
    }
  };

  const save = async (kind) => {
    view.fail("");
    try {
      const name = `${facts.name}-${state.get("view")}.${kind}`;
      if (kernel.alive) {
        const { buffers } = await kernel.ask("file", { kind, state: state.all() });
        download(name, buffers[0], FILE_MIME[kind]);
      } else download(name, await still(), FILE_MIME.png);
      view.say(`${name} is among your downloads.`);
    } catch (error) {
      view.fail(error.message);
    }
  };
  const files = Object.keys(FILE_MIME)
    .filter((kind) => kernel.alive || kind === "png")
    .map((kind) => [kind, button(LABELS_OF_FILES[kind], () => save(kind))]);
  const limits = make("span", {
    className: "labkit-note",
    textContent: kernel.alive ? "" : "GIF and WebP films need a notebook.",
  });

  const title = field("Name", {});
  const note = field("Note", {});
  const heading = make("summary", {});
  const list = make("ul", { className: "labkit-bookmarks", "aria-label": "Bookmarks" });
  const add = button("Bookmark this", () => {
    const name = title.value.trim() || `${state.get("view")} ${state.get("bookmarks").length + 1}`;
    keepAll([...state.get("bookmarks"), [name, note.value.trim(), shared()]]);
    title.value = note.value = "";
    view.say(`Bookmark ${name} is kept.`);
  });
  const keepAll = (bookmarks) => {
    state.set({ bookmarks });
    remember(bookmarks);
    refresh();
  };
  const rows = (bookmarks) =>
    bookmarks.map(([name, text, where], index) =>
      make(
        "li",
        {},
        row(
          button(`Show ${name}`, () => reopen(where)),
          make("span", { textContent: text }),
          button(`Remove ${name}`, () => keepAll(bookmarks.filter((_, each) => each !== index))),
        ),
      ),
    );
  let shown = null;
  const refresh = () => {
    line.value = shared();
    for (const [kind, each] of files)
      each.disabled = ["gif", "webp"].includes(kind) && ["arithmetic", "sheet"].includes(state.get("view"));
    const bookmarks = state.get("bookmarks");
    if (JSON.stringify(bookmarks) === shown) return;
    shown = JSON.stringify(bookmarks);
    list.replaceChildren(...rows(bookmarks));
    heading.textContent = `Bookmarks (${bookmarks.length})`;
  };

  // After a restart of the kernel the bookmarks are still in this browser.
  const place = `${BOOKMARKS_KEY}:${state.get("generator")}`;
  const remember = (bookmarks) => {
    try {
      localStorage.setItem(place, JSON.stringify(bookmarks));
    } catch {
      // a page that may not store anything: the notebook still has them
    }
  };
  try {
    const before = JSON.parse(localStorage.getItem(place) ?? "[]");
    if (state.get("bookmarks").length === 0 && before.length > 0) state.set({ bookmarks: before });
  } catch {
    // the same
  }
  return {
    el: [
      row(line, copy),
      group("Save as", ...files.map(([, each]) => each), limits),
      make(
        "details",
        { className: "labkit-table" },
        heading,
        row(title, note, add),
        list,
      ),
    ],
    refresh,
  };
}

// Several canvases side by side as one PNG.
export async function pngOf(canvases) {
  const [{ width, height }] = canvases;
  const sheet = new OffscreenCanvas(canvases.length * width, height);
  const context = sheet.getContext("2d");
  canvases.forEach((each, index) => context.drawImage(each, index * width, 0));
  return sheet.convertToBlob({ type: "image/png" });
}
