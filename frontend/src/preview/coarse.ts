/** A coarse map and calendar of a scene, quickly: what the page shows while a hand drags.
 *
 * Where the scene's start is known, each cell of the map asks every clue at its instant. Over a window of time the
 * clues ask only for latitude, hour angle and declination: one table of those serves all dates and longitudes, and the
 * map and the calendar are sums over its rows. A cell's width is folded into the errors (scene.ts), so that a sharp
 * clue falls on a coarse cell with the right weight.
 */
import type { Calendar, Grid } from "../types.ts";
import type { Compiled } from "./clues.ts";
import { HERMITE } from "./numbers.ts";
import { SWEEP_DEG, cellDeg, type Scene } from "./scene.ts";
import { DEG, subsolar } from "./sun.ts";

const DAY_S = 86400;
const DARK = -700;
const HOURS = 120;
const HOUR_DEG = 360 / HOURS;
const MOST_ROWS = 120;
const COLUMNS = 144;
const BINS = 2400;
const BINS_A_NAT = BINS / 24;
const LEAST = 1e-10;
const EARTH_KM = 6371.0072;
const DOME_DEG = 0.75;
const DOME_COLUMNS = 481;
const DOME_ROWS = 125;

export interface Coarse {
  readonly map: Grid;
  readonly calendar: Calendar | null;
  /** Areas of the 50 % and 90 % regions [km2]. */
  readonly areaKm2: { readonly "0.5": number; readonly "0.9": number };
  readonly best: readonly [number, number];
  readonly leftOut: readonly string[];
}

interface Cells {
  readonly rows: number;
  readonly columns: number;
  readonly step: number;
  readonly lat: Float64Array;
  readonly lon: Float64Array;
  /** Area [km2] of a cell of each row. */
  readonly area: Float64Array;
}

export function coarse(scene: Scene): Coarse | null {
  const cells = cellsOf(scene);
  const known = scene.startS === scene.endS || scene.clockSigmaS > 0;
  const table = known ? null : sweep(scene, cells);
  const log = known ? instantLog(scene, cells) : windowLog(scene, cells, table!);
  const finished = finish(scene, cells, log);
  if (finished === null) return null;
  const calendar = table !== null && scene.fixed.length === 0 ? calendarOf(scene, cells, table) : null;
  return { ...finished, calendar, leftOut: scene.leftOut };
}

function cellsOf(scene: Scene): Cells {
  const { south, north, west, east } = scene.bounds;
  const step = cellDeg(scene.bounds);
  const rows = Math.max(2, Math.round((north - south) / step));
  const columns = Math.max(2, Math.round((east - west) / step));
  const [tall, wide] = [(north - south) / rows, (east - west) / columns];
  const lat = Float64Array.from({ length: rows }, (_, i) => north - (i + 0.5) * tall);
  const lon = Float64Array.from({ length: columns }, (_, j) => west + (j + 0.5) * wide);
  const area = lat.map((at) => EARTH_KM ** 2 * wide * DEG * (Math.sin((at + tall / 2) * DEG) - Math.sin((at - tall / 2) * DEG)));
  return { rows, columns, step, lat, lon, area };
}

/** Clues that look at one sky: their rings as one table of elevation, and those that ask for the azimuth.
 *
 * Where many cells will ask, the latter are laid out as a table of azimuth and elevation too.
 */
class Sight {
  private readonly ring = new Float64Array(4651);
  private readonly pictures: Compiled["log"][];
  private readonly dome: Float32Array | null;
  readonly symmetric: boolean;

  constructor(clues: readonly Compiled[], many: boolean) {
    for (let k = 0; k < this.ring.length; k += 1) {
      for (const clue of clues) if (clue.ring !== null) this.ring[k]! += clue.ring.at(-3 + 0.02 * k);
    }
    this.pictures = clues.filter((clue) => clue.ring === null).map((clue) => clue.log);
    this.symmetric = this.pictures.length === 0;
    this.dome = many && !this.symmetric ? this.laidOut() : null;
  }

  private laidOut(): Float32Array {
    const dome = new Float32Array(DOME_COLUMNS * DOME_ROWS);
    for (let row = 0, at = 0; row < DOME_ROWS; row += 1) {
      for (let column = 0; column < DOME_COLUMNS; column += 1, at += 1) {
        for (const picture of this.pictures) dome[at]! += picture(column * DOME_DEG - 180, row * DOME_DEG - 3);
      }
    }
    return dome;
  }

  private onDome(dome: Float32Array, azimuthDeg: number, elevationDeg: number): number {
    const [x, y] = [(azimuthDeg + 180) / DOME_DEG, Math.max(0, (elevationDeg + 3) / DOME_DEG)];
    const [i, j] = [Math.min(Math.floor(x), DOME_COLUMNS - 2), Math.min(Math.floor(y), DOME_ROWS - 2)];
    const at = j * DOME_COLUMNS + i;
    const low = dome[at]! + (x - i) * (dome[at + 1]! - dome[at]!);
    const high = dome[at + DOME_COLUMNS]! + (x - i) * (dome[at + DOME_COLUMNS + 1]! - dome[at + DOME_COLUMNS]!);
    return low + (y - j) * (high - low);
  }

  /** ln likelihood at sines and cosines of latitude, declination and hour angle. */
  log(sinLat: number, cosLat: number, sinDec: number, cosDec: number, sinHour: number, cosHour: number): number {
    const up = sinLat * sinDec + cosLat * cosDec * cosHour;
    if (up < -0.03) return DARK;
    const elevation = Math.asin(Math.min(up, 1)) / DEG;
    let total = this.ring[Math.max(0, Math.round((elevation + 3) * 50))]!;
    if (this.symmetric) return total;
    const azimuth = Math.atan2(-cosDec * sinHour, cosLat * sinDec - sinLat * cosDec * cosHour) / DEG;
    if (this.dome !== null) return total + this.onDome(this.dome, azimuth, elevation);
    for (const picture of this.pictures) total += picture(azimuth, elevation);
    return total;
  }
}

/** Add to `log` what clues say of every cell at one instant. */
function addInstant(cells: Cells, sight: Sight, unixS: number, log: Float64Array): void {
  const sun = subsolar(unixS);
  const [sinDec, cosDec] = [Math.sin(sun.decDeg * DEG), Math.cos(sun.decDeg * DEG)];
  const sine = cells.lon.map((lon) => Math.sin((lon + sun.ghaDeg) * DEG));
  const cosine = cells.lon.map((lon) => Math.cos((lon + sun.ghaDeg) * DEG));
  for (let i = 0; i < cells.rows; i += 1) {
    const [sinLat, cosLat] = [Math.sin(cells.lat[i]! * DEG), Math.cos(cells.lat[i]! * DEG)];
    for (let j = 0, at = i * cells.columns; j < cells.columns; j += 1, at += 1) {
      log[at]! += sight.log(sinLat, cosLat, sinDec, cosDec, sine[j]!, cosine[j]!);
    }
  }
}

/** What clues of known instants say, an instant's own error averaged over. */
function fixedLog(scene: Scene, cells: Cells, log: Float64Array): void {
  for (const [clue, atS, sigmaS] of scene.fixed) {
    const sight = new Sight([clue], false);
    if (sigmaS === 0) addInstant(cells, sight, atS, log);
    else averageInto(log, HERMITE.map(([x, weight]) => [weight, (out: Float64Array) => addInstant(cells, sight, atS + sigmaS * x, out)] as const));
  }
}

function averageInto(log: Float64Array, parts: readonly (readonly [number, (out: Float64Array) => void])[]): void {
  const values = parts.map(([weight, fill]) => {
    const out = new Float64Array(log.length).fill(Math.log(weight));
    fill(out);
    return out;
  });
  for (let at = 0; at < log.length; at += 1) {
    let most = -Infinity;
    for (const value of values) most = Math.max(most, value[at]!);
    let sum = 0;
    for (const value of values) sum += Math.exp(value[at]! - most);
    log[at]! += most + Math.log(sum);
  }
}

/** ln density of each cell where the scene's start is known, up to a clock's error. */
function instantLog(scene: Scene, cells: Cells): Float64Array {
  const log = new Float64Array(cells.rows * cells.columns);
  const groups = byOffset(scene);
  const at = (startS: number) => (out: Float64Array) => {
    for (const [offset, sight] of groups) addInstant(cells, sight, startS + offset, out);
  };
  if (scene.clockSigmaS === 0) at(scene.startS)(log);
  else {
    const middle = 0.5 * (scene.startS + scene.endS);
    averageInto(log, HERMITE.map(([x, weight]) => [weight, at(middle + scene.clockSigmaS * x)] as const));
  }
  fixedLog(scene, cells, log);
  return log;
}

function byOffset(scene: Scene, many = false): [number, Sight][] {
  const groups = new Map<number, Compiled[]>();
  for (const [clue, offset] of scene.floating) groups.set(offset, [...(groups.get(offset) ?? []), clue]);
  return [...groups].map(([offset, clues]) => [offset, new Sight(clues, many)]);
}

/** Likelihood by declination, latitude and hour angle, summed up along the hour angle. */
interface Sweep {
  readonly firstDec: number;
  readonly stepDec: number;
  readonly decs: number;
  /** Per declination and row of the map: sums of likelihood x degrees up to each hour edge, (HOURS + 1) long. */
  readonly sums: Float32Array;
}

function sweep(scene: Scene, cells: Cells): Sweep {
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
  const logs = new Float32Array(decs * cells.rows * HOURS);
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
  const sums = new Float32Array(rows * (HOURS + 1));
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
function decOf(table: Sweep, decDeg: number): readonly [number, number] {
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

function stretch(sums: Float32Array | Float64Array, base: number, fromDeg: number, toDeg: number): number {
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
function windowLog(scene: Scene, cells: Cells, table: Sweep): Float64Array {
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

/** Relative density, credible levels by a histogram of ln density, areas and the best place. */
function finish(scene: Scene, cells: Cells, log: Float64Array): Omit<Coarse, "calendar" | "leftOut"> | null {
  for (let i = 0; i < cells.rows; i += 1) {
    const inside = scene.bounds.at(cells.lat[i]!);
    for (let j = 0, at = i * cells.columns; j < cells.columns; j += 1, at += 1) {
      const out = inside === null || Math.abs(cells.lon[j]! - 0.5 * (inside[0] + inside[1])) > 0.5 * (inside[1] - inside[0]);
      if (out) log[at] = -Infinity;
    }
  }
  let top = 0;
  for (let at = 1; at < log.length; at += 1) if (log[at]! > log[top]!) top = at;
  const most = log[top]!;
  if (!(most > DARK / 2)) return null;
  const values = relative(log, most);
  const ranked = levels(values, cells.columns, cells.area);
  const { south, north, west, east } = scene.bounds;
  const map: Grid = { south, west, north, east, rows: cells.rows, columns: cells.columns, values, level: ranked.level };
  const best = [cells.lat[Math.floor(top / cells.columns)]!, wrapped(cells.lon[top % cells.columns]!)] as const;
  return { map, areaKm2: { "0.5": ranked.area(0.5), "0.9": ranked.area(0.9) }, best };
}

const wrapped = (lonDeg: number): number => lonDeg - 360 * Math.floor((lonDeg + 180) / 360);

interface Ranked {
  readonly level: Uint8Array;
  /** The measure of the smallest set that holds a share of the mass. */
  readonly area: (share: number) => number;
}

/** The credible level of each cell in 1/255: the mass of all that is at least as likely. `values` are relative to the peak;
 * a row's cells all have one measure. */
function levels(values: Float32Array, columns: number, measures: Float64Array): Ranked {
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
function relative(log: Float64Array, most: number): Float32Array {
  const values = new Float32Array(log.length);
  for (let at = 0; at < log.length; at += 1) {
    const below = log[at]! - most;
    if (below > -80) values[at] = Math.exp(below);
  }
  return values;
}

/** Date x time of day in UTC: the likelihood over all places of the prior. */
function calendarOf(scene: Scene, cells: Cells, table: Sweep): Calendar {
  const firstDay = Math.floor(scene.startS / DAY_S);
  const lastDay = Math.floor((scene.endS - 1e-3) / DAY_S);
  const stepDays = Math.max(1, Math.ceil((lastDay - firstDay + 1) / MOST_ROWS));
  const rows = Math.ceil((lastDay - firstDay + 1) / stepDays);
  const log = new Float64Array(rows * COLUMNS).fill(-Infinity);
  const bands = bandsOf(scene, cells).map((band) => ({ ...band, sums: together(table, cells, band.rows) }));
  for (let r = 0; r < rows; r += 1) {
    const midnight = (firstDay + r * stepDays) * DAY_S;
    const dec = subsolar(midnight + (stepDays * DAY_S) / 2).decDeg;
    const gha = subsolar(midnight + DAY_S / 2).ghaDeg - 180;
    const sums = bands.map((band) => [band.from, band.to, at(table, band.sums, dec)] as const);
    for (let c = 0; c < COLUMNS; c += 1) {
      const open = shareOpen(scene, midnight + (c * DAY_S) / COLUMNS, stepDays);
      if (open <= 0) continue;
      const hour = gha + ((c + 0.5) * 360) / COLUMNS;
      let sum = 0;
      for (const [from, to, band] of sums) sum += stretch(band, 0, hour + from, hour + to);
      log[r * COLUMNS + c] = Math.log(Math.max(sum * open, 1e-300));
    }
  }
  let most = -Infinity;
  for (const value of log) most = Math.max(most, value);
  const values = relative(log, most);
  const { level } = levels(values, COLUMNS, new Float64Array(rows).fill(1));
  const date = (day: number): string => new Date(day * DAY_S * 1000).toISOString().slice(0, 10);
  return { dates: [date(firstDay), date(lastDay)], rows, columns: COLUMNS, step_days: stepDays, step_min: (24 * 60) / COLUMNS, values, level, zone: "UTC", sun: [] };
}

interface Band {
  readonly from: number;
  readonly to: number;
  readonly rows: number[];
}

/** Rows of the map that have the same stretch of longitude inside the prior's area. */
function bandsOf(scene: Scene, cells: Cells): Band[] {
  const bands = new Map<string, Band>();
  for (let i = 0; i < cells.rows; i += 1) {
    const ends = scene.bounds.at(cells.lat[i]!);
    if (ends === null) continue;
    const key = ends.join();
    const band = bands.get(key) ?? { from: ends[0], to: ends[1], rows: [] };
    band.rows.push(i);
    bands.set(key, band);
  }
  return [...bands.values()];
}

/** The sums along the hour angle of some rows together, by their area, for each declination of the table. */
function together(table: Sweep, cells: Cells, rows: readonly number[]): Float64Array {
  const out = new Float64Array(table.decs * (HOURS + 1));
  for (let d = 0; d < table.decs; d += 1) {
    for (const i of rows) {
      const [from, to] = [(d * cells.rows + i) * (HOURS + 1), d * (HOURS + 1)];
      const area = cells.area[i]!;
      for (let h = 0; h <= HOURS; h += 1) out[to + h]! += area * table.sums[from + h]!;
    }
  }
  return out;
}

/** The same at one declination. */
function at(table: Sweep, sums: Float64Array, decDeg: number): Float64Array {
  const [index, share] = decOf(table, decDeg);
  const [low, high] = [index * (HOURS + 1), (share === 0 ? index : index + 1) * (HOURS + 1)];
  const out = new Float64Array(HOURS + 1);
  for (let h = 0; h <= HOURS; h += 1) out[h] = (1 - share) * sums[low + h]! + share * sums[high + h]!;
  return out;
}

/** The share of a calendar's cell that lies in the window. */
function shareOpen(scene: Scene, startS: number, days: number): number {
  const width = DAY_S / COLUMNS;
  let open = 0;
  for (let k = 0; k < days; k += 1) {
    const from = startS + k * DAY_S;
    open += Math.max(0, Math.min(from + width, scene.endS) - Math.max(from, scene.startS));
  }
  return open / (width * days);
}
