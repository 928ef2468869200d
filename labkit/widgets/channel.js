// How a page talks with its kernel, and how it keeps what a person has chosen.
//
// Questions carry a number and the answer comes back under it. On a page without a
// kernel the model is the one of page.js, which knows the bytes that it brought along.

const PUSH_MS = 150; // between two writings of the state: a drag is not a flood
const TEXT_SAFE = /%(5B|5D|7B|7D|2C|3A)/g; // [ ] { } , : are read more easily as they are

// Connect to the kernel behind a widget model.
// ask(question, content, buffers) -> {content, buffers}, or an Error in plain words.
export function connect(model) {
  const waiting = new Map();
  const listeners = new Map();
  const blobs = new Map();
  let number = 0;

  const hear = (content, buffers = []) => {
    if (content.event !== undefined) {
      for (const tell of listeners.get(content.event) ?? []) tell(content, buffers);
      return;
    }
    const asked = waiting.get(content.number);
    waiting.delete(content.number);
    if (asked === undefined) return;
    kernel.quickest = Math.min(kernel.quickest, performance.now() - asked.since);
    if (content.error === undefined) asked.resolve({ content, buffers });
    else asked.reject(new Error(content.error));
  };
  model.on("msg:custom", hear);

  const kernel = {
    alive: model.alone !== true,
    quickest: Infinity, // milliseconds of the fastest answer so far: what the line can do
    ask(question, content = {}, buffers = []) {
      number += 1;
      const mine = `${number}`;
      return new Promise((resolve, reject) => {
        waiting.set(mine, { resolve, reject, since: performance.now() });
        model.send({ ...content, question, number: mine }, undefined, buffers);
      });
    },
    blob(name) {
      if (!blobs.has(name)) {
        const bytes = kernel.ask("blob", { name }).then(({ buffers }) => {
          const { buffer, byteOffset, byteLength } = buffers[0];
          return buffer.slice(byteOffset, byteOffset + byteLength);
        });
        bytes.catch(() => blobs.delete(name)); // asked again next time
        blobs.set(name, bytes);
      }
      return blobs.get(name);
    },
    on(event, tell) {
      listeners.set(event, [...(listeners.get(event) ?? []), tell]);
    },
    close() {
      model.off("msg:custom", hear);
      waiting.clear();
    },
  };
  return kernel;
}

// What a person has chosen: a copy here, pushed to the kernel now and then.
export function stateOf(model) {
  let values = { ...model.get("state") };
  const write = () => {
    model.set("state", { ...values });
    model.save_changes();
  };
  const push = throttle(PUSH_MS, () => setTimeout(write)); // what is asked now goes first
  return {
    get: (key) => values[key],
    all: () => ({ ...values }),
    set(changes) {
      values = { ...values, ...changes };
      push();
    },
    onChange(tell) {
      model.on("change:state", () => {
        const now = model.get("state");
        if (JSON.stringify(now) === JSON.stringify(values)) return;
        values = { ...now };
        tell(values);
      });
    },
    share: () => writeShare(model.get("facts").module, values),
  };
}

// Write a state as one line of text, as Widget.share does.
export function writeShare(module, values) {
  const parts = Object.entries(values).map(([key, value]) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return `${key}=${encodeURIComponent(text).replace(TEXT_SAFE, decodeURIComponent)}`;
  });
  return `${module}?${parts.join("&")}`;
}

// Read such a line back; only what `defaults` has, and strings as they are.
export function readShare(text, defaults) {
  const values = {};
  const query = text.trim().replace(/^[#\w-]*\?/, "");
  for (const [key, value] of new URLSearchParams(query)) {
    if (!(key in defaults)) throw new Error(`there is no choice ${key}`);
    values[key] = typeof defaults[key] === "string" ? value : JSON.parse(value);
  }
  return values;
}

// Run `work` for the newest call only: while one runs, of all that come the last waits.
export function latest(work) {
  let running = null;
  let next = null;
  const run = async (args) => {
    try {
      return await work(...args);
    } finally {
      running = null;
      if (next !== null) {
        const { args: newer, resolve } = next;
        next = null;
        running = run(newer);
        resolve(running);
      }
    }
  };
  return (...args) => {
    if (running === null) {
      running = run(args);
      return running;
    }
    if (next !== null) next.resolve(undefined); // overtaken: nobody waits for it
    return new Promise((resolve) => {
      next = { args, resolve };
    });
  };
}

// Call `act` at once, and then at most every `ms`: the last call is never lost.
export function throttle(ms, act) {
  let timer = null;
  let again = null;
  const fire = (args) => {
    timer = setTimeout(() => {
      timer = null;
      if (again !== null) {
        const newer = again;
        again = null;
        fire(newer);
      }
    }, ms);
    act(...args);
  };
  return (...args) => {
    if (timer === null) fire(args);
    else again = args;
  };
}
