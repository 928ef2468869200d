// A widget on a page of its own: the model that a notebook would give it, without one.
//
// It holds what the widget brought along, and keeps the state in the page's address.

import { readShare, writeShare } from "./channel.js";

const NO_KERNEL = "This page has no kernel behind it, so it cannot do that. In a notebook it can.";

// Make the model; `brought` is {state, facts, blobs: {name: base64}}.
export function makeModel(brought) {
  const values = { state: brought.state, facts: brought.facts };
  const listeners = new Map();
  const tell = (event, ...details) => {
    for (const act of listeners.get(event) ?? []) act(...details);
  };
  const readAddress = () => {
    if (location.hash.length < 2) return;
    try {
      const told = readShare(decodeURI(location.hash), values.facts.defaults);
      values.state = { ...values.state, ...told };
    } catch {
      // an address that somebody cut short: the page opens as it was written
    }
  };
  readAddress();
  addEventListener("hashchange", () => {
    readAddress();
    tell("change:state");
  });
  return {
    alone: true,
    get: (name) => values[name],
    set(name, value) {
      values[name] = value;
    },
    save_changes() {
      history.replaceState(null, "", `#${writeShare(values.facts.module, values.state)}`);
    },
    on(event, act) {
      listeners.set(event, [...(listeners.get(event) ?? []), act]);
    },
    off(event, act) {
      listeners.set(event, (listeners.get(event) ?? []).filter((each) => each !== act));
    },
    send({ question, number, name }) {
      const code = question === "blob" ? brought.blobs[name] : undefined;
      if (code === undefined) {
        queueMicrotask(() => tell("msg:custom", { number, error: NO_KERNEL }, []));
        return;
      }
      const bytes = Uint8Array.from(atob(code), (letter) => letter.charCodeAt(0));
      queueMicrotask(() => tell("msg:custom", { number }, [new DataView(bytes.buffer)]));
    },
  };
}
