/** Where the sun stands, for the preview. Python's own ephemeris is the authority for anything that is reported.
 *
 * Method: the Earth's longitude by the leading terms of VSOP87 (Bretagnon and Francou 1988) as tabulated by Reda and
 * Andreas, NREL/TP-560-34302 (2003), with the leading terms of nutation and aberration (Meeus, "Astronomical
 * Algorithms", 1998, chapters 22 and 25). The sun's ecliptic latitude (at most 1.2 arc seconds) is left out.
 * Accuracy: within 0.001 deg of noonmark.geometry.sun, 1950 to 2050 (tests/vectors/preview.json).
 */

export const DEG = Math.PI / 180;
const DAY_S = 86400;
const J2000_DAYS = 10957.5;

/** Amplitude [1e-8 rad], phase [rad], rate [rad per Julian millennium]. */
const L0: readonly (readonly [number, number, number])[] = [
  [175347046, 0, 0],
  [3341656, 4.6692568, 6283.07585],
  [34894, 4.6261, 12566.1517],
  [3497, 2.7441, 5753.3849],
  [3418, 2.8289, 3.5231],
  [3136, 3.6277, 77713.7715],
  [2676, 4.4181, 7860.4194],
  [2343, 6.1352, 3930.2097],
  [1324, 0.7425, 11506.7698],
  [1273, 2.0371, 529.691],
  [1199, 1.1096, 1577.3435],
  [990, 5.233, 5884.927],
  [902, 2.045, 26.298],
  [857, 3.508, 398.149],
  [780, 1.179, 5223.694],
  [753, 2.533, 5507.553],
  [505, 4.583, 18849.228],
  [492, 4.205, 775.523],
  [357, 2.92, 0.067],
  [317, 5.849, 11790.629],
  [284, 1.899, 796.298],
  [271, 0.315, 10977.079],
  [243, 0.345, 5486.778],
  [206, 4.806, 2544.314],
  [205, 1.869, 5573.143],
  [202, 2.458, 6069.777],
];
const L1: readonly (readonly [number, number, number])[] = [
  [628331966747, 0, 0],
  [206059, 2.678235, 6283.07585],
  [4303, 2.6351, 12566.1517],
  [425, 1.59, 3.523],
];
const L2: readonly (readonly [number, number, number])[] = [
  [52919, 0, 0],
  [8720, 1.0721, 6283.0758],
];

/** TT - UT1 [s], knots of a polyline through the published values (IERS); before 1900 through Espenak and Meeus 2006; good to some seconds, 0.0001 deg. */
const DELTA_T: readonly (readonly [number, number])[] = [
  [1600, 120],
  [1620, 95.4],
  [1640, 65.2],
  [1660, 36.3],
  [1680, 15.3],
  [1700, 8.8],
  [1800, 13.7],
  [1830, 7.7],
  [1860, 7.6],
  [1875, -3.1],
  [1890, -6.1],
  [1900, -2.8],
  [1910, 10.4],
  [1920, 21.2],
  [1935, 23.9],
  [1950, 29.1],
  [1960, 33.2],
  [1970, 40.2],
  [1980, 50.5],
  [1990, 56.9],
  [2000, 63.8],
  [2010, 66.1],
  [2017, 69.2],
];

export interface Subsolar {
  /** Greenwich hour angle [deg], -180 to 180. */
  readonly ghaDeg: number;
  readonly decDeg: number;
}

function series(terms: readonly (readonly [number, number, number])[], millennia: number): number {
  let sum = 0;
  for (const [size, phase, rate] of terms) sum += size * Math.cos(phase + rate * millennia);
  return sum * 1e-8;
}

function deltaTS(year: number): number {
  let before = DELTA_T[0]!;
  for (const knot of DELTA_T) {
    if (year <= knot[0]) {
      const span = knot[0] - before[0];
      return span > 0 ? before[1] + ((year - before[0]) / span) * (knot[1] - before[1]) : knot[1];
    }
    before = knot;
  }
  return before[1];
}

/** Into [-180, 180). */
export function turned(angleDeg: number): number {
  return angleDeg - 360 * Math.floor((angleDeg + 180) / 360);
}

/** The apparent geocentric sun at an instant [POSIX s, UTC taken as UT1]. */
export function subsolar(unixS: number): Subsolar {
  const days = unixS / DAY_S - J2000_DAYS;
  const centuries = (days + deltaTS(2000 + days / 365.25) / DAY_S) / 36525;
  const millennia = centuries / 10;
  // 1. The sun's longitude: the Earth's and half a turn.
  const earth = series(L0, millennia) + millennia * (series(L1, millennia) + millennia * series(L2, millennia));
  // 2. Nutation [deg]: the node, twice the sun, twice the moon.
  const node = (125.04452 - 1934.136261 * centuries) * DEG;
  const sun2 = 2 * (280.4665 + 36000.7698 * centuries) * DEG;
  const moon2 = 2 * (218.3165 + 481267.8813 * centuries) * DEG;
  const along =
    (-17.2 * Math.sin(node) - 1.32 * Math.sin(sun2) - 0.23 * Math.sin(moon2) + 0.21 * Math.sin(2 * node)) / 3600;
  const tilt = (9.2 * Math.cos(node) + 0.57 * Math.cos(sun2) + 0.1 * Math.cos(moon2) - 0.09 * Math.cos(2 * node)) / 3600;
  // 3. To FK5, and aberration by the distance.
  const distance = 1.00014 - 0.01671 * Math.cos((357.52911 + 35999.05029 * centuries) * DEG);
  const longitude = earth + Math.PI + (along - 0.09033 / 3600 - 20.4898 / 3600 / distance) * DEG;
  const obliquity = (23.4392911 - 0.0130042 * centuries + tilt) * DEG;
  // 4. To the equator, and the Earth's turn.
  const sine = Math.sin(longitude);
  const ra = Math.atan2(Math.cos(obliquity) * sine, Math.cos(longitude)) / DEG;
  const sidereal =
    280.46061837 + 360.98564736629 * days + 0.000387933 * centuries * centuries + along * Math.cos(obliquity);
  return { ghaDeg: turned(sidereal - ra), decDeg: Math.asin(Math.sin(obliquity) * sine) / DEG };
}

export interface AzEl {
  readonly azimuthDeg: number;
  readonly elevationDeg: number;
}

export const PARALLAX_DEG = 8.794 / 3600;
const LIFT_ENDS_DEG = -5.001581;
/** Pressure and temperature of the standard atmosphere at sea level, beside the formula's 1010 hPa and 10 deg C. */
const DENSITY = (1013.25 / 1010) * (283 / 288);

/** How far standard air lifts a body at an airless elevation [deg] (Saemundsson 1986), as noonmark.geometry.air. */
export function refractionDeg(airlessDeg: number): number {
  const above = Math.max(airlessDeg, LIFT_ENDS_DEG);
  const argument = Math.min(10.3 / (above + 5.11) + above, 90);
  return (DENSITY * 1.02) / 60 / Math.tan(argument * DEG);
}

/** Elevation as a camera sees it, from the geocentric airless one [deg]. */
export function seenElevationDeg(airlessDeg: number): number {
  const lowered = airlessDeg - PARALLAX_DEG * Math.cos(airlessDeg * DEG);
  return lowered + refractionDeg(lowered);
}

function bennettDeg(elevationDeg: number): number {
  const above = Math.max(elevationDeg, -4.322);
  return 1 / 60 / Math.tan(Math.min(above + 7.31 / (above + 4.4), 90) * DEG);
}

/** One sigma of a computed apparent elevation [deg]: real air against the formula, UT1 against UTC. */
export function elevationSigmaDeg(elevationDeg: number): number {
  const share = 0.05 + 0.3 * Math.exp(-Math.max(elevationDeg, 0) / 1.6);
  return Math.hypot(0.004, share * bennettDeg(elevationDeg));
}

/** Where a body seen at an elevation would stand without air [deg], parallax taken out: geocentric. */
export function geocentricElevationDeg(seenDeg: number): number {
  let airless = seenDeg - bennettDeg(seenDeg) * DENSITY;
  const step = 1e-4;
  for (let round = 0; round < 8; round += 1) {
    const slope = (refractionDeg(airless + step) - refractionDeg(airless - step)) / (2 * step);
    airless -= (airless + refractionDeg(airless) - seenDeg) / (1 + slope);
  }
  return airless + PARALLAX_DEG * Math.cos(airless * DEG);
}

/** Geocentric azimuth (0 to 360) and airless elevation [deg] of a sun over a place. */
export function airlessAzEl(latDeg: number, lonDeg: number, sun: Subsolar): AzEl {
  const lat = latDeg * DEG;
  const hour = (sun.ghaDeg + lonDeg) * DEG;
  const dec = sun.decDeg * DEG;
  const meridian = Math.cos(dec) * Math.cos(hour);
  const east = -Math.cos(dec) * Math.sin(hour);
  const north = Math.cos(lat) * Math.sin(dec) - Math.sin(lat) * meridian;
  const up = Math.sin(lat) * Math.sin(dec) + Math.cos(lat) * meridian;
  const azimuth = Math.atan2(east, north) / DEG;
  return {
    azimuthDeg: azimuth < 0 ? azimuth + 360 : azimuth,
    elevationDeg: Math.atan2(up, Math.hypot(east, north)) / DEG,
  };
}

/** Azimuth and elevation of the sun as seen from a place at an instant [deg]. */
export function sunSeen(latDeg: number, lonDeg: number, unixS: number): AzEl {
  const found = airlessAzEl(latDeg, lonDeg, subsolar(unixS));
  return { azimuthDeg: found.azimuthDeg, elevationDeg: seenElevationDeg(found.elevationDeg) };
}
