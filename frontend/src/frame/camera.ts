/** The solved camera in the page: which way a pixel looks, where a direction is seen, where a shadow falls.
 *
 * The pinhole with one radial term of noonmark.geometry.camera.lens; camera axes x right, y down, z forward. Pixels are
 * those of the oriented original. Held to Python by tests/vectors/preview.json.
 */
import type { OverlayCamera, Point } from "../types.ts";

export type Vector = readonly [number, number, number];

/** What the server sends beside the contract's fields; both follow from the rest where they are missing. */
type Solved = OverlayCamera & { readonly radius_px?: number; readonly reference?: Vector };

const DEG = Math.PI / 180;
const STEEP_SIN = Math.sin(60 * DEG);

export const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const cross = (a: Vector, b: Vector): Vector => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
export const sum = (a: Vector, b: Vector, times = 1): Vector => [a[0] + times * b[0], a[1] + times * b[1], a[2] + times * b[2]];
export const unit = (a: Vector): Vector => {
  const length = Math.hypot(...a);
  return [a[0] / length, a[1] / length, a[2] / length];
};

/** Half the diagonal of the original, in which the radial term is counted. */
function radiusPx(camera: OverlayCamera): number {
  return (camera as Solved).radius_px ?? 0.5 * Math.hypot(camera.width_px, camera.height_px);
}

/** The direction (z = 1) in which a pixel looks. */
export function ray(camera: OverlayCamera, px: Point): Vector {
  const [x, y] = [px[0] - camera.centre_px[0], px[1] - camera.centre_px[1]];
  const stretch = (1 + (camera.k1 * (x * x + y * y)) / radiusPx(camera) ** 2) / camera.focal_px;
  return [x * stretch, y * stretch, 1];
}

/** The pixel at which a direction is seen, or null behind the camera. */
export function pixel(camera: OverlayCamera, direction: Vector): Point | null {
  if (direction[2] <= 1e-3 * Math.hypot(...direction)) return null;
  const [x, y] = [(camera.focal_px * direction[0]) / direction[2], (camera.focal_px * direction[1]) / direction[2]];
  const radius = radiusPx(camera);
  const wanted = Math.hypot(x, y) / radius;
  let found = wanted;
  // Far outside the picture the one-term model means nothing: points there go without it.
  if (wanted > 0 && wanted < 1.5) {
    for (let round = 0; round < 12; round += 1) {
      const slope = Math.max(1 + 3 * camera.k1 * found ** 2, 0.2);
      found = Math.min(Math.max(found - (found * (1 + camera.k1 * found ** 2) - wanted) / slope, 0), 3 * wanted);
    }
  }
  const share = wanted > 0 ? found / wanted : 1;
  return [x * share + camera.centre_px[0], y * share + camera.centre_px[1]];
}

/** Level directions: along what azimuths are counted from (the optical axis, or image-up when looking steeply), and right. */
export function levelAxes(camera: OverlayCamera): { forward: Vector; right: Vector; up: Vector; steep: boolean } {
  const up = camera.up;
  const told = (camera as Solved).reference;
  const steep = told === undefined ? Math.abs(up[2]) > STEEP_SIN : Math.abs(told[1]) > 0.5;
  const reference: Vector = steep ? [0, -1, 0] : [0, 0, 1];
  const forward = unit(sum(reference, up, -dot(reference, up)));
  return { forward, right: cross(forward, up), up, steep };
}

/** The direction of an azimuth (from the reference, clockwise) and an elevation [deg]. */
export function directionOf(camera: OverlayCamera, relativeDeg: number, elevationDeg: number): Vector {
  const { forward, right, up } = levelAxes(camera);
  const [turn, climb] = [relativeDeg * DEG, elevationDeg * DEG];
  const level = sum([0, 0, 0], forward, Math.cos(climb) * Math.cos(turn));
  return sum(sum(level, right, Math.cos(climb) * Math.sin(turn)), up, Math.sin(climb));
}

/** Azimuth from the reference (-180 to 180) and elevation [deg] of a direction. */
export function angles(camera: OverlayCamera, direction: Vector): { relativeDeg: number; elevationDeg: number } {
  const { forward, right, up } = levelAxes(camera);
  const way = unit(direction);
  return {
    relativeDeg: Math.atan2(dot(way, right), dot(way, forward)) / DEG,
    elevationDeg: Math.asin(Math.min(Math.max(dot(way, up), -1), 1)) / DEG,
  };
}

export interface Cast {
  /** Where the thing's top is, on the plumb line over its base. */
  readonly top: Point;
  readonly tip: Point | null;
}

/** The height of a plumb thing in units of its base's depth, that best explains a marked top. */
function heightOf(camera: OverlayCamera, base: Vector, top: Vector): number {
  const [a, b] = [cross(top, base), cross(top, camera.up)];
  return -dot(a, b) / Math.max(dot(b, b), 1e-18);
}

/** The shadow that a plumb thing casts on level ground under a sun (a direction in camera axes); tip null: none is seen. */
export function cast(camera: OverlayCamera, basePx: Point, topPx: Point, sun: Vector): Cast | null {
  const base = ray(camera, basePx);
  const height = heightOf(camera, base, ray(camera, topPx));
  if (!(height > 1e-9)) return null;
  const top = pixel(camera, sum(base, camera.up, height));
  if (top === null) return null;
  const climb = dot(unit(sun), camera.up);
  if (climb < 1e-3) return { top, tip: null };
  const tip = sum(sum(base, camera.up, height), unit(sun), -height / climb);
  return { top, tip: pixel(camera, tip) };
}

/** The sun (a direction in camera axes) that a base, a top and a shadow's tip tell under a solved camera, or null. */
export function sunOf(camera: OverlayCamera, basePx: Point, topPx: Point, tipPx: Point): Vector | null {
  const base = ray(camera, basePx);
  const height = heightOf(camera, base, ray(camera, topPx));
  const far = ray(camera, tipPx);
  const ground = dot(base, camera.up);
  const depth = ground / dot(far, camera.up);
  if (!(height > 1e-9) || !(depth > 0)) return null;
  const tip: Vector = [far[0] * depth, far[1] * depth, far[2] * depth];
  return unit(sum(sum(base, camera.up, height), tip, -1));
}

/** The level of the eye across a picture, as pixels, between x = from and x = to. */
export function horizon(camera: OverlayCamera): Point[] {
  const { forward, right } = levelAxes(camera);
  const line: Point[] = [];
  for (let turn = -89; turn <= 89; turn += 1) {
    const at = pixel(camera, sum(sum([0, 0, 0], forward, Math.cos(turn * DEG)), right, Math.sin(turn * DEG)));
    if (at !== null) line.push(at);
  }
  return line;
}
