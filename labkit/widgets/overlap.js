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

// The input pixels that a pixel of the resized picture is made of, as [pixel, share].
function sharesOf({ upsampling, stride }, input) {
  if (upsampling === "transposed") return [[input, 1]];
  if (upsampling === "nearest") return [[Math.floor(input / stride), 1]];
  const where = Math.max(0, (input + 0.5) / stride - 0.5);
  const left = Math.floor(where);
  const right = Math.min(left + 1, INPUTS - 1);
  return [[left, 1 - (where - left)], [right, where - left]];
}
