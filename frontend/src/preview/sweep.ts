/** A window of time: one table of declination, latitude and hour angle that serves all its dates and all longitudes. */
import { DARK, byOffset, type Cells } from "./cells.ts";
import { fixedLog } from "./instants.ts";
import type { UtcClock } from "./clues.ts";
import { SWEEP_DEG, type Scene } from "./scene.ts";
import { zeros32, zeros64 } from "./scratch.ts";
import { DEG, subsolar } from "./sun.ts";

export const DAY_S = 86400;
export const HOURS = 120;
const HOUR_DEG = 360 / HOURS;
const MOST_CLOCKED = 40;

/** Likelihood by declination, latitude and hour angle, summed up along the hour angle. */
export interface Sweep {
  readonly firstDec: number;
  readonly stepDec: number;
  readonly decs: number;
  /** Per declination and row of the map: sums of likelihood x degrees up to each hour edge, (HOURS + 1) long. */
  readonly sums: Float32Array;
}

export function sweep(scene: Scene, cells: Cells): Sweep {
  const noon = (unixS: number): number => subsolar(unixS).decDeg;
  let [low, high] = [Infinity, -Infinity];
  const samples = Math.min(400, Math.max(2, Math.ceil((scene.endS - scene.startS) / DAY_S)));
  for (let k = 0; k <= samples; k += 1) {
    const dec = noon(scene.startS + ((scene.endS - scene.startS) * k) / samples);
    [low, high] = [Math.min(low, dec), Math.max(high, dec)];
  }
  const decs = Math.max(1, Math.ceil((high - low) / SWEEP_DEG - 0.3) + 1);
  const stepDec = decs > 1 ? (high - low) / (decs - 1) : 1;
  const firstDec = decs > 1 ? low : 0.5 * (low + high);
  const groups = byOffset(scene, true).map(([offset, sight]) => ({ shift: (offset / DAY_S) * 360, sight }));
  const hours = groups.map(({ shift }) => ({
    sine: Float64Array.from({ length: HOURS }, (_, h) => Math.sin(((h + 0.5) * HOUR_DEG - 180 + shift) * DEG)),
    cosine: Float64Array.from({ length: HOURS }, (_, h) => Math.cos(((h + 0.5) * HOUR_DEG - 180 + shift) * DEG)),
  }));
  const symmetric = groups.every(({ shift, sight }) => shift === 0 && sight.symmetric);
  const logs = zeros32("logs", decs * cells.rows * HOURS);
  let most = DARK;
  for (let d = 0, at = 0; d < decs; d += 1) {
    const dec = (firstDec + d * stepDec) * DEG;
    const [sinDec, cosDec] = [Math.sin(dec), Math.cos(dec)];
    for (let i = 0; i < cells.rows; i += 1, at += HOURS) {
      const [sinLat, cosLat] = [Math.sin(cells.lat[i]! * DEG), Math.cos(cells.lat[i]! * DEG)];
      for (let h = 0; h < (symmetric ? HOURS / 2 : HOURS); h += 1) {
        let total = 0;
        for (let g = 0; g < groups.length; g += 1) {
          total += groups[g]!.sight.log(sinLat, cosLat, sinDec, cosDec, hours[g]!.sine[h]!, hours[g]!.cosine[h]!);
        }
        logs[at + h] = total;
        if (symmetric) logs[at + HOURS - 1 - h] = total;
        if (total > most) most = total;
      }
    }
  }
  return { firstDec, stepDec, decs, sums: summed(logs, most) };
}

function summed(logs: Float32Array, most: number): Float32Array {
  const rows = logs.length / HOURS;
  const sums = zeros32("sums", rows * (HOURS + 1));
  for (let row = 0; row < rows; row += 1) {
    let [sum, to] = [0, row * (HOURS + 1)];
    for (let h = 0, at = row * HOURS; h < HOURS; h += 1, at += 1) {
      const log = logs[at]! - most;
      if (log > -60) sum += Math.exp(log) * HOUR_DEG;
      sums[(to += 1)] = sum;
    }
  }
  return sums;
}

/** The table's row of declination below one, and the share of the next. */
export function decOf(table: Sweep, decDeg: number): readonly [number, number] {
  if (table.decs === 1) return [0, 0];
  const place = Math.min(Math.max((decDeg - table.firstDec) / table.stepDec, 0), table.decs - 1);
  const index = Math.min(Math.floor(place), table.decs - 2);
  return [index, place - index];
}

/** The likelihood x degrees between two hour angles (to - from at most 360) of a row at a declination. */
function between(table: Sweep, rows: number, row: number, decDeg: number, fromDeg: number, toDeg: number): number {
  const [index, share] = decOf(table, decDeg);
  const low = stretch(table.sums, (index * rows + row) * (HOURS + 1), fromDeg, toDeg);
  if (share === 0) return low;
  return low + share * (stretch(table.sums, ((index + 1) * rows + row) * (HOURS + 1), fromDeg, toDeg) - low);
}

export function stretch(sums: Float32Array | Float64Array, base: number, fromDeg: number, toDeg: number): number {
  const whole = sums[base + HOURS]!;
  if (toDeg - fromDeg >= 360 - 1e-9) return whole;
  return upTo(sums, base, toDeg, whole) - upTo(sums, base, fromDeg, whole);
}

function upTo(sums: Float32Array | Float64Array, base: number, hourDeg: number, whole: number): number {
  const turns = Math.floor((hourDeg + 180) / 360);
  const place = (hourDeg + 180 - turns * 360) / HOUR_DEG;
  const index = Math.min(Math.floor(place), HOURS - 1);
  const low = sums[base + index]!;
  return turns * whole + low + (place - index) * (sums[base + index + 1]! - low);
}

/** ln density of each cell over a window: whole days from its start, then what is left of a day. */
export function windowLog(scene: Scene, cells: Cells, table: Sweep): Float64Array {
  if (scene.clock !== null) return clockedLog(scene, cells, table, scene.clock);
  const length = scene.endS - scene.startS;
  const days = Math.floor(length / DAY_S);
  const sampled = Math.min(days, 200);
  const whole = new Float64Array(cells.rows);
  for (let k = 0; k < sampled; k += 1) {
    const { decDeg } = subsolar(scene.startS + ((k + 0.5) / sampled) * days * DAY_S);
    for (let i = 0; i < cells.rows; i += 1) whole[i]! += (between(table, cells.rows, i, decDeg, -180, 180) * days) / sampled;
  }
  const rest = length - days * DAY_S;
  const last = subsolar(scene.endS - rest / 2);
  const half = (rest / DAY_S) * 180;
  const log = new Float64Array(cells.rows * cells.columns);
  for (let i = 0; i < cells.rows; i += 1) {
    for (let j = 0, at = i * cells.columns; j < cells.columns; j += 1, at += 1) {
      const hour = last.ghaDeg + cells.lon[j]!;
      const part = rest > 0 ? between(table, cells.rows, i, last.decDeg, hour - half, hour + half) : 0;
      log[at] = Math.log(Math.max(whole[i]! + part, 1e-300));
    }
  }
  fixedLog(scene, cells, log);
  return log;
}

/** Half the width [deg of hour angle] of the even spread that has a clock's sigma. */
export const clockHalfDeg = (clock: UtcClock): number => Math.max((Math.sqrt(3) * clock.sigmaS * 360) / DAY_S, 0.05);

/** The same with a clock that shows UTC: each day only the minutes about its reading count, the others by its outlier share. */
function clockedLog(scene: Scene, cells: Cells, table: Sweep, clock: UtcClock): Float64Array {
  const first = Math.ceil((scene.startS - clock.timeS) / DAY_S) * DAY_S + clock.timeS;
  const days = Math.max(Math.floor((scene.endS - first) / DAY_S) + 1, 0);
  const sampled = Math.min(days, MOST_CLOCKED);
  const half = clockHalfDeg(clock);
  const [sound, missed] = [(1 - clock.outlier) / (2 * half), clock.outlier / 360];
  const sum = zeros64("clocked", cells.rows * cells.columns);
  const row = zeros64("row", HOURS + 1);
  const [from, to] = [spots(cells.columns), spots(cells.columns)];
  const { turns: turns0, index: index0, share: share0 } = from;
  const { turns: turns1, index: index1, share: share1 } = to;
  for (let k = 0; k < sampled; k += 1) {
    const sun = subsolar(first + Math.floor(((k + 0.5) / sampled) * days) * DAY_S);
    const [index, share] = decOf(table, sun.decDeg);
    // Where a column's stretch of hours begins and ends is the same in every row.
    place(from, cells.lon, sun.ghaDeg - half);
    place(to, cells.lon, sun.ghaDeg + half);
    for (let i = 0, at = 0; i < cells.rows; i += 1) {
      const low = (index * cells.rows + i) * (HOURS + 1);
      const high = share === 0 ? low : low + cells.rows * (HOURS + 1);
      for (let h = 0; h <= HOURS; h += 1) row[h] = (1 - share) * table.sums[low + h]! + share * table.sums[high + h]!;
      const all = row[HOURS]!;
      const whole = missed * all;
      for (let j = 0; j < cells.columns; j += 1, at += 1) {
        const a = index0[j]!;
        const b = index1[j]!;
        const upTo = (turns1[j]! - turns0[j]!) * all + row[b]! + share1[j]! * (row[b + 1]! - row[b]!);
        sum[at]! += whole + sound * (upTo - row[a]! - share0[j]! * (row[a + 1]! - row[a]!));
      }
    }
  }
  for (let at = 0; at < sum.length; at += 1) sum[at] = Math.log(Math.max(sum[at]!, 1e-300));
  fixedLog(scene, cells, sum);
  return sum;
}

/** Places in a row of sums: whole turns, the edge below, and the share of the way to the next. */
interface Spots {
  readonly turns: Int32Array;
  readonly index: Int32Array;
  readonly share: Float64Array;
}
const spots = (columns: number): Spots => ({ turns: new Int32Array(columns), index: new Int32Array(columns), share: new Float64Array(columns) });

function place(into: Spots, lon: Float64Array, fromDeg: number): void {
  for (let j = 0; j < lon.length; j += 1) {
    const hour = fromDeg + lon[j]!;
    const turns = Math.floor((hour + 180) / 360);
    const at = (hour + 180 - turns * 360) / HOUR_DEG;
    const index = Math.min(Math.floor(at), HOURS - 1);
    into.turns[j] = turns;
    into.index[j] = index;
    into.share[j] = at - index;
  }
}
