/** Lines, rings and letters on the map's canvas. No state: a view and what to draw go in. */
import type { GeoBox, MultiPolygon, Place } from "../types.ts";
import { haloText, isFree, type Rect } from "../ui/canvas_text.ts";
import { xOf, yOf, type ProjectionFactors } from "./projection.ts";

const RAD = Math.PI / 180;

/** Flat [lon, lat, ...] lists with their bounds, made once. */
export interface Lines {
  flat: Float32Array;
  /** sin(lat) in place of lat. */
  west: number;
  east: number;
  north: number;
  south: number;
}

export function linesOf(lists: readonly (readonly number[])[]): Lines[] {
  return lists.map((list) => {
    const flat = new Float32Array(list.length);
    let [west, east, south, north] = [Infinity, -Infinity, Infinity, -Infinity];
    for (let i = 0; i + 1 < list.length; i += 2) {
      const lon = list[i] ?? 0;
      const lat = list[i + 1] ?? 0;
      flat[i] = lon;
      flat[i + 1] = Math.sin(lat * RAD);
      west = Math.min(west, lon);
      east = Math.max(east, lon);
      south = Math.min(south, lat);
      north = Math.max(north, lat);
    }
    return { flat, west, east, south, north };
  });
}

export const ringsOf = (shape: MultiPolygon): Lines[] => linesOf(shape.coordinates.flatMap((polygon) => polygon.map((ring) => ring.flat())));

/** The box of a list of outlines, joined over the 180th meridian where that is shorter. */
export function boxOf(lines: readonly Lines[]): GeoBox | null {
  if (lines.length === 0) return null;
  const south = Math.min(...lines.map((line) => line.south));
  const north = Math.max(...lines.map((line) => line.north));
  const plain = spanOf(lines);
  const over = spanOf(lines.map((line) => (line.east < 0 ? { west: line.west + 360, east: line.east + 360 } : line)));
  const shorter = over.east - over.west < plain.east - plain.west ? over : plain;
  return { south, north, ...shorter };
}

function spanOf(parts: readonly { west: number; east: number }[]): { west: number; east: number } {
  return { west: Math.min(...parts.map((part) => part.west)), east: Math.max(...parts.map((part) => part.east)) };
}

/** Adds all lines to the current path, thinned to half a pixel, repeated where the world comes round again. */
export function trace(context: CanvasRenderingContext2D, factors: ProjectionFactors, lines: readonly Lines[], width: number, height: number, close = false): void {
  for (const turn of [-360, 0, 360]) {
    const shift = factors.x0 + (turn - factors.lon) * factors.kx;
    for (const line of lines) {
      if (shift + line.east * factors.kx < -2 || shift + line.west * factors.kx > width + 2) continue;
      if (yOf(factors, line.north) > height + 2 || yOf(factors, line.south) < -2) continue;
      const { flat } = line;
      let [px, py] = [Infinity, Infinity];
      for (let i = 0; i + 1 < flat.length; i += 2) {
        const x = shift + (flat[i] ?? 0) * factors.kx;
        const y = factors.y0 - (flat[i + 1] ?? 0) * factors.ky;
        if (i === 0) context.moveTo(x, y);
        else if (Math.abs(x - px) + Math.abs(y - py) < 0.6 && i + 3 < flat.length) continue;
        else context.lineTo(x, y);
        px = x;
        py = y;
      }
      if (close) context.closePath();
    }
  }
}

export function graticule(context: CanvasRenderingContext2D, factors: ProjectionFactors, width: number, height: number, spanDeg: number): void {
  const step = [30, 15, 10, 5, 2, 1, 0.5, 0.2, 0.1].find((value) => spanDeg / value >= 5) ?? 0.1;
  const half = width / 2 / factors.kx;
  context.beginPath();
  for (let lon = Math.ceil((factors.lon - half) / step) * step; lon <= factors.lon + half; lon += step) {
    const x = xOf(factors, lon);
    context.moveTo(x, Math.max(0, yOf(factors, 90)));
    context.lineTo(x, Math.min(height, yOf(factors, -90)));
  }
  const lat = (y: number): number => Math.asin(Math.max(-1, Math.min(1, (factors.y0 - y) / factors.ky))) / RAD;
  for (let value = Math.ceil(lat(height) / step) * step; value <= lat(0); value += step) {
    const y = yOf(factors, value);
    context.moveTo(0, y);
    context.lineTo(width, y);
  }
  context.stroke();
}

/** Names of places, most populous first, none over another. The canvas shapes right-to-left names by itself. */
export function names(
  context: CanvasRenderingContext2D, factors: ProjectionFactors, places: readonly Place[], size: { width: number; height: number },
  tones: { ink: string; halo: string }, taken: Rect[],
): void {
  context.font = '12px system-ui, "Noto Sans", "Noto Sans Arabic", sans-serif';
  context.textBaseline = "middle";
  context.textAlign = "left";
  context.lineJoin = "round";
  for (const place of [...places].sort((a, b) => b.population - a.population)) {
    const turn = Math.round((factors.lon - place.lon) / 360) * 360;
    const x = xOf(factors, place.lon + turn);
    const y = yOf(factors, place.lat);
    if (x < 4 || x > size.width - 4 || y < 8 || y > size.height - 8) continue;
    const wide = context.measureText(place.name).width;
    const left = x + 5 + wide > size.width - 4 ? x - 5 - wide : x + 5;
    const box = { x: Math.min(left, x - 3) - 2, y: y - 8, w: wide + 12, h: 16 };
    if (!isFree(box, taken)) continue;
    taken.push(box);
    context.fillStyle = tones.ink;
    context.beginPath();
    context.arc(x, y, 1.8, 0, 7);
    context.fill();
    haloText(context, place.name, left, y, tones);
  }
}
