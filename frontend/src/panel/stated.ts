/** What a file states of itself, held against what was measured. All of it is a claim of the file, never a fact. */
import type { Sentence } from "../i18n/said.ts";
import type { Clue, Json, MultiPolygon } from "../types.ts";

export interface StatedClock {
  source: string;
  text: string;
  role: string;
  meaning: string;
  utc: string | null;
}
export interface StatedPlace {
  source: string;
  lat_deg: number;
  lon_deg: number;
  altitude_m: number | null;
}
export interface StatedDirection {
  source: string;
  azimuth_deg: number;
  north: "true" | "magnetic" | "unknown";
  of: "camera" | "aircraft" | "panorama";
  sigma_deg: number;
}
/** The parts of `noonmark probe` that are shown. */
export interface Stated {
  clocks: StatedClock[];
  places: StatedPlace[];
  directions: StatedDirection[];
  tracks: { source: string; points: number; length_km: number }[];
  lens: { focal_mm_35?: number };
  clues: Clue[];
  findings: { kind: string; message: string; told?: Sentence[] }[];
  /** Of an animated picture, which is shown and asked by its first frame alone; else 0. */
  frames: number;
}

/** Pictures that may move. */
const ANIMATIONS = ["GIF", "PNG", "WebP", "AVIF", "HEIF"];

/** Clocks that tell of the moment itself, the best first; when a file was copied or changed says nothing of it. */
const ROLES = ["gps", "taken", "subtitle", "digitised", "container", "name"];

/** How far a stated moment may lie from a span and still fit it: clocks in files are whole seconds, and often some off. */
const SLACK_MS = 60_000;

const list = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);

export function statedOf(probe: { [field: string]: Json }): Stated {
  const clocks = list(probe["clocks"]) as unknown as StatedClock[];
  const rank = ({ role, utc }: StatedClock): number => ROLES.indexOf(role) + (utc === null ? ROLES.length : 0);
  return {
    clocks: clocks.filter(({ role }) => ROLES.includes(role)).sort((a, b) => rank(a) - rank(b)),
    places: list(probe["places"]) as unknown as StatedPlace[],
    directions: list(probe["directions"]) as unknown as StatedDirection[],
    tracks: list(probe["tracks"]) as unknown as Stated["tracks"],
    lens: (probe["lens"] ?? {}) as Stated["lens"],
    clues: list(probe["clues"]) as unknown as Clue[],
    findings: list(probe["findings"]) as unknown as Stated["findings"],
    frames: framesOf(probe),
  };
}

function framesOf(probe: { [field: string]: Json }): number {
  const facts = (probe["facts"] ?? {}) as { frames?: number };
  const count = facts.frames ?? 0;
  return count > 1 && ANIMATIONS.includes(String(probe["container"])) ? count : 0;
}

export type Comparison = "fits" | "outside" | "unknown";

/** Whether a stated moment lies in one of the measured spans; unknown where either is missing. */
export function timeFits(utc: string | null, spans: readonly (readonly [string, string])[]): Comparison {
  const at = Date.parse(utc ?? "");
  if (Number.isNaN(at) || spans.length === 0) return "unknown";
  return spans.some(([from, to]) => at >= Date.parse(from) - SLACK_MS && at <= Date.parse(to) + SLACK_MS) ? "fits" : "outside";
}

/** Whether a stated place lies in the measured region. */
export function placeFits({ lat_deg, lon_deg }: StatedPlace, region: MultiPolygon | undefined): Comparison {
  if (region === undefined || region.coordinates.length === 0) return "unknown";
  const within = (lon: number): boolean => region.coordinates.some((rings) => rings.filter((ring) => holds(ring, lon, lat_deg)).length % 2 === 1);
  return [lon_deg - 360, lon_deg, lon_deg + 360].some(within) ? "fits" : "outside";
}

/** Whether a stated direction of the camera lies within two errors of the measured heading; unknown without one, or where that was taken from the file. */
export function directionFits({ azimuth_deg, sigma_deg }: StatedDirection, heading_deg: number | null | undefined, heading_sigma_deg: number | null | undefined): Comparison {
  if (heading_deg === null || heading_deg === undefined) return "unknown";
  const turn = Math.abs(((azimuth_deg - heading_deg + 540) % 360 + 360) % 360 - 180);
  return turn <= 2 * Math.hypot(sigma_deg, heading_sigma_deg ?? 0) ? "fits" : "outside";
}

/** Whether a ring goes round a point: crossings of the meridian north of it. */
function holds(ring: readonly (readonly [number, number])[], lon: number, lat: number): boolean {
  let inside = false;
  for (let k = 0, before = ring.length - 1; k < ring.length; before = k, k += 1) {
    const [[x1, y1], [x2, y2]] = [ring[k]!, ring[before]!];
    if (x1 > lon !== x2 > lon && lat < y1 + ((lon - x1) / (x2 - x1)) * (y2 - y1)) inside = !inside;
  }
  return inside;
}
