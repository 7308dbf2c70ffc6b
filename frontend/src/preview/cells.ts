/** The cells of a coarse map, and what clues say of the sky over them. */
import type { Compiled } from "./clues.ts";
import { cellDeg, type Scene } from "./scene.ts";
import { zeros32 } from "./scratch.ts";
import { DEG } from "./sun.ts";

const EARTH_KM = 6371.0072;
const DOME_DEG = 0.75;
const DOME_COLUMNS = 481;
const DOME_ROWS = 125;
/** ln likelihood of a sun that is down. */
export const DARK = -700;

export interface Cells {
  readonly rows: number;
  readonly columns: number;
  readonly step: number;
  readonly lat: Float64Array;
  readonly lon: Float64Array;
  /** Area [km2] of a cell of each row. */
  readonly area: Float64Array;
}

export function cellsOf(scene: Scene): Cells {
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
export class Sight {
  private readonly ring = new Float64Array(4651);
  private readonly pictures: Compiled["log"][];
  private readonly dome: Float32Array | null;
  readonly symmetric: boolean;

  constructor(clues: readonly Compiled[], many: boolean, which = 0) {
    for (let k = 0; k < this.ring.length; k += 1) {
      for (const clue of clues) if (clue.ring !== null) this.ring[k]! += clue.ring.at(-3 + 0.02 * k);
    }
    this.pictures = clues.filter((clue) => clue.ring === null).map((clue) => clue.log);
    this.symmetric = this.pictures.length === 0;
    this.dome = many && !this.symmetric ? this.laidOut(zeros32(`dome ${which}`, DOME_COLUMNS * DOME_ROWS)) : null;
  }

  private laidOut(dome: Float32Array): Float32Array {
    for (let row = 0, at = 0; row < DOME_ROWS; row += 1) {
      for (let column = 0; column < DOME_COLUMNS; column += 1, at += 1) {
        for (const picture of this.pictures) dome[at]! += picture(column * DOME_DEG - 180, row * DOME_DEG - 3);
      }
    }
    return dome;
  }

  private onDome(dome: Float32Array, azimuthDeg: number, elevationDeg: number): number {
    const x = (azimuthDeg + 180) / DOME_DEG;
    const y = Math.max(0, (elevationDeg + 3) / DOME_DEG);
    const i = Math.min(Math.floor(x), DOME_COLUMNS - 2);
    const j = Math.min(Math.floor(y), DOME_ROWS - 2);
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

/** Floating clues by their offset from the scene's start [s]. */
export function byOffset(scene: Scene, many = false): [number, Sight][] {
  const groups = new Map<number, Compiled[]>();
  for (const [clue, offset] of scene.floating) groups.set(offset, [...(groups.get(offset) ?? []), clue]);
  return [...groups].map(([offset, clues], which) => [offset, new Sight(clues, many, which)]);
}
