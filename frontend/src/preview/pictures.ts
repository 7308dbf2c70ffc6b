/** Pictures of the sky that clues paint: the log-likelihood of a sun at an azimuth and a geocentric airless elevation.
 *
 * The same formulas as noonmark.inference.clues (shadow_length, sun_elevation, bearings, spot, camera_direction);
 * tests/vectors/preview.json holds both to each other. `blurDeg` is an error added for the width of a map's cell.
 */
import { DEG, elevationSigmaDeg, geocentricElevationDeg, seenElevationDeg, turned } from "./sun.ts";
import { FLOOR, LOG_ROOT_2PI, Table, clamp, logAddExp, logNormal, logSum } from "./numbers.ts";

/** A log-likelihood over the sky; azimuths may be any turn, elevations geocentric and airless. */
export type Picture = (azimuthDeg: number, airlessDeg: number) => number;
export type Matrix = readonly [readonly [number, number], readonly [number, number]];

export interface Lobe {
  readonly weight: number;
  readonly azimuthDeg: number;
  readonly elevationDeg: number;
  readonly covariance: Matrix;
}

/** Log-probability that a sun seen at an elevation casts a shadow: one half at the upper limb, 0.12 deg wide. */
function sunlitLog(seenDeg: number): number {
  return Math.max(-logAddExp(0, -(seenDeg + 0.27) / 0.12), FLOOR);
}

let litTable: Table | null = null;

/** Daylight over geocentric airless elevation. */
export function daylight(airlessDeg: number): number {
  if (litTable === null) {
    const values = new Float64Array(3601);
    for (let k = 0; k <= 3600; k += 1) values[k] = sunlitLog(seenElevationDeg(-90 + k * 0.05));
    litTable = new Table(-90, 0.05, values);
  }
  return litTable.at(airlessDeg);
}

/** A table over elevation on the search's own nodes, made only where something is to be said. */
function ring(stepDeg: number, lowSeen: number, highSeen: number, value: (seenDeg: number) => number): Table {
  const count = Math.ceil(180 / stepDeg);
  const step = 180 / count;
  const first = clamp(Math.floor((geocentricElevationDeg(Math.max(lowSeen, -1)) - 0.3 + 90) / step), 0, count - 2);
  const last = clamp(Math.ceil((Math.min(highSeen, 90) + 0.3 + 90) / step), first + 2, count);
  const values = new Float64Array(last - first + 3).fill(FLOOR);
  for (let k = first; k <= last; k += 1) {
    const airless = -90 + k * step;
    const seen = seenElevationDeg(airless);
    if (seen > lowSeen && seen < highSeen) values[k - first + 1] = Math.max(value(seen) + daylight(airless), FLOOR);
  }
  return new Table(-90 + (first - 1) * step, step, values);
}

/** The error of a slope or a lean [deg] with that of the half-shadow, as disc_blur.py has it. */
const blurredSigmaDeg = (sigmaDeg: number): number => (sigmaDeg >= 1 ? sigmaDeg : Math.hypot(sigmaDeg, 0.153));

/** The ring of a thing's height and its shadow's length: see noonmark.inference.clues.shadow_length. */
export function shadowLengthRing(
  height: number,
  length: number,
  heightSigma: number,
  lengthSigma: number,
  slopeSigmaDeg: number,
  leanSigmaDeg: number,
  blurDeg: number,
): Table {
  const lean = Math.tan(blurredSigmaDeg(leanSigmaDeg) * DEG);
  const slope = Math.tan(blurredSigmaDeg(slopeSigmaDeg) * DEG);
  const sigmaLength = (q: number): number =>
    Math.sqrt(lengthSigma ** 2 + (heightSigma / q) ** 2 + (height * lean) ** 2);
  const ratio = length / height;
  const relative = sigmaLength(1 / ratio) / length;
  const most = relative < 0.12 ? ratio * (1 + 6 * relative) : 60 * ratio;
  const low = Math.atan(1 / most);
  const high = Math.atan2(1, ratio * Math.max(1 - 6 * relative, 1e-4));
  const least = relative < 0.1 ? 33 : 165;
  const count = clamp(Math.ceil((0.6 * (high - low)) / Math.max(slope / (1 + 1 / ratio ** 2), 1e-6)), least, 165);
  const between = (high - low) / (count - 1);
  const tangents = new Float64Array(count);
  const weights = new Float64Array(count);
  for (let k = 0; k < count; k += 1) {
    const q = Math.tan(low + k * between);
    tangents[k] = q;
    weights[k] = logNormal(length - height / q, sigmaLength(q)) + Math.log(between * (1 + q * q));
  }
  const middle = low + Math.floor(count / 2) * between;
  const width = Math.hypot((high - low) / DEG / 12, (slope / DEG) * Math.cos(middle) ** 2, blurDeg);
  const reach = 9 * (slope + 0.01 + blurDeg * DEG);
  const lowSeen = Math.max(Math.atan(Math.tan(low) - reach) / DEG, 0);
  const highSeen = Math.min((high + reach) / DEG, 89.99);
  const each = new Float64Array(count);
  return ring(clamp(width / 7, 0.004, 0.2), lowSeen, highSeen, (seen) => {
    const e = seen * DEG;
    const squared = Math.cos(e) ** 2;
    const air = (Math.hypot(elevationSigmaDeg(seen), blurDeg) * DEG) / squared;
    const sigma = Math.max(Math.hypot(slope, air), (0.6 * between) / squared);
    const tangent = Math.tan(e);
    let top = -Infinity;
    for (let k = 0; k < count; k += 1) {
      const off = (tangent - tangents[k]!) / sigma;
      const value = weights[k]! - 0.5 * off * off;
      each[k] = value;
      if (value > top) top = value;
    }
    let sum = 0;
    for (let k = 0; k < count; k += 1) sum += Math.exp(each[k]! - top);
    return top + Math.log(sum) - Math.log(sigma) - LOG_ROOT_2PI;
  });
}

/** The ring of a measured elevation. */
export function elevationRing(elevationDeg: number, sigmaDeg: number, blurDeg: number): Table {
  const reach = 13 * (sigmaDeg + 0.25 + blurDeg);
  const step = clamp(Math.hypot(sigmaDeg, blurDeg) / 12, 0.002, 0.1);
  return ring(step, elevationDeg - reach, elevationDeg + reach, (seen) =>
    logNormal(elevationDeg - seen, Math.hypot(sigmaDeg, elevationSigmaDeg(seen), blurDeg)),
  );
}

/** The ring of directions whose azimuth may be any (a camera of unknown heading). */
export function headlessRing(lobes: readonly Lobe[], blurDeg: number): Table {
  const whole = lobes.reduce((sum, lobe) => sum + lobe.weight, 0);
  const parts = lobes.map((lobe) => ({
    at: lobe.elevationDeg,
    sigma: Math.sqrt(withAir(lobe.covariance, lobe.elevationDeg)[1][1] + blurDeg ** 2),
    share: Math.log(lobe.weight / whole / (360 * Math.max(Math.cos(lobe.elevationDeg * DEG), 1e-3))),
  }));
  const step = clamp(Math.min(...parts.map((part) => part.sigma)) / 12, 0.002, 0.1);
  const low = Math.min(...parts.map((part) => part.at - 12 * part.sigma));
  const high = Math.max(...parts.map((part) => part.at + 12 * part.sigma));
  return ring(step, low, high, (seen) =>
    logSum(parts.map((part) => part.share + Math.max(logNormal(part.at - seen, part.sigma), FLOOR))),
  );
}

/** A measured azimuth, wrapped, by daylight. Near the zenith a cell's width turns the azimuth further. */
export function bearing(azimuthDeg: number, sigmaDeg: number, blurDeg: number): Picture {
  const least = Math.min(sigmaDeg, 120);
  const wraps = sigmaDeg < 20 && blurDeg === 0 ? [0] : [-360, 0, 360];
  return (azimuth, airless) => {
    const lit = daylight(airless);
    if (lit <= FLOOR + 1) return FLOOR;
    const level = Math.max(Math.cos(airless * DEG), 1e-3);
    const sigma = blurDeg === 0 ? least : Math.min(Math.hypot(least, blurDeg / level), 120);
    const off = turned(azimuth - azimuthDeg);
    let sum = 0;
    if (wraps.length === 1 || sigma < 20) return Math.max(-0.5 * (off / sigma) ** 2 - Math.log(sigma) - LOG_ROOT_2PI + lit, FLOOR);
    for (const wrap of wraps) sum += Math.exp(-0.5 * ((off + wrap) / sigma) ** 2);
    return Math.max(Math.log(sum) - Math.log(sigma) - LOG_ROOT_2PI + lit, FLOOR);
  };
}

function withAir(covariance: Matrix, elevationDeg: number): Matrix {
  const air = elevationSigmaDeg(Math.max(elevationDeg, 0)) ** 2;
  return [covariance[0], [covariance[1][0], covariance[1][1] + air]];
}

/** The elevations outside which no lobe says anything: nine of its widest sigmas away. */
export function support(lobes: readonly Lobe[], blurDeg: number): readonly [number, number] {
  const reach = (lobe: Lobe): number => {
    const [[a, b], [, d]] = lobe.covariance;
    return 1 + 9 * Math.sqrt(0.5 * (a + d) + Math.sqrt(0.25 * (a - d) ** 2 + b * b) + blurDeg ** 2);
  };
  const flat = (lobe: Lobe): number => (lobe.covariance[0][0] > 16 ? 1 + 9 * Math.sqrt(lobe.covariance[1][1] + blurDeg ** 2) : reach(lobe));
  return [Math.min(...lobes.map((lobe) => lobe.elevationDeg - flat(lobe))), Math.max(...lobes.map((lobe) => lobe.elevationDeg + flat(lobe)))];
}

/** Directions with covariances, by daylight. `bent`: azimuth and elevation were measured each for itself. */
export function spots(lobes: readonly Lobe[], bent: boolean, blurDeg: number): Picture {
  const whole = lobes.reduce((sum, lobe) => sum + lobe.weight, 0);
  const parts = lobes.map((lobe) => spot(lobe, lobe.weight / whole, bent, blurDeg));
  const first = parts[0]!;
  return (azimuth, airless) => {
    const lit = daylight(airless);
    if (lit <= FLOOR + 1) return FLOOR;
    const total = parts.length === 1 ? first(azimuth, airless) : logSum(parts.map((part) => part(azimuth, airless)));
    return Math.max(total + lit, FLOOR);
  };
}

function spot(lobe: Lobe, weight: number, bent: boolean, blurDeg: number): Picture {
  const airless = geocentricElevationDeg(lobe.elevationDeg);
  const slope = (seenElevationDeg(airless + 0.05) - seenElevationDeg(airless - 0.05)) / 0.1;
  const aired = withAir(lobe.covariance, lobe.elevationDeg);
  const blur = blurDeg ** 2;
  const a = aired[0][0] + blur;
  const b = aired[0][1];
  const d = aired[1][1] + blur;
  const logScale = Math.log(weight) - Math.log(2 * Math.PI) - 0.5 * Math.log(a * d - b * b);
  const xy = b / slope;
  const yy = d / (slope * slope);
  const cosine = Math.cos(lobe.elevationDeg * DEG);
  const wide = Math.sqrt(aired[0][0]) > 4 * cosine && lobe.elevationDeg < 80;
  if ((bent && cosine > 0.01) || wide) return bentSpot(lobe, logScale, airless, cosine, a, xy, yy);
  return flatSpot(lobe, logScale, airless, a, xy, yy);
}

/** Normal in azimuth and elevation: for azimuths known much worse than elevations. */
function bentSpot(lobe: Lobe, logScale: number, airlessDeg: number, cosine: number, xx: number, xy: number, yy: number): Picture {
  const tilt = xy / yy;
  const sigmaX = Math.sqrt(xx - tilt * xy);
  const sigmaY = Math.sqrt(yy);
  const round = 360 * cosine;
  return (azimuth, airless) => {
    const y = airless - airlessDeg;
    let x = turned(azimuth - lobe.azimuthDeg) * cosine - tilt * y;
    if (tilt !== 0) x -= round * Math.round(x / round);
    return logScale - 0.5 * ((x / sigmaX) ** 2 + (y / sigmaY) ** 2);
  };
}

/** Normal in the tangent plane (azimuthal equidistant) at the centre. */
function flatSpot(lobe: Lobe, logScale: number, airlessDeg: number, xx: number, xy: number, yy: number): Picture {
  const turn = lobe.azimuthDeg * DEG;
  const climb = airlessDeg * DEG;
  const across = [Math.cos(turn), -Math.sin(turn), 0] as const;
  const centre = [Math.cos(climb) * Math.sin(turn), Math.cos(climb) * Math.cos(turn), Math.sin(climb)] as const;
  const upward = [
    across[1] * centre[2] - across[2] * centre[1],
    across[2] * centre[0] - across[0] * centre[2],
    across[0] * centre[1] - across[1] * centre[0],
  ] as const;
  const determinant = xx * yy - xy * xy;
  const [ixx, ixy, iyy] = [yy / determinant, -xy / determinant, xx / determinant];
  const most = Math.sqrt(0.5 * (xx + yy) + Math.sqrt(0.25 * (xx - yy) ** 2 + xy * xy));
  return (azimuth, airless) => {
    const level = Math.cos(airless * DEG);
    const east = level * Math.sin(azimuth * DEG);
    const north = level * Math.cos(azimuth * DEG);
    const up = Math.sin(airless * DEG);
    const p = across[0] * east + across[1] * north;
    const q = upward[0] * east + upward[1] * north + upward[2] * up;
    const c = centre[0] * east + centre[1] * north + centre[2] * up;
    const sine = Math.hypot(p, q);
    const theta = Math.atan2(sine, c) / DEG;
    const scale = sine > 1e-12 ? theta / sine : 1 / DEG;
    const [x, y] = [p * scale, q * scale];
    const squared = ixx * x * x + 2 * ixy * x * y + iyy * y * y;
    return logScale - 0.5 * Math.max(squared, (theta / most) ** 2);
  };
}
