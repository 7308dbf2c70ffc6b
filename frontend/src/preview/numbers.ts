/** Small numerical helpers of the preview, as noonmark.inference has them. */

export const FLOOR = -69;
export const LOG_ROOT_2PI = 0.9189385332046727;

export function logNormal(deviation: number, sigma: number): number {
  const scaled = deviation / sigma;
  return -0.5 * scaled * scaled - Math.log(sigma) - LOG_ROOT_2PI;
}

/** ln(exp(a) + exp(b)). */
export function logAddExp(a: number, b: number): number {
  const most = a > b ? a : b;
  const least = a > b ? b : a;
  return least === -Infinity ? most : most + Math.log1p(Math.exp(least - most));
}

export function logSum(values: readonly number[]): number {
  const most = Math.max(...values);
  if (most === -Infinity) return most;
  let sum = 0;
  for (const value of values) sum += Math.exp(value - most);
  return most + Math.log(sum);
}

/** Values at even steps: linear between nodes, constant beyond the ends. */
export class Table {
  readonly start: number;
  readonly step: number;
  readonly values: Float64Array;
  private readonly last: number;

  constructor(start: number, step: number, values: Float64Array) {
    this.start = start;
    this.step = step;
    this.values = values;
    this.last = values.length - 2;
  }

  at(x: number): number {
    const place = Math.min(Math.max((x - this.start) / this.step, 0), this.last + 1);
    const index = Math.min(Math.floor(place), this.last);
    const low = this.values[index]!;
    return low + (place - index) * (this.values[index + 1]! - low);
  }
}

/** Nodes and weights of the five-point Gauss-Hermite rule for a standard normal, as the search uses. */
export const HERMITE: readonly (readonly [number, number])[] = [
  [-2.8569700138728056, 0.011257411327720691],
  [-1.355626179974266, 0.2220759220056126],
  [0, 0.5333333333333333],
  [1.355626179974266, 0.2220759220056126],
  [2.8569700138728056, 0.011257411327720691],
];

export function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
