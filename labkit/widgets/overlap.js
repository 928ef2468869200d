// What upsampling does to a flat picture: stamps, counts, ripple.
//
// The same sums as labkit/overlap.py has torch do. A setting is
// {upsampling: "transposed" | "nearest" | "bilinear", kernel, stride, padding}.

export const INPUTS = 8; // pixels of a row of the flat picture

// Pixels in a row of the result.
export function sizeOf({ upsampling, kernel, stride, padding }) {
  if (upsampling === "transposed") return (INPUTS - 1) * stride + kernel - 2 * padding;
  return INPUTS * stride + 2 * padding - kernel + 1;
}

// [first, end) of the pixels that feel no edge, in whole repeats of the pattern.
export function insideOf(setting) {
  const { upsampling, kernel, stride, padding } = setting;
  const first =
    upsampling === "transposed" ? Math.max(0, kernel - stride - padding) : padding;
  const repeats = Math.floor((sizeOf(setting) - 2 * first) / stride);
  return [first, first + Math.max(1, repeats * stride)];
}

// Which weights of a kernel's row touch output pixel `place`, as pairs [weight, input].
// For resizing, `input` is a pixel of the picture when it has been resized.
export function tapsOf({ upsampling, kernel, stride, padding }, place) {
  const taps = [];
  for (let weight = 0; weight < kernel; weight++) {
    if (upsampling === "transposed") {
      const input = (place + padding - weight) / stride;
      if (Number.isInteger(input) && input >= 0 && input < INPUTS) taps.push([weight, input]);
    } else {
      const input = place + weight - padding;
      if (input >= 0 && input < INPUTS * stride) taps.push([weight, input]);
    }
  }
  return taps;
}

// How much of each input pixel arrives where, all weights 1: INPUTS rows of numbers.
export function stampsOf(setting) {
  const size = sizeOf(setting);
  const rows = Array.from({ length: INPUTS }, () => new Float64Array(size));
  for (let place = 0; place < size; place++)
    for (const [, input] of tapsOf(setting, place))
      for (const [source, share] of sharesOf(setting, input)) rows[source][place] += share;
  return rows;
}

// What becomes of a flat picture of ones under a kernel (rows of numbers; more rows and
// columns than the setting's kernel are ignored): rows of numbers.
export function flatOf(setting, kernel) {
  const size = sizeOf(setting);
  const taps = Array.from({ length: size }, (_, place) => tapsOf(setting, place));
  return taps.map((down) =>
    Float64Array.from(taps, (across) => {
      let sum = 0;
      for (const [y] of down) for (const [x] of across) sum += kernel[y][x];
      return sum;
    }),
  );
}

// The same for a kernel of ones: how many weights meet in each pixel.
export function countsOf(setting) {
  const ones = Array.from({ length: setting.kernel }, () => Array(setting.kernel).fill(1));
  return flatOf(setting, ones);
}

// Standard deviation over mean size where no edge is felt, both averaged over the maps.
export function rippleOf(setting, maps) {
  const [first, end] = insideOf(setting);
  let spread = 0;
  let size = 0;
  for (const map of maps) {
    const values = map.slice(first, end).flatMap((line) => [...line.slice(first, end)]);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    spread += Math.sqrt(square / values.length);
    size += values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length;
  }
  return size === 0 ? 0 : spread / size;
}

// All of it at once, for kernels of random weights.
export function lookAt(setting, weights) {
  const rows = stampsOf(setting);
  const size = sizeOf(setting);
  const total = Array.from({ length: size }, (_, place) =>
    rows.reduce((sum, stamp) => sum + stamp[place], 0));
  const counts = countsOf(setting);
  const maps = weights.map((kernel) => flatOf(setting, kernel));
  const inside = insideOf(setting);
  return {
    rows, size, total, counts, maps, inside,
    inLine: eitherOf(total.slice(...inside)),
    inSquare: eitherOf(counts.slice(...inside).flatMap((line) => [...line.slice(...inside)])),
    evenRipple: rippleOf(setting, [counts]),
    randomRipple: rippleOf(setting, maps),
  };
}

// What is to be seen, in the words of labkit/show/overlap.py.
export function toldOf({ upsampling, kernel, stride, padding }, found, { kinds }) {
  const kind = Object.fromEntries(kinds)[upsampling];
  return `${kind[0].toUpperCase()}${kind.slice(1)}; kernel ${kernel}, stride ${stride}, ` +
    `padding ${padding}: ${INPUTS} pixels in a row become ${found.size}. Inside, the ` +
    `weights that meet in a pixel are ${found.inLine} in a row, ${found.inSquare} in the ` +
    `square. Ripple ${found.evenRipple.toFixed(2)} with all weights 1, ` +
    `${found.randomRipple.toFixed(2)} with random weights (mean of ${found.maps.length} maps).`;
}

export function wholeText(number) {
  return `${Math.round(number)}`;
}

// "1, 2 or 4": the different numbers in a list.
function eitherOf(numbers) {
  const different = [...new Set(numbers.map(Math.round))].sort((a, b) => a - b);
  const last = different.pop();
  return different.length > 0 ? `${different.join(", ")} or ${last}` : `${last}`;
}

// The input pixels that a pixel of the resized picture is made of, as [pixel, share].
function sharesOf({ upsampling, stride }, input) {
  if (upsampling === "transposed") return [[input, 1]];
  if (upsampling === "nearest") return [[Math.floor(input / stride), 1]];
  const where = Math.max(0, (input + 0.5) / stride - 0.5);
  const left = Math.floor(where);
  const right = Math.min(left + 1, INPUTS - 1);
  return [[left, 1 - (where - left)], [right, where - left]];
}
