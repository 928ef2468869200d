// Paths in the space that a generator draws from, as in labkit/latent.py.
// A z is a Float32Array; numbers in between are computed in double precision.

const SHORT_ARC = 1e-4; // sine of an angle below which an arc is computed as a line

export function norm(z) {
  let sum = 0;
  for (const number of z) sum += number * number;
  return Math.sqrt(sum);
}

// The straight line from z0 (t = 0) to z1 (t = 1).
export function lerp(z0, z1, t) {
  return mixed(z0, 1 - t, z1, t);
}

// The arc from z0 (t = 0) to z1 (t = 1), at constant angular speed (Shoemake 1985).
// Ends in one direction, or in opposite ones, which span no plane, are joined by a line.
export function slerp(z0, z1, t) {
  const angle = angleBetween(z0, z1);
  const sine = Math.sin(angle);
  if (sine < SHORT_ARC) return lerp(z0, z1, t);
  return mixed(z0, Math.sin((1 - t) * angle) / sine, z1, Math.sin(t * angle) / sine);
}

// In radians, 0 … π; exact for small angles too, unlike acos.
export function angleBetween(z0, z1) {
  const [scale0, scale1] = [1 / (norm(z0) || 1), 1 / (norm(z1) || 1)];
  const far = norm(mixed(z0, scale0, z1, -scale1));
  const near = norm(mixed(z0, scale0, z1, scale1));
  return 2 * Math.atan2(far, near);
}

// A closed loop, `steps` z from each stop to the next and from the last to the first.
export function walk(stops, steps, path = slerp) {
  return stops.flatMap((stop, index) => {
    const next = stops[(index + 1) % stops.length];
    return upTo(steps).map((step) => path(stop, next, step / steps));
  });
}

// One point of the sheet between four z: upper left, upper right, lower left, lower
// right. x goes to the right and y downwards, 0 … 1.
export function onPlane([z00, z01, z10, z11], x, y, path = slerp) {
  return path(path(z00, z10, y), path(z01, z11, y), x);
}

// size² points of the sheet, row by row.
export function plane(corners, size, path = slerp) {
  const at = (place) => place / (size - 1);
  return upTo(size * size).map((place) =>
    onPlane(corners, at(place % size), at(Math.floor(place / size)), path),
  );
}

// The mean of several z, stretched to the length √D that z usually have.
export function average(zs) {
  const sum = new Float64Array(zs[0].length);
  for (const z of zs) z.forEach((number, index) => (sum[index] += number));
  const scale = Math.sqrt(sum.length) / (norm(sum) || 1);
  return Float32Array.from(sum, (number) => number * scale);
}

// a·z0 + b·z1
function mixed(z0, a, z1, b) {
  return Float32Array.from(z0, (number, index) => a * number + b * z1[index]);
}

function upTo(count) {
  return Array.from({ length: count }, (_, index) => index);
}
