/** A coarse map and calendar of a scene, quickly: what the page shows during a drag.
 *
 * Where the scene's start is known, each cell of the map asks every clue at its instant. Over a window of time the
 * clues ask only for latitude, hour angle and declination: one table of those serves all dates and longitudes, and the
 * map and the calendar are sums over its rows. A cell's width is folded into the errors (scene.ts), so that a sharp
 * clue falls on a coarse cell with the right weight.
 */
import type { Calendar, Grid } from "../types.ts";
import { calendarOf } from "./calendar.ts";
import { DARK, cellsOf, type Cells } from "./cells.ts";
import { instantLog } from "./instants.ts";
import { levels, relative } from "./levels.ts";
import type { Scene } from "./scene.ts";
import { sweep, windowLog } from "./sweep.ts";

export interface Coarse {
  readonly map: Grid;
  readonly calendar: Calendar | null;
  /** Areas of the 50 % and 90 % regions [km2]. */
  readonly areaKm2: { readonly "0.5": number; readonly "0.9": number };
  readonly best: readonly [number, number];
  readonly leftOut: readonly string[];
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
