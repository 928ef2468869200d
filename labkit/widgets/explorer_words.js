// The sentence for each picture, made from its numbers, as labkit/widgets/sheets.py.

const CORNER_PLACES = ["upper left", "upper right", "lower left", "lower right"];
const WAY_NAMES = { slerp: "arc", lerp: "line" };

export function listed(items) {
  const texts = items.map(String);
  const last = texts.pop();
  return texts.length > 0 ? `${texts.join(", ")} and ${last}` : last;
}

function howFar(share) {
  const named = { 0: "at the start", 0.5: "halfway", 1: "at the end" };
  return named[share] ?? `${(100 * share).toFixed(0)} % of the way`;
}

export function pathWords(name, { seeds, t, path }, lengths, shell) {
  const leg = Math.min(Math.floor(t), seeds.length - 2);
  const other = path === "slerp" ? "lerp" : "slerp";
  return (
    `${name}: ${howFar(t - leg)} (t ${t.toFixed(2)}) on the ${WAY_NAMES[path]} from seed ` +
    `${seeds[leg]} to seed ${seeds[leg + 1]}, length ${lengths[path].toFixed(1)}; on the ` +
    `${WAY_NAMES[other]} ${lengths[other].toFixed(1)}; the shell's is ${shell.toFixed(1)}.`
  );
}

export function walkWords(name, { stops, at }, length) {
  const place = at % stops.length;
  const leg = Math.floor(place);
  return (
    `${name}: a closed walk through seeds ${listed(stops)}, ${howFar(place - leg)} from ` +
    `seed ${stops[leg]} to seed ${stops[(leg + 1) % stops.length]} (position ` +
    `${place.toFixed(2)} of ${stops.length}), length ${length.toFixed(1)}.`
  );
}

export function planeWords(name, { corners, x, y }, length) {
  const places = corners.map((seed, index) => `${seed} (${CORNER_PLACES[index]})`);
  const made = corners.length === 4 ? "" : "; the lower right corner is made from the three";
  return (
    `${name}: the sheet between seeds ${listed(places)}${made}; at x ${x.toFixed(2)} from ` +
    `the left and y ${y.toFixed(2)} from the top, length ${length.toFixed(1)}.`
  );
}

export function sumWords(name, groups, sumLength, length) {
  const signs = { a: "", b: " minus ", c: " plus " };
  const terms = Object.entries(groups)
    .filter(([, seeds]) => seeds.length > 0)
    .map(([key, seeds]) => `${signs[key]}the average of seeds ${listed(seeds)}`);
  return `${name}: ${terms.join("")}; a sum ${sumLength.toFixed(1)} long, stretched to ${length.toFixed(1)}.`;
}

export function sheetWords(name, { truncation, picked }, count, mean, length, shell) {
  const inside = truncation === null ? "not truncated" : `every number within ±${truncation.toFixed(2)}`;
  return (
    `${name}: ${count} images, seeds 0 to ${count - 1}, ${inside}; average length ` +
    `${mean.toFixed(1)}, the shell's is ${shell.toFixed(1)}; picked is seed ${picked}, ` +
    `length ${length.toFixed(1)}.`
  );
}
