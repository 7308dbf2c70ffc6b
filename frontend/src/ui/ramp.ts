/**
 * Colours of probability: viridis (Smith and van der Walt 2015, CC0), the same sixteenths as src/noonmark/report/palette.py, so that
 * page and report agree. On a light ground the heart is deep blue, on a dark one yellow: the heart always stands out most.
 */
const VIRIDIS: [number, number, number][] = [
  [216, 226, 25], [176, 221, 47], [137, 213, 72], [101, 203, 94], [70, 192, 111], [46, 179, 124], [31, 163, 134],
  [33, 145, 140], [38, 130, 142], [44, 113, 142], [52, 96, 141], [59, 81, 139], [66, 62, 133], [71, 44, 122],
];

const tables: { light?: Uint8ClampedArray; dark?: Uint8ClampedArray } = {};

/** RGBA by level byte: 0 is the heart, 252 the rim of the 99 % region; beyond it nothing is drawn. */
export function ramp(dark: boolean): Uint8ClampedArray {
  const name = dark ? "dark" : "light";
  const known = tables[name];
  if (known !== undefined) return known;
  const table = new Uint8ClampedArray(256 * 4);
  const steps = dark ? [...VIRIDIS].reverse() : VIRIDIS;
  for (let level = 0; level < 256; level++) {
    const inside = Math.max(0, (252.45 - level) / 252.45);
    const at = inside * (steps.length - 1);
    const low = steps[Math.floor(at)] ?? [0, 0, 0];
    const high = steps[Math.ceil(at)] ?? low;
    const part = at - Math.floor(at);
    for (let k = 0; k < 3; k++) table[level * 4 + k] = (low[k] ?? 0) + ((high[k] ?? 0) - (low[k] ?? 0)) * part;
    const cover = inside > 0.7 ? 0.92 : inside > 0.1 ? 0.74 + ((inside - 0.1) / 0.6) * 0.18 : 0.42 + (inside / 0.1) * 0.32;
    table[level * 4 + 3] = level >= 253 ? 0 : Math.round(255 * cover);
  }
  tables[name] = table;
  return table;
}
