// A row of seeds that can be changed, made more or fewer, and drawn at random.

import { button, number } from "./controls.js";
import { group, make } from "./ui.js";

const LARGEST_SEED = 2 ** 31 - 1;
const RANDOM_BELOW = 1000; // random seeds are below this

// names(index) labels each; onChange(seeds) is told of every change.
export function seedRow(title, { least, most, names, bank, alive, onChange }) {
  const place = make("div", { className: "labkit-row" });
  const max = alive ? LARGEST_SEED : bank - 1;
  let seeds = [];
  const change = (next) => {
    const again = next.length !== seeds.length;
    seeds = next;
    if (again) build();
    onChange([...seeds]);
  };
  const random = () => Math.floor(Math.random() * (alive ? RANDOM_BELOW : bank));
  const more = button("One more", () => change([...seeds, random()]));
  const fewer = button("One fewer", () => change(seeds.slice(0, -1)));
  const any = button("Random", () => {
    change(seeds.map(random));
    controls.forEach((control, index) => (control.value = seeds[index]));
  });
  let controls = [];
  const build = () => {
    controls = seeds.map((seed, index) =>
      number(names(index), {
        min: 0, max, step: 1, value: seed,
        onChange: (typed) => change(seeds.with(index, Math.round(typed))),
      }),
    );
    place.replaceChildren(...controls.map((control) => control.el));
    more.disabled = seeds.length >= most;
    fewer.disabled = seeds.length <= least;
  };
  const buttons = least === most ? [any] : [more, fewer, any];
  return {
    el: group(title, place, ...buttons),
    set value(now) {
      const again = now.length !== seeds.length;
      seeds = [...now];
      if (again) build();
      else controls.forEach((control, index) => (control.value = seeds[index]));
    },
  };
}
