/** The sky seen from below onto a disc: north (or ahead) at the top, the horizon at the rim, elevation by equal steps. Pure. */

export interface Sun {
  readonly azimuthDeg: number;
  readonly elevationDeg: number;
}
const DEG = Math.PI / 180;

/** East is on the right, as on a map that is held over the ground. */
export function onDisc(sun: Sun, radius: number): [number, number] {
  const out = (radius * (90 - sun.elevationDeg)) / 90;
  return [out * Math.sin(sun.azimuthDeg * DEG), -out * Math.cos(sun.azimuthDeg * DEG)];
}

/** The inverse; what lies beyond the rim is brought a little below the horizon. */
export function fromDisc(at: readonly [number, number], radius: number): Sun {
  const out = Math.hypot(at[0], at[1]);
  const azimuth = Math.atan2(at[0], -at[1]) / DEG;
  return { azimuthDeg: (azimuth + 360) % 360, elevationDeg: Math.max(90 - (90 * out) / radius, -2) };
}

/** The sun a step further: left and right turn it, up and down raise it; over the zenith it comes down the other side. */
export function stepped(sun: Sun, turnDeg: number, climbDeg: number): Sun {
  let [azimuth, elevation] = [sun.azimuthDeg + turnDeg, sun.elevationDeg + climbDeg];
  if (elevation > 90) [azimuth, elevation] = [azimuth + 180, 180 - elevation];
  const tidy = (value: number): number => Math.round(value * 1e6) / 1e6;
  return { azimuthDeg: tidy(((azimuth % 360) + 360) % 360), elevationDeg: tidy(Math.max(elevation, -2)) };
}

/** The 95 % region of a spot: azimuths and elevations around it; a covariance is of (azimuth x cos(elevation), elevation). */
export function region(sun: Sun, covariance: readonly (readonly number[])[]): Sun[] {
  const [a, b, d] = [covariance[0]?.[0] ?? 0, covariance[0]?.[1] ?? 0, covariance[1]?.[1] ?? 0];
  const [middle, spread] = [0.5 * (a + d), Math.sqrt(0.25 * (a - d) ** 2 + b * b)];
  const [major, minor] = [Math.sqrt(5.991 * Math.max(middle + spread, 0)), Math.sqrt(5.991 * Math.max(middle - spread, 0))];
  const lean = 0.5 * Math.atan2(2 * b, a - d);
  const level = Math.max(Math.cos(sun.elevationDeg * DEG), 0.02);
  return Array.from({ length: 73 }, (_, k): Sun => {
    const turn = (k * 5 * Math.PI) / 180;
    const [u, v] = [major * Math.cos(turn), minor * Math.sin(turn)];
    const across = (u * Math.cos(lean) - v * Math.sin(lean)) / level;
    const climb = u * Math.sin(lean) + v * Math.cos(lean);
    return { azimuthDeg: sun.azimuthDeg + Math.max(-180, Math.min(180, across)), elevationDeg: Math.min(sun.elevationDeg + climb, 90) };
  });
}
