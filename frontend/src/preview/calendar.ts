/** The coarse calendar over a window. */
import type { Calendar } from "../types.ts";
import type { Cells } from "./cells.ts";
import { levels, relative } from "./levels.ts";
import type { Scene } from "./scene.ts";
import { zeros64 } from "./scratch.ts";
import { subsolar } from "./sun.ts";
import type { UtcClock } from "./clues.ts";
import { DAY_S, HOURS, clockHalfDeg, decOf, stretch, type Sweep } from "./sweep.ts";

const MOST_ROWS = 120;
const COLUMNS = 144;

/** Date x time of day in UTC: the likelihood over all places of the prior. */
export function calendarOf(scene: Scene, cells: Cells, table: Sweep): Calendar {
  const firstDay = Math.floor(scene.startS / DAY_S);
  const lastDay = Math.floor((scene.endS - 1e-3) / DAY_S);
  const stepDays = Math.max(1, Math.ceil((lastDay - firstDay + 1) / MOST_ROWS));
  const rows = Math.ceil((lastDay - firstDay + 1) / stepDays);
  const log = zeros64("calendar", rows * COLUMNS).fill(-Infinity);
  const bands = bandsOf(scene, cells).map((band) => ({ ...band, sums: together(table, cells, band.rows) }));
  for (let r = 0; r < rows; r += 1) {
    const midnight = (firstDay + r * stepDays) * DAY_S;
    const dec = subsolar(midnight + (stepDays * DAY_S) / 2).decDeg;
    const gha = subsolar(midnight + DAY_S / 2).ghaDeg - 180;
    const sums = bands.map((band) => at(table, band.sums, dec));
    for (let c = 0; c < COLUMNS; c += 1) {
      const open = shareOpen(scene, midnight + (c * DAY_S) / COLUMNS, stepDays) * clockShare(scene.clock, c);
      if (open <= 0) continue;
      const hour = gha + ((c + 0.5) * 360) / COLUMNS;
      let sum = 0;
      for (let b = 0; b < bands.length; b += 1) sum += stretch(sums[b]!, 0, hour + bands[b]!.from, hour + bands[b]!.to);
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

/** The share of a clock's density that falls on a column of the day, relative to that of no clock. */
function clockShare(clock: UtcClock | null, column: number): number {
  if (clock === null) return 1;
  const [width, half] = [DAY_S / COLUMNS, (clockHalfDeg(clock) * DAY_S) / 360];
  const middle = (column + 0.5) * width;
  let inside = 0;
  for (const turn of [-DAY_S, 0, DAY_S]) {
    const at = clock.timeS + turn;
    inside += Math.max(0, Math.min(middle + width / 2, at + half) - Math.max(middle - width / 2, at - half));
  }
  return ((1 - clock.outlier) * inside * COLUMNS) / (2 * half) + clock.outlier;
}
