// The latent explorer: five views of the space that a generator draws from.

import { connect, stateOf } from "./channel.js";
import { tabs } from "./controls.js";
import { arithmeticView } from "./explorer_arithmetic.js";
import { keeper, pngOf } from "./explorer_keep.js";
import { makePainter } from "./explorer_painter.js";
import { pathView } from "./explorer_path.js";
import { planeView } from "./explorer_plane.js";
import { sheetView } from "./explorer_sheet.js";
import { walkView } from "./explorer_walk.js";
import { frame, make } from "./ui.js";

const EXPLORER_VIEWS = {
  path: ["Path", pathView],
  walk: ["Walk", walkView],
  plane: ["Plane", planeView],
  arithmetic: ["Arithmetic", arithmeticView],
  sheet: ["Sheet", sheetView],
};

function renderExplorer({ model, el }) {
  const facts = model.get("facts");
  const kernel = connect(model);
  const state = stateOf(model);
  const view = frame(model, el, `${facts.label}: ${facts.name}`);
  const tools = {
    view, kernel, state, facts,
    painter: makePainter(kernel, facts),
    failed: (error) => view.fail(error.message),
  };
  const changed = (name) => (words) => {
    if (name !== state.get("view")) return; // a picture that came too late
    view.fail("");
    view.say(words);
    kept.refresh();
  };
  const views = Object.fromEntries(
    Object.entries(EXPLORER_VIEWS).map(([name, [, viewOf]]) =>
      [name, viewOf({ ...tools, changed: changed(name) })]),
  );
  const shownView = () => views[state.get("view")];
  const kept = keeper(tools, {
    open(changes) {
      views[state.get("view")].hide?.();
      state.set(changes);
      refreshAll();
    },
    still: () => pngOf(shownView().still()),
  });
  const titles = Object.fromEntries(Object.entries(EXPLORER_VIEWS).map(([name, [title]]) => [name, title]));
  const panels = Object.fromEntries(
    Object.entries(views).map(([name, each]) => [titles[name], make("div", { className: "labkit-view" }, ...each.el)]),
  );
  const bar = tabs("Views", panels, (title) => {
    views[state.get("view")].hide?.();
    state.set({ view: Object.keys(titles).find((name) => titles[name] === title) });
    refreshAll();
  });
  const refreshAll = () => {
    bar.shown = titles[state.get("view")];
    kept.refresh();
    shownView().show();
  };
  view.add(bar, ...kept.el);
  state.onChange(refreshAll);
  view.onEnd(() => kernel.close());
  refreshAll();
  return view.end;
}

export default { render: renderExplorer };
