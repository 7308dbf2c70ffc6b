/** Lines, rings and letters on the map's canvas. No state: a view and what to draw go in. */
import type { MultiPolygon, Place } from "../types.ts";
import { xOf, yOf, type Frame } from "./projection.ts";

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

/** Adds all lines to the current path, thinned to half a pixel, repeated where the world comes round again. */
export function trace(context: CanvasRenderingContext2D, frame: Frame, lines: readonly Lines[], width: number, height: number, close = false): void {
  for (const turn of [-360, 0, 360]) {
    const shift = frame.x0 + (turn - frame.lon) * frame.kx;
    for (const line of lines) {
      if (shift + line.east * frame.kx < -2 || shift + line.west * frame.kx > width + 2) continue;
      if (yOf(frame, line.north) > height + 2 || yOf(frame, line.south) < -2) continue;
      const { flat } = line;
      let [px, py] = [Infinity, Infinity];
      for (let i = 0; i + 1 < flat.length; i += 2) {
        const x = shift + (flat[i] ?? 0) * frame.kx;
        const y = frame.y0 - (flat[i + 1] ?? 0) * frame.ky;
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

export function graticule(context: CanvasRenderingContext2D, frame: Frame, width: number, height: number, spanDeg: number): void {
  const step = [30, 15, 10, 5, 2, 1, 0.5, 0.2, 0.1].find((value) => spanDeg / value >= 5) ?? 0.1;
  const half = width / 2 / frame.kx;
  context.beginPath();
  for (let lon = Math.ceil((frame.lon - half) / step) * step; lon <= frame.lon + half; lon += step) {
    const x = xOf(frame, lon);
    context.moveTo(x, Math.max(0, yOf(frame, 90)));
    context.lineTo(x, Math.min(height, yOf(frame, -90)));
  }
  const lat = (y: number): number => Math.asin(Math.max(-1, Math.min(1, (frame.y0 - y) / frame.ky))) / RAD;
  for (let value = Math.ceil(lat(height) / step) * step; value <= lat(0); value += step) {
    const y = yOf(frame, value);
    context.moveTo(0, y);
    context.lineTo(width, y);
  }
  context.stroke();
}

interface Rect {
  x: number;
  y: number;
  w: number;
  h: number;
}
const meets = (a: Rect, b: Rect): boolean => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

/** Names of places, most populous first, none over another. The canvas shapes right-to-left names by itself. */
export function names(context: CanvasRenderingContext2D, frame: Frame, places: readonly Place[], size: { width: number; height: number }, ink: string, halo: string, taken: Rect[]): void {
  context.font = '11px system-ui, "Noto Sans", "Noto Sans Arabic", sans-serif';
  context.textBaseline = "middle";
  context.textAlign = "left";
  context.lineJoin = "round";
  for (const place of [...places].sort((a, b) => b.population - a.population)) {
    const turn = Math.round((frame.lon - place.lon) / 360) * 360;
    const x = xOf(frame, place.lon + turn);
    const y = yOf(frame, place.lat);
    if (x < 4 || x > size.width - 4 || y < 8 || y > size.height - 8) continue;
    const wide = context.measureText(place.name).width;
    const left = x + 5 + wide > size.width - 4 ? x - 5 - wide : x + 5;
    const box = { x: Math.min(left, x - 3) - 2, y: y - 8, w: wide + 12, h: 16 };
    if (taken.some((other) => meets(box, other))) continue;
    taken.push(box);
    context.fillStyle = ink;
    context.beginPath();
    context.arc(x, y, 1.8, 0, 7);
    context.fill();
    context.strokeStyle = halo;
    context.lineWidth = 3;
    context.strokeText(place.name, left, y);
    context.fillText(place.name, left, y);
  }
}
