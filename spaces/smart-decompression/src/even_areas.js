// Keeps the input's own pixels where a picture is even, as artgan_hf.restoring.even_areas does: a network would only shift
// the colour there. Even is where no channel varies by more than a level over a block and two blocks on each side.

const BLOCK_PX = 8;
const REACH = 2;
const EVEN = 1.5;
const ALIVE = 4;

/** Mixes the input into the restored picture, in place. */
export function keepEvenAreas(degraded, restored) {
  const { width, height } = degraded;
  const [across, down] = [Math.ceil(width / BLOCK_PX), Math.ceil(height / BLOCK_PX)];
  const share = sharesOf(degraded, across, down);
  if (share.every((value) => value === 1)) return;
  for (let y = 0, i = 0; y < height; y++) {
    const [above, below, towardsBelow] = between(y, down);
    for (let x = 0; x < width; x++, i += 4) {
      const [left, right, towardsRight] = between(x, across);
      const upper = mix(share[above * across + left], share[above * across + right], towardsRight);
      const lower = mix(share[below * across + left], share[below * across + right], towardsRight);
      const own = mix(upper, lower, towardsBelow);
      if (own < 1) {
        for (let c = i; c < i + 3; c++) restored.data[c] = mix(degraded.data[c], restored.data[c], own);
      }
    }
  }
}

/** Returns, for each block, the share of the restored pixels: 0 where it is even, 1 where it is not. */
function sharesOf({ data, width, height }, across, down) {
  const most = new Uint8Array(3 * across * down);
  const least = new Uint8Array(3 * across * down).fill(255);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 4) {
      const block = 3 * ((y >> 3) * across + (x >> 3));
      for (let c = 0; c < 3; c++) {
        const value = data[i + c];
        if (value > most[block + c]) most[block + c] = value;
        if (value < least[block + c]) least[block + c] = value;
      }
    }
  }
  const share = new Float32Array(across * down);
  for (let y = 0; y < down; y++) {
    for (let x = 0; x < across; x++) {
      const spread = spreadAround(most, least, x, y, across, down);
      share[y * across + x] = Math.min(1, Math.max(0, (spread - EVEN) / (ALIVE - EVEN)));
    }
  }
  return share;
}

function spreadAround(most, least, x, y, across, down) {
  const high = [0, 0, 0];
  const low = [255, 255, 255];
  for (let v = Math.max(0, y - REACH); v <= Math.min(down - 1, y + REACH); v++) {
    for (let u = Math.max(0, x - REACH); u <= Math.min(across - 1, x + REACH); u++) {
      for (let c = 0; c < 3; c++) {
        high[c] = Math.max(high[c], most[3 * (v * across + u) + c]);
        low[c] = Math.min(low[c], least[3 * (v * across + u) + c]);
      }
    }
  }
  return Math.max(high[0] - low[0], high[1] - low[1], high[2] - low[2]);
}

/** Returns the blocks whose centres a pixel lies between, and how far it is towards the second. */
function between(pixel, blocks) {
  const position = Math.max(0, (pixel + 0.5) / BLOCK_PX - 0.5);
  const first = Math.min(Math.floor(position), blocks - 1);
  return [first, Math.min(first + 1, blocks - 1), position - first];
}

const mix = (from, to, share) => from + share * (to - from);
