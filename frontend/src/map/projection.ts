/**
 * The map's one projection: cylindrical and equal-area, with its true-shaped parallel at the middle of the view.
 *
 * x = lon cos(p), y = sin(lat) / cos(p): a square kilometre has the same size wherever it lies, so a region looks as large as it is;
 * near the view's middle shapes are true as well. The world has p = 37.5 deg (Hobo and Dyer's); p follows the middle as one zooms in.
 * Being separable, it draws a grid of latitudes and longitudes as one stretched picture. (Lambert, Beytraege, 1772, section 84.)
 */
import type { GeoBox } from "../types.ts";

export interface MapExtent {
  /** The middle. */
  lat: number;
  lon: number;
  /** Pixels per degree along the true-shaped parallel's meridian. */
  scale: number;
  width: number;
  height: number;
}

const RAD = Math.PI / 180;
const WORLD_PARALLEL = 37.5;
const KM_PER_DEG = 111.195;

export const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** The true-shaped parallel: the world's while the whole world is seen, the view's own from a tenth of it on. */
export function parallel(view: MapExtent): number {
  const seen = view.width / view.scale;
  const share = clamp((150 - seen) / 110, 0, 1);
  const eased = share * share * (3 - 2 * share);
  return WORLD_PARALLEL + (clamp(Math.abs(view.lat), 0, 78) - WORLD_PARALLEL) * eased;
}

/** Factors that hold for a whole view: multiply once, draw thousands. */
export interface ProjectionFactors {
  kx: number;
  ky: number;
  x0: number;
  y0: number;
  lon: number;
}

export function factorsOf(view: MapExtent): ProjectionFactors {
  const cos = Math.cos(parallel(view) * RAD);
  const kx = view.scale * cos;
  const ky = view.scale / cos / RAD;
  return { kx, ky, x0: view.width / 2, y0: view.height / 2 + Math.sin(view.lat * RAD) * ky, lon: view.lon };
}

export const yOf = (factors: ProjectionFactors, lat: number): number => factors.y0 - Math.sin(lat * RAD) * factors.ky;
/** Not wrapped: a line is drawn in one piece, and again 360 deg away where that is seen. */
export const xOf = (factors: ProjectionFactors, lon: number): number => factors.x0 + (lon - factors.lon) * factors.kx;

export const wrap = (lon: number): number => ((((lon + 180) % 360) + 360) % 360) - 180;

export function project(view: MapExtent, lat: number, lon: number): [number, number] {
  const factors = factorsOf(view);
  return [factors.x0 + wrap(lon - view.lon) * factors.kx, yOf(factors, lat)];
}

export function unproject(view: MapExtent, x: number, y: number): [number, number] | null {
  const factors = factorsOf(view);
  const sine = (factors.y0 - y) / factors.ky;
  if (Math.abs(sine) > 1) return null;
  return [Math.asin(sine) / RAD, wrap(view.lon + (x - factors.x0) / factors.kx)];
}

/** The scale at which the whole world is just seen. */
export function worldScale(width: number, height: number): number {
  const cos = Math.cos(WORLD_PARALLEL * RAD);
  return Math.max(0.05, Math.min(width / (360 * cos), (height * cos * RAD) / 2));
}

export function settle(view: MapExtent): MapExtent {
  const least = worldScale(view.width, view.height);
  const scale = clamp(view.scale, least, 60_000);
  return { ...view, scale, lat: scale <= least * 1.001 ? 0 : clamp(view.lat, -88, 88), lon: wrap(view.lon) };
}

export function zoomAt(view: MapExtent, x: number, y: number, factor: number): MapExtent {
  const held = unproject(view, x, y);
  let next = settle({ ...view, scale: view.scale * factor });
  if (held === null) return next;
  // A few rounds: the parallel moves a little with the middle.
  for (let round = 0; round < 3; round++) {
    const [px, py] = project(next, held[0], held[1]);
    next = panned(next, x - px, y - py);
  }
  return next;
}

export function panned(view: MapExtent, dx: number, dy: number): MapExtent {
  const factors = factorsOf(view);
  const sine = clamp(Math.sin(view.lat * RAD) + dy / factors.ky, -0.9994, 0.9994);
  return settle({ ...view, lon: view.lon - dx / factors.kx, lat: Math.asin(sine) / RAD });
}

/** The view that shows a box (east may pass 180) with a margin. */
export function fit(box: GeoBox, width: number, height: number): MapExtent {
  const lat = (box.south + box.north) / 2;
  const lon = (box.west + box.east) / 2;
  let view: MapExtent = { lat, lon, scale: worldScale(width, height), width, height };
  for (let round = 0; round < 6; round++) {
    const factors = factorsOf(view);
    const spanX = Math.max(0.02, box.east - box.west) * factors.kx;
    const spanY = Math.max(0.0002, Math.sin(box.north * RAD) - Math.sin(box.south * RAD)) * factors.ky;
    view = settle({ ...view, lat, lon, scale: view.scale * Math.min((width * 0.8) / spanX, (height * 0.76) / spanY) });
  }
  return view;
}

export const seen = (view: MapExtent): GeoBox => {
  const factors = factorsOf(view);
  const half = view.width / 2 / factors.kx;
  const lat = (y: number): number => Math.asin(clamp((factors.y0 - y) / factors.ky, -1, 1)) / RAD;
  return { south: lat(view.height), north: lat(0), west: view.lon - half, east: view.lon + half };
};

/** Kilometres per pixel along the middle's parallel. */
export function kmPerPixel(view: MapExtent): number {
  return (KM_PER_DEG * Math.cos(view.lat * RAD)) / factorsOf(view).kx;
}

/** A round length for the scale bar, at most `most` pixels long. */
export const scaleBar = (view: MapExtent, most: number): { km: number; pixels: number } => barOf(kmPerPixel(view), most);

/** The longest round length that takes no more than `most` pixels, where one pixel is `per` km. */
export function barOf(per: number, most: number): { km: number; pixels: number } {
  const limit = per * most;
  const power = 10 ** Math.floor(Math.log10(limit));
  const km = [5, 2, 1].map((digit) => digit * power).find((value) => value <= limit) ?? power;
  return { km, pixels: km / per };
}

/** Great-circle distance [km]. */
export function distanceKm(a: [number, number], b: [number, number]): number {
  const [p, q] = [a[0] * RAD, b[0] * RAD];
  const h = Math.sin((q - p) / 2) ** 2 + Math.cos(p) * Math.cos(q) * Math.sin(((b[1] - a[1]) * RAD) / 2) ** 2;
  return 2 * 6371.0088 * Math.asin(Math.sqrt(Math.min(1, h)));
}

/** A circle on the ground as a ring of [lon, lat], for pins and areas; longitudes run on past 180. */
export function circle(lat: number, lon: number, km: number, points = 72): [number, number][] {
  const d = km / 6371.0088;
  const p = lat * RAD;
  return Array.from({ length: points + 1 }, (_, i) => {
    const bearing = (i / points) * 2 * Math.PI;
    const sine = Math.sin(p) * Math.cos(d) + Math.cos(p) * Math.sin(d) * Math.cos(bearing);
    const turn = Math.atan2(Math.sin(bearing) * Math.sin(d) * Math.cos(p), Math.cos(d) - Math.sin(p) * sine);
    return [lon + turn / RAD, Math.asin(clamp(sine, -1, 1)) / RAD];
  });
}
