// Where the explorer's pictures come from: this page, or the kernel.
//
// A small generator is drawn here. Sheets of many images come from the kernel where there
// is one, which is faster: as they are, or as JPEG when the line is slow; z of any seed and the nearest of all training
// images need it. A page without a kernel brought a few of each along.

import { drawMany, makeGenerator } from "./generator.js";

const FAST_LINE = 60; // milliseconds for an answer; then bytes as they are come sooner than JPEG

export function makePainter(kernel, facts) {
  const [channels, height, width] = facts.image_shape;
  const inPage = facts.plan === null
    ? null
    : kernel.blob("weights").then((bytes) => makeGenerator(facts.plan, bytes));
  inPage?.catch(() => {}); // draw() tells whoever asks for a picture
  const known = new Map(); // seed -> z
  let banked = null;
  let reals = null;

  // Values channel by channel, 0 … 255, as pixels of a canvas.
  const pixelsOf = (values) => {
    const image = new ImageData(width, height);
    const plane = width * height;
    for (let place = 0; place < plane; place += 1) {
      for (let channel = 0; channel < 3; channel += 1)
        image.data[4 * place + channel] = values[(channels === 3 ? channel : 0) * plane + place];
      image.data[4 * place + 3] = 255;
    }
    return image;
  };
  // Many images, one after the other in `bytes`, as a canvas with so many in a row.
  const sheetOf = (bytes, columns) => {
    const [plane, across] = [width * height, columns * width];
    const count = bytes.length / (channels * plane);
    const image = new ImageData(across, Math.ceil(count / columns) * height);
    const pixels = new Uint32Array(image.data.buffer); // from the lowest byte: r, g, b, alpha
    const [green, blue] = channels === 3 ? [plane, 2 * plane] : [0, 0];
    for (let index = 0; index < count; index += 1) {
      const corner = Math.floor(index / columns) * height * across + (index % columns) * width;
      let from = index * channels * plane;
      for (let y = 0; y < height; y += 1)
        for (let to = corner + y * across, end = to + width; to < end; to += 1, from += 1)
          pixels[to] = bytes[from] | (bytes[from + green] << 8) | (bytes[from + blue] << 16) | (255 << 24);
    }
    const sheet = new OffscreenCanvas(image.width, image.height);
    sheet.getContext("2d").putImageData(image, 0, 0);
    return sheet;
  };
  const bytesOf = (image) =>
    Uint8ClampedArray.from(image, (value) => Math.round((value + 1) * 127.5));

  // The image of z, 0 … 255, channel by channel.
  const image = async (z) => {
    if (inPage !== null) return bytesOf((await inPage)(z));
    const { buffers } = await kernel.ask("draw", {}, [Float32Array.from(z).buffer]);
    return bytesIn(buffers[0]);
  };
  const bank = () => {
    banked ??= kernel.blob("bank").then((bytes) =>
      rowsIn(bytes, facts.latent_dim).forEach((z, seed) => known.set(seed, z)),
    );
    return banked;
  };

  return {
    width,
    height,
    inPage: inPage !== null,

    // The z of seeds.
    async of(seeds) {
      await bank();
      const missing = seeds.filter((seed) => !known.has(seed));
      if (missing.length > 0) {
        if (!kernel.alive) throw new Error(seedTooFar(facts.bank));
        const { buffers } = await kernel.ask("z", { seeds: missing });
        rowsIn(numbersIn(buffers[0]).buffer, facts.latent_dim).forEach((z, index) =>
          known.set(missing[index], z),
        );
      }
      return seeds.map((seed) => known.get(seed));
    },

    // The z of a seed with no number beyond the limit, from the kernel.
    async limited(seed, truncation) {
      const { buffers } = await kernel.ask("z", { seeds: [seed], truncation });
      return numbersIn(buffers[0]);
    },

    // The z of seeds 0, 1, 2 … with no number beyond the limit (null: no limit).
    async truncated(limit) {
      const { truncated, levels } = facts;
      if (limit === null) {
        await bank();
        return Array.from({ length: truncated }, (_, seed) => known.get(seed));
      }
      const rows = rowsIn(await kernel.blob("truncated"), facts.latent_dim);
      const level = levels.indexOf(limit);
      if (level < 0) throw new Error(`This page has no kernel; it knows the limits ${levels.join(", ")}.`);
      return rows.slice(level * truncated, (level + 1) * truncated);
    },

    // Draw the image of z into a picture of ui.js; alt is what is to be seen there.
    async paint(surface, z, alt) {
      surface.context.putImageData(pixelsOf(await image(z)), 0, 0);
      surface.alt = alt;
      surface.drawn();
    },

    // Draw many images; place(index, source, x, y) takes each out of `source`.
    // `state` asks the kernel, which tells {mean, shown}: their average length, and the z
    // that the state picks; `zs()` gives the z for this page.
    async many({ state, columns, zs, place, isStale }) {
      if (kernel.alive) {
        const raw = kernel.quickest < FAST_LINE;
        const { content, buffers } = await kernel.ask("sheet", { state, raw });
        const sheet = raw
          ? sheetOf(bytesIn(buffers[0]), columns)
          : await createImageBitmap(new Blob([buffers[0]], { type: "image/jpeg" }));
        const count = (sheet.width / width) * (sheet.height / height);
        for (let index = 0; index < count; index += 1)
          place(index, sheet, (index % columns) * width, Math.floor(index / columns) * height);
        return { mean: content.length, shown: numbersIn(buffers[1]) };
      }
      if (inPage === null) throw new Error(NO_SHEET);
      const one = new OffscreenCanvas(width, height);
      const context = one.getContext("2d");
      await drawMany(await inPage, await zs(), (index, values) => {
        context.putImageData(pixelsOf(bytesOf(values)), 0, 0);
        place(index, one, 0, 0);
      }, isStale);
      return {};
    },

    // The real image nearest to that of z: {pixels, words, seen}.
    async nearest(z) {
      if (kernel.alive) {
        const { content, buffers } = await kernel.ask("nearest", {}, [Float32Array.from(z).buffer]);
        return { ...content, pixels: pixelsOf(bytesIn(buffers[0])) };
      }
      reals ??= kernel.blob("reals").then((png) => cutReals(png, facts));
      const all = await reals;
      const { index, error } = nearestOf(await image(z), all);
      const words = `number ${index} of the ${all.length} training images in this page, difference ${error.toFixed(3)}`;
      return { pixels: pixelsOf(all[index]), words, seen: "" };
    },
  };
}

const NO_SHEET = "This page has no kernel behind it, and this generator is too large for the page. In a notebook it can draw.";

function seedTooFar(bank) {
  return `This page has no kernel behind it; it knows seeds 0 to ${bank - 1}.`;
}

function bytesIn({ buffer, byteOffset, byteLength }) {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function numbersIn(view) {
  return new Float32Array(bytesIn(view).slice().buffer);
}

function rowsIn(bytes, length) {
  const numbers = new Float32Array(bytes);
  return Array.from({ length: numbers.length / length }, (_, row) =>
    numbers.slice(row * length, (row + 1) * length),
  );
}

// The images of a sheet, each 0 … 255, channel by channel.
async function cutReals(png, { image_shape: [channels, height, width], real_columns: columns }) {
  const sheet = await createImageBitmap(new Blob([png], { type: "image/png" }));
  const surface = new OffscreenCanvas(sheet.width, sheet.height);
  const context = surface.getContext("2d");
  context.drawImage(sheet, 0, 0);
  const count = columns * (sheet.height / height);
  return Array.from({ length: count }, (_, index) => {
    const [x, y] = [(index % columns) * width, Math.floor(index / columns) * height];
    const { data } = context.getImageData(x, y, width, height);
    const plane = width * height;
    return Uint8Array.from({ length: channels * plane }, (_unused, place) =>
      data[4 * (place % plane) + Math.floor(place / plane)],
    );
  });
}

// The index of the nearest image, and the mean square difference on the scale -1 … 1.
export function nearestOf(image, others) {
  let best = { index: -1, error: Infinity };
  others.forEach((other, index) => {
    let sum = 0;
    for (let place = 0; place < image.length; place += 1)
      sum += (image[place] - other[place]) ** 2;
    const error = sum / image.length / 127.5 ** 2;
    if (error < best.error) best = { index, error };
  });
  return best;
}
