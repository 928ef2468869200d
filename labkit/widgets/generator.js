// Draws a generator's images in the page, without a kernel. `labkit/widgets/weights.py`
// writes the plan and the weights.
//
// A picture lies in memory pixel by pixel (height, width, channels), in a frame of zeros
// one pixel wide, which is the padding that the next convolution needs. Channels are
// filled up with zeros to a multiple of LANES, because the loops take so many at once.

const LANES = 4;

// plan: the layers; buffer: an ArrayBuffer of the weights. Returns
// draw(z) -> Float32Array(C · H · W), channel by channel, in [-1, 1]: the same array at
// every call. draw.shape is [C, H, W].
export function makeGenerator(plan, buffer) {
  const take = weightReader(buffer);
  const [first, ...others] = plan;
  const [channels, height, width] = first.shape;
  const start = padded(channels, height, width);
  const project = linearLayer(first, take);
  const steps = [];
  let before = start;
  others.forEach((layer, index) => {
    const times = layer.kind === "up" ? 2 : 1;
    const after = padded(layer.channels[1], times * before.height, times * before.width);
    const parts = kernels(layer, take);
    const [input, last] = [before, index === others.length - 1];
    steps.push(() => parts.forEach((part) => convolve(input, after, part, times, !last)));
    before = after;
  });
  const image = new Float32Array(before.channels * before.height * before.width);
  const draw = (z) => {
    project(z, start);
    steps.forEach((step) => step());
    return tanhOf(before, image);
  };
  draw.shape = [before.channels, before.height, before.width];
  return draw;
}

// Draws an image for each of many z without freezing the page: after about 8 ms it lets
// keys, clicks and frames have their turn. onImage(index, image) is called in order.
// Returns false when isStale() ended it, because something newer is wanted.
export async function drawMany(draw, zs, onImage, isStale = () => false) {
  let begun = performance.now();
  for (let index = 0; index < zs.length; index += 1) {
    if (performance.now() - begun > 8) {
      await nextTurn();
      begun = performance.now();
    }
    if (isStale()) return false;
    onImage(index, draw(zs[index]));
  }
  return true;
}

function nextTurn() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel(); // setTimeout would wait 4 ms
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}

function padded(channels, height, width) {
  const lanes = LANES * Math.ceil(channels / LANES);
  const data = new Float64Array((height + 2) * (width + 2) * lanes);
  return { channels, height, width, lanes, stride: (width + 2) * lanes, data };
}

// take({ scales }, count) -> the weights of the next layer, `count` for each channel
function weightReader(buffer) {
  const whole = new Int16Array(buffer);
  let place = 0;
  return ({ scales }, count) => {
    const weights = new Float64Array(scales.length * count);
    for (let k = 0; k < weights.length; k += 1, place += 1) {
      weights[k] = whole[place] * scales[Math.floor(k / count)];
    }
    return weights;
  };
}

// project(z, picture): the linear layer, which draws the smallest picture
function linearLayer(layer, take) {
  const { inputs, shape: [channels, height, width] } = layer;
  const all = LANES * Math.ceil(channels / LANES);
  const plane = height * width * inputs; // weights of one channel
  const weights = new Float64Array(all * plane);
  weights.set(take(layer, plane));
  const biases = new Float64Array(all);
  biases.set(layer.biases);
  return (z, { data, lanes, stride }) => {
    for (let group = 0; group < all; group += LANES) {
      let w = group * plane;
      for (let pixel = 0; pixel < height * width; pixel += 1) {
        let s0 = biases[group], s1 = biases[group + 1];
        let s2 = biases[group + 2], s3 = biases[group + 3];
        for (let k = 0; k < inputs; k += 1, w += 1) {
          const number = z[k];
          s0 += weights[w] * number;
          s1 += weights[w + plane] * number;
          s2 += weights[w + 2 * plane] * number;
          s3 += weights[w + 3 * plane] * number;
        }
        const [y, x] = [Math.floor(pixel / width) + 1, (pixel % width) + 1];
        const place = y * stride + x * lanes + group;
        data[place] = s0 > 0 ? s0 : 0;
        data[place + 1] = s1 > 0 ? s1 : 0;
        data[place + 2] = s2 > 0 ? s2 : 0;
        data[place + 3] = s3 > 0 ? s3 : 0;
      }
    }
  };
}

// The convolutions that make up a layer: { size, top, left, weights, biases }. `top` and
// `left` say where the kernel begins, counted from the pixel; weights lie in the order in
// which `convolve` reads them.
//
// Doubling repeats each pixel, so of the three rows under a 3×3 kernel two are the same
// row of the small picture. Their weights can be added beforehand: every one of the four
// pixels that a small pixel becomes is a 2×2 convolution of the small picture. That is
// 16 multiplications instead of 36.
function kernels(layer, take) {
  const { kind, channels: [before, after] } = layer;
  const kernel = take(layer, before * 9);
  const biases = new Float64Array(LANES * Math.ceil(after / LANES));
  biases.set(layer.biases);
  const part = (size, top, left, rowOf, columnOf) => {
    const lanes = LANES * Math.ceil(before / LANES);
    const weights = new Float64Array(biases.length * size * size * lanes);
    for (let to = 0; to < after; to += 1) {
      for (let from = 0; from < before; from += 1) {
        for (let tap = 0; tap < 9; tap += 1) {
          const place = rowOf(Math.floor(tap / 3)) * size + columnOf(tap % 3);
          const group = Math.floor(to / LANES) * size * size * lanes;
          weights[(group + place * lanes + from) * LANES + (to % LANES)] +=
            kernel[(to * before + from) * 9 + tap];
        }
      }
    }
    return { size, top, left, weights, biases };
  };
  if (kind === "conv") return [part(3, -1, -1, (row) => row, (column) => column)];
  const small = [(tap) => (tap ? 1 : 0), (tap) => (tap < 2 ? 0 : 1)]; // even, odd pixels
  return [0, 1, 2, 3].map((phase) => {
    const [down, right] = [phase >> 1, phase & 1];
    return part(2, down - 1, right - 1, small[down], small[right]);
  });
}

// One convolution of `input` into every times-th pixel of `output`. The loops take two
// pixels and four channels at once: so each number read is used more than once.
function convolve(input, output, part, times, relu) {
  const { size, top, left, weights, biases } = part;
  const { data, lanes, stride, height, width } = input;
  const target = output.data;
  const [shiftDown, shiftRight] = times === 2 ? [top + 1, left + 1] : [0, 0];
  const run = size * lanes; // numbers of one row under the kernel, side by side
  const floor = relu ? 0 : -Infinity;
  for (let group = 0; group < output.lanes; group += LANES) {
    const begin = group * size * run;
    const b0 = biases[group], b1 = biases[group + 1];
    const b2 = biases[group + 2], b3 = biases[group + 3];
    for (let y = 0; y < height; y += 1) {
      for (let pair = 0; pair < width; pair += 2) {
        const x = Math.min(pair, width - 2); // odd widths: one pixel is computed twice
        let p0 = b0, p1 = b1, p2 = b2, p3 = b3;
        let q0 = b0, q1 = b1, q2 = b2, q3 = b3;
        let w = begin;
        for (let row = 0; row < size; row += 1) {
          let at = (y + 1 + top + row) * stride + (x + 1 + left) * lanes;
          for (const end = at + run; at < end; at += 1) {
            const p = data[at];
            const q = data[at + lanes];
            const w0 = weights[w], w1 = weights[w + 1];
            const w2 = weights[w + 2], w3 = weights[w + 3];
            p0 += w0 * p; p1 += w1 * p; p2 += w2 * p; p3 += w3 * p;
            q0 += w0 * q; q1 += w1 * q; q2 += w2 * q; q3 += w3 * q;
            w += LANES;
          }
        }
        const place =
          (times * y + shiftDown + 1) * output.stride +
          (times * x + shiftRight + 1) * output.lanes + group;
        const next = place + times * output.lanes;
        target[place] = p0 > floor ? p0 : floor;
        target[place + 1] = p1 > floor ? p1 : floor;
        target[place + 2] = p2 > floor ? p2 : floor;
        target[place + 3] = p3 > floor ? p3 : floor;
        target[next] = q0 > floor ? q0 : floor;
        target[next + 1] = q1 > floor ? q1 : floor;
        target[next + 2] = q2 > floor ? q2 : floor;
        target[next + 3] = q3 > floor ? q3 : floor;
      }
    }
  }
}

function tanhOf({ data, channels, height, width, lanes, stride }, image) {
  let place = 0;
  for (let channel = 0; channel < channels; channel += 1) {
    for (let y = 1; y <= height; y += 1) {
      for (let x = 1; x <= width; x += 1) {
        image[place] = Math.tanh(data[y * stride + x * lanes + channel]);
        place += 1;
      }
    }
  }
  return image;
}
