/** From a clue document to what the preview works on: compiled clues, the window, the area. Plain values only. */
import type { Area, Clue, ClueDocument } from "../types.ts";
import { clockOf, compileClue, DAY_S, endSeconds, seconds, windowOf, type Compiled, type UtcClock } from "./clues.ts";
import { DEG } from "./sun.ts";

const EARTH_KM = 6371.0088;
const REACH_SIGMAS = 5;
/** One standard deviation of a uniform spread, in its width: what a cell's extent adds to an error. */
const UNIFORM_SIGMA = 0.289;
/** Width [deg] of the cells of declination and hour angle over a window of time (coarse.ts). */
export const SWEEP_DEG = 3;

/** A rectangle, and for a circle the stretch of longitude that each latitude has inside. */
export interface Bounds {
  readonly south: number;
  readonly west: number;
  readonly north: number;
  /** May pass 180. */
  readonly east: number;
  /** West and east ends of what lies inside at a latitude, or null for nothing. */
  readonly at: (latDeg: number) => readonly [number, number] | null;
}

export interface Scene {
  /** Clues at their own known instants: [clue, POSIX s, sigma]. */
  readonly fixed: readonly (readonly [Compiled, number, number])[];
  /** Clues that hang on the scene's start, with their offset [s]. */
  readonly floating: readonly (readonly [Compiled, number])[];
  /** The scene's start: from, to [POSIX s]; equal ends mean one known instant. */
  readonly startS: number;
  readonly endS: number;
  /** A clock's normal error of the start, or 0. */
  readonly clockSigmaS: number;
  readonly bounds: Bounds;
  /** A clock that shows UTC on an unknown date of the window. */
  readonly clock: UtcClock | null;
  /** What the preview leaves to Python: kinds of clue and kinds of area. */
  readonly leftOut: readonly string[];
}

const WORLD: Bounds = { south: -90, west: -180, north: 90, east: 180, at: () => [-180, 180] };

/** The rectangle or circle of a prior; other areas come out as the whole Earth (and are named by the caller). */
export function boundsOf(area: Area | undefined): Bounds | null {
  if (area === undefined || area === "world") return WORLD;
  if (typeof area === "string") return null;
  if ("radius_km" in area) return circle(area.lat_deg, area.lon_deg, area.radius_km);
  const { south, west, north } = area;
  const east = area.east <= west ? area.east + 360 : area.east;
  return { south, west, north, east, at: (lat) => (lat >= south && lat <= north ? [west, east] : null) };
}

function circle(latDeg: number, lonDeg: number, radiusKm: number): Bounds {
  const reach = Math.min(radiusKm / EARTH_KM, Math.PI);
  const [south, north] = [Math.max(latDeg - reach / DEG, -90), Math.min(latDeg + reach / DEG, 90)];
  const at = (lat: number): readonly [number, number] | null => {
    const cosine = (Math.cos(reach) - Math.sin(latDeg * DEG) * Math.sin(lat * DEG)) / Math.max(Math.cos(latDeg * DEG) * Math.cos(lat * DEG), 1e-9);
    if (cosine >= 1) return null;
    const half = cosine <= -1 ? 180 : Math.acos(cosine) / DEG;
    return [lonDeg - half, lonDeg + half];
  };
  const pole = latDeg + reach / DEG >= 90 || latDeg - reach / DEG <= -90;
  const half = pole ? 180 : Math.asin(Math.min(Math.sin(reach) / Math.cos(latDeg * DEG), 1)) / DEG;
  return { south, north, west: lonDeg - half, east: lonDeg + half, at };
}

/** The size of a map's cell [deg] that a prior's area asks for: 1 for the world, finer for a small area. */
export function cellDeg(bounds: Bounds): number {
  const wanted = Math.max((bounds.north - bounds.south) / 50, (bounds.east - bounds.west) / 100);
  return Math.min(1, Math.max(0.02, wanted));
}

/** The scene of a document, or null where the preview has nothing to say (no clue it knows, no closed window). */
export function sceneOf(document: ClueDocument): Scene | null {
  const leftOut: string[] = [];
  const bounds = boundsOf(document.prior.area);
  if (bounds === null) leftOut.push("area");
  const where = bounds ?? WORLD;
  const known = document.clue.every((clue) => windowOf(clue) !== null || clue["at"] !== undefined);
  const blur = UNIFORM_SIGMA * (known ? cellDeg(where) : Math.max(cellDeg(where), SWEEP_DEG));
  let [startS, endS] = [seconds(document.prior.not_before) ?? -Infinity, endSeconds(document.prior.not_after) ?? Infinity];
  const compiled: Compiled[] = [];
  const clocks: UtcClock[] = [];
  for (const clue of document.clue) {
    const span = windowOf(clue);
    if (span !== null) {
      startS = Math.max(startS, span.notBeforeS);
      endS = Math.min(endS, span.notAfterS);
      continue;
    }
    const dial = clockOf(clue);
    if (dial !== null) {
      clocks.push(dial);
      continue;
    }
    const made = compileClue(clue, blur);
    if (made === null) leftOut.push(clue.kind);
    else compiled.push(made);
  }
  if (compiled.length === 0) return null;
  const start = knownStart(compiled);
  const dated = start !== null || endS - startS < 2 * DAY_S;
  // One clock narrows a window; with a known instant, or beside others, it is left to Python.
  const clock = !dated && clocks.length === 1 ? clocks[0]! : null;
  if (clocks.length > (clock === null ? 0 : 1)) leftOut.push("clock");
  const base = { bounds: where, clock, leftOut };
  if (start === null) {
    if (!Number.isFinite(startS) || !Number.isFinite(endS) || endS < startS) return null;
    const fixed = compiled.filter((c) => c.when.atS !== null).map((c) => [c, c.when.atS!, c.when.atSigmaS] as const);
    const floating = compiled.filter((c) => c.when.atS === null).map((c) => [c, c.when.offsetS ?? 0] as const);
    return { ...base, fixed, floating, startS, endS, clockSigmaS: 0 };
  }
  const [at, sigma] = start;
  const floating = compiled.map((c) => [c, offsetFrom(c, at)] as const);
  return {
    ...base, fixed: [], floating, clockSigmaS: sigma,
    startS: Math.max(startS, at - REACH_SIGMAS * sigma), endS: Math.min(endS, at + REACH_SIGMAS * sigma),
  };
}

function offsetFrom(clue: Compiled, startS: number): number {
  const { atS, offsetS } = clue.when;
  return atS !== null && offsetS === null ? atS - startS : (offsetS ?? 0);
}

/** The scene's start [s] and its sigma, if the clues settle it: the rules of noonmark.inference.search.setup. */
function knownStart(clues: readonly Compiled[]): readonly [number, number] | null {
  const tied = clues.filter((c) => c.when.atS !== null && c.when.offsetS !== null);
  const [first] = [...tied].sort((a, b) => a.when.atSigmaS - b.when.atSigmaS);
  if (first !== undefined) return [first.when.atS! - first.when.offsetS!, first.when.atSigmaS];
  const known = clues.filter((c) => c.when.atS !== null);
  if (known.length < clues.length) return null;
  return [Math.min(...known.map((c) => c.when.atS!)), Math.max(...known.map((c) => c.when.atSigmaS))];
}

/** Whether a clue is one the preview can speak of. */
export function isPreviewed(clue: Clue): boolean {
  return windowOf(clue) !== null || compileClue(clue) !== null;
}
