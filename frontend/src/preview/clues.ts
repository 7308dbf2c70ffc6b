/** Clues of the clue document compiled for the preview; those it does not know are left to Python. */
import type { Clue } from "../types.ts";
import { bearing, daylight, elevationRing, headlessRing, shadowLengthRing, spots, support, type Lobe, type Matrix, type Picture } from "./pictures.ts";
import { FLOOR, Table, logAddExp } from "./numbers.ts";
import { DEG } from "./sun.ts";

/** When a clue was seen: known [POSIX s] with its error, or after the scene's start. */
export interface Instant {
  readonly atS: number | null;
  readonly atSigmaS: number;
  readonly offsetS: number | null;
}

/** A compiled clue. A ring depends on elevation alone and is a table; the others ask for the azimuth too. */
export interface Compiled {
  readonly kind: string;
  readonly when: Instant;
  readonly ring: Table | null;
  /** ln likelihood with the outlier share folded in. */
  readonly log: Picture;
}

export interface Windowed {
  readonly notBeforeS: number;
  readonly notAfterS: number;
}

export const DAY_S = 86400;
const HEMISPHERE_DEG2 = 20626.4806;
const OUTLIER = 0.01;

export function seconds(text: unknown): number | null {
  if (typeof text !== "string") return null;
  const ms = Date.parse(text);
  return Number.isFinite(ms) ? ms / 1000 : null;
}

/** The end of a span [POSIX s]: a date alone holds the whole of that day, as in Python. */
export function endSeconds(text: unknown): number | null {
  const at = seconds(text);
  return at !== null && /^\d{4}-\d{2}-\d{2}$/.test(text as string) ? at + DAY_S : at;
}

const number = (value: unknown): number | null => (typeof value === "number" && Number.isFinite(value) ? value : null);

function matrix(value: unknown): Matrix | null {
  if (!Array.isArray(value) || value.length !== 2) return null;
  const [first, second] = value as unknown[];
  if (!Array.isArray(first) || !Array.isArray(second)) return null;
  const [a, b, c, d] = [number(first[0]), number(first[1]), number(second[0]), number(second[1])];
  if (a === null || b === null || c === null || d === null || a <= 0 || a * d - b * c <= 0) return null;
  return [[a, b], [c, d]];
}

function instantOf(clue: Clue): Instant {
  return { atS: seconds(clue["at"]), atSigmaS: number(clue["at_sigma_s"]) ?? 0, offsetS: number(clue["offset_s"]) };
}

/** The window that a `window` clue states, or null for another kind (or one with an outlier share). */
export function windowOf(clue: Clue): Windowed | null {
  if (clue.kind !== "window" || (number(clue["outlier"]) ?? 0) > 0) return null;
  const [first, last] = [seconds(clue["not_before"]), endSeconds(clue["not_after"])];
  return { notBeforeS: first ?? -Infinity, notAfterS: last ?? Infinity };
}

/** A clock that shows UTC, its date unknown. */
export interface UtcClock {
  readonly timeS: number;
  readonly sigmaS: number;
  readonly outlier: number;
}

/** The clock that a `clock` clue states, or null for one whose zone or date the preview leaves to Python. */
export function clockOf(clue: Clue): UtcClock | null {
  const shown = /^(\d\d):(\d\d)(?::(\d\d(?:\.\d+)?))?$/.exec(typeof clue["time"] === "string" ? clue["time"] : "");
  const sigmaS = number(clue["sigma_s"]);
  if (clue.kind !== "clock" || clue["zone"] !== "UTC" || shown === null || sigmaS === null || sigmaS <= 0 || sigmaS > 7200) return null;
  if (clue["date"] !== undefined || (clue["hours"] ?? 24) !== 24 || clue["at"] !== undefined || (number(clue["offset_s"]) ?? 0) !== 0) return null;
  return { timeS: Number(shown[1]) * 3600 + Number(shown[2]) * 60 + Number(shown[3] ?? 0), sigmaS, outlier: number(clue["outlier"]) ?? OUTLIER };
}

/** The clue compiled, or null where the preview cannot speak of it. */
export function compileClue(clue: Clue, blurDeg = 0): Compiled | null {
  const outlier = number(clue["outlier"]) ?? OUTLIER;
  const when = instantOf(clue);
  const made = sound(clue, blurDeg);
  if (made === null) return null;
  const logOut = outlier > 0 ? Math.log(outlier) + made.logPOut : FLOOR;
  const keep = Math.log1p(-outlier);
  if (made.ring !== null) {
    const table = made.ring;
    const inner = (airless: number): number => (airless <= table.start || airless >= table.start + table.step * (table.values.length - 1) ? FLOOR : table.at(airless));
    const log: Picture = (_, airless) => (outlier > 0 ? logAddExp(keep + inner(airless), logOut + daylight(airless)) : inner(airless));
    return { kind: clue.kind, when, ring: tabulated(log, table.step), log };
  }
  const { picture, support: [low, high] = [-91, 91] } = made;
  const log: Picture = (azimuth, airless) => {
    if (outlier === 0) return picture(azimuth, airless);
    const missed = logOut + daylight(airless);
    return airless < low || airless > high ? missed : logAddExp(keep + picture(azimuth, airless), missed);
  };
  return { kind: clue.kind, when, ring: null, log };
}

/** The mixture on even nodes of elevation, for the map's many cells. */
function tabulated(log: Picture, stepDeg: number): Table {
  const step = Math.max(stepDeg, 0.02);
  const count = Math.ceil(93 / step);
  const values = new Float64Array(count + 1);
  for (let k = 0; k <= count; k += 1) values[k] = log(0, -3 + k * step);
  return new Table(-3, step, values);
}

type Sound =
  | { readonly ring: Table; readonly logPOut: number }
  | { readonly ring: null; readonly picture: Picture; readonly logPOut: number; readonly support?: readonly [number, number] };

function sound(clue: Clue, blurDeg: number): Sound | null {
  switch (clue.kind) {
    case "shadow_length":
      // Known slopes and leans, sharp ground and moonlight are Python's alone.
      if (clue["slope_deg"] !== undefined || clue["lean_deg"] !== undefined || clue["light"] === "moon") return null;
      return shadowLength(clue, blurDeg);
    case "sun_elevation": {
      const [elevation, sigma] = [number(clue["elevation_deg"]), number(clue["sigma_deg"])];
      if (elevation === null || sigma === null || sigma <= 0) return null;
      return { ring: elevationRing(elevation, sigma, blurDeg), logPOut: -Math.log(90) };
    }
    case "sun_azimuth": {
      const [azimuth, sigma] = [number(clue["azimuth_deg"]), number(clue["sigma_deg"])];
      if (azimuth === null || sigma === null || sigma <= 0) return null;
      return { ring: null, picture: bearing(azimuth, sigma, blurDeg), logPOut: -Math.log(360) };
    }
    case "sun_direction":
      return sunDirection(clue, blurDeg);
    case "camera_direction":
      return cameraDirection(clue, blurDeg);
    default:
      return null;
  }
}

function shadowLength(clue: Clue, blurDeg: number): Sound | null {
  const [height, length] = [number(clue["height"]), number(clue["length"])];
  const [heightSigma, lengthSigma] = [number(clue["height_sigma"]), number(clue["length_sigma"])];
  if (height === null || length === null || heightSigma === null || lengthSigma === null) return null;
  if (height <= 0 || length <= 0 || heightSigma <= 0 || lengthSigma <= 0) return null;
  const [slope, lean] = [number(clue["slope_sigma_deg"]) ?? 1, number(clue["lean_sigma_deg"]) ?? 1];
  const table = shadowLengthRing(height, length, heightSigma, lengthSigma, slope, lean, blurDeg);
  return { ring: table, logPOut: Math.log(height / (height ** 2 + length ** 2) / (Math.PI / 2)) };
}

function lobesOf(table: Clue, azimuthField: string): Lobe[] | null {
  const listed = table["alternatives"];
  const rows = Array.isArray(listed) && listed.length > 0 ? (listed as Clue[]) : [table];
  const lobes: Lobe[] = [];
  for (const row of rows) {
    const elevation = number(row["elevation_deg"]);
    const covariance = matrix(row["covariance_deg2"]);
    if (elevation === null || covariance === null) return null;
    lobes.push({ weight: number(row["weight"]) ?? 1, azimuthDeg: number(row[azimuthField]) ?? 0, elevationDeg: elevation, covariance });
  }
  return lobes;
}

function sunDirection(clue: Clue, blurDeg: number): Sound | null {
  const logPOut = -Math.log(HEMISPHERE_DEG2);
  const bent = clue["covariance_deg2"] === undefined && !Array.isArray(clue["alternatives"]);
  if (!bent) {
    const lobes = lobesOf(clue, "azimuth_deg");
    return lobes && { ring: null, picture: spots(lobes, false, blurDeg), logPOut, support: support(lobes, blurDeg) };
  }
  const [azimuth, elevation] = [number(clue["azimuth_deg"]), number(clue["elevation_deg"])];
  const [azimuthSigma, elevationSigma] = [number(clue["azimuth_sigma_deg"]), number(clue["elevation_sigma_deg"])];
  if (azimuth === null || elevation === null || azimuthSigma === null || elevationSigma === null) return null;
  const across = azimuthSigma * Math.max(Math.cos(elevation * DEG), 1e-3);
  const covariance: Matrix = [[across ** 2, 0], [0, elevationSigma ** 2]];
  const lobes = [{ weight: 1, azimuthDeg: azimuth, elevationDeg: elevation, covariance }];
  return { ring: null, picture: spots(lobes, true, blurDeg), logPOut, support: support(lobes, blurDeg) };
}

function cameraDirection(clue: Clue, blurDeg: number): Sound | null {
  if (Array.isArray(clue["frames"])) return null;
  const lobes = lobesOf(clue, "relative_azimuth_deg");
  if (lobes === null) return null;
  const logPOut = -Math.log(HEMISPHERE_DEG2);
  const heading = number(clue["heading_deg"]);
  if (heading === null) return { ring: headlessRing(lobes, blurDeg), logPOut };
  const sigma = number(clue["heading_sigma_deg"]) ?? 0;
  const placed = lobes.map((lobe): Lobe => {
    const [[a, b], bottom] = lobe.covariance;
    const widened = a + (sigma * Math.cos(lobe.elevationDeg * DEG)) ** 2;
    return { ...lobe, azimuthDeg: heading + lobe.azimuthDeg, covariance: [[widened, b], bottom] };
  });
  return { ring: null, picture: spots(placed, false, blurDeg), logPOut, support: support(placed, blurDeg) };
}
