/** Credible levels by a histogram of ln density: no sorting during a drag. */

const BINS = 2400;
const BINS_A_NAT = BINS / 24;
const LEAST = 1e-10;

export interface Ranked {
  readonly level: Uint8Array;
  /** The measure of the smallest set that holds a share of the mass. */
  readonly area: (share: number) => number;
}

/** The credible level of each cell in 1/255: the mass of all that is at least as likely. `values` are relative to the peak;
 * a row's cells all have one measure. */
export function levels(values: Float32Array, columns: number, measures: Float64Array): Ranked {
  const mass = new Float64Array(BINS + 1);
  const measure = new Float64Array(BINS + 1);
  const bin = new Uint16Array(values.length);
  for (let row = 0, at = 0; row < measures.length; row += 1) {
    const size = measures[row]!;
    for (let column = 0; column < columns; column += 1, at += 1) {
      const value = values[at]!;
      const below = value > LEAST ? Math.floor(Math.log(value) * -BINS_A_NAT) : BINS;
      bin[at] = below;
      mass[below]! += size * value;
      measure[below]! += size;
    }
  }
  const total = mass.reduce((a, b) => a + b, 0);
  const byte = new Uint8Array(BINS + 1);
  let sum = 0;
  for (let k = 0; k <= BINS; k += 1) {
    // A level counts to the middle of a bin's own mass: neither end of a broad plateau is favoured.
    byte[k] = Math.min(255, Math.round((255 * (sum + 0.5 * mass[k]!)) / total));
    sum += mass[k]!;
  }
  const level = new Uint8Array(values.length);
  for (let at = 0; at < level.length; at += 1) level[at] = byte[bin[at]!]!;
  return { level, area: (share) => measureOf(mass, measure, share * total) };
}

function measureOf(mass: Float64Array, measure: Float64Array, wanted: number): number {
  let [got, wide] = [0, 0];
  for (let k = 0; k <= BINS; k += 1) {
    if (got + mass[k]! >= wanted) return wide + (measure[k]! * (wanted - got)) / Math.max(mass[k]!, 1e-300);
    [got, wide] = [got + mass[k]!, wide + measure[k]!];
  }
  return wide;
}

/** Likelihoods relative to their greatest, from their logarithms. */
export function relative(log: Float64Array, most: number): Float32Array {
  const values = new Float32Array(log.length);
  for (let at = 0; at < log.length; at += 1) {
    const below = log[at]! - most;
    if (below > -80) values[at] = Math.exp(below);
  }
  return values;
}
