/** A grid of latitudes and longitudes as a picture in the map's own rows (even in the sine of the latitude), drawn with one stretch. */
import type { GeoBox, Grid } from "../types.ts";
import { ramp } from "../ui/ramp.ts";
import { yOf, type ProjectionFactors } from "./projection.ts";

const RAD = Math.PI / 180;

export interface Raster extends GeoBox {
  picture: HTMLCanvasElement;
}

/** Which source row each picture row shows; rows of the picture are even in sin(lat), north first. */
export function rowsBySine(south: number, north: number, rows: number, out: number): Int32Array {
  const top = Math.sin(north * RAD);
  const bottom = Math.sin(south * RAD);
  const table = new Int32Array(out);
  for (let row = 0; row < out; row++) {
    const lat = Math.asin(Math.max(-1, Math.min(1, top + ((bottom - top) * (row + 0.5)) / out))) / RAD;
    table[row] = Math.max(0, Math.min(rows - 1, Math.floor(((north - lat) / (north - south)) * rows)));
  }
  return table;
}

export function rasterOf(grid: Grid, dark: boolean): Raster {
  const out = Math.min(2048, Math.ceil(grid.rows * (grid.north - grid.south > 60 ? 1.6 : 1.1)));
  const picture = document.createElement("canvas");
  picture.width = grid.columns;
  picture.height = out;
  const context = picture.getContext("2d");
  if (context !== null) {
    const image = context.createImageData(grid.columns, out);
    const colours = new Uint32Array(ramp(dark).buffer);
    const pixels = new Uint32Array(image.data.buffer);
    const rows = rowsBySine(grid.south, grid.north, grid.rows, out);
    for (let row = 0; row < out; row++) {
      const from = (rows[row] ?? 0) * grid.columns;
      const to = row * grid.columns;
      for (let column = 0; column < grid.columns; column++) pixels[to + column] = colours[grid.level[from + column] ?? 255] ?? 0;
    }
    context.putImageData(image, 0, 0);
  }
  return { picture, south: grid.south, west: grid.west, north: grid.north, east: grid.east };
}

export function drawRaster(context: CanvasRenderingContext2D, factors: ProjectionFactors, raster: Raster, width: number): void {
  const top = yOf(factors, raster.north);
  const bottom = yOf(factors, raster.south);
  const wide = (raster.east - raster.west) * factors.kx;
  for (const turn of [-360, 0, 360]) {
    const left = factors.x0 + (raster.west + turn - factors.lon) * factors.kx;
    if (left > width || left + wide < 0) continue;
    context.imageSmoothingEnabled = wide / raster.picture.width < 6;
    context.drawImage(raster.picture, left, top, wide, bottom - top);
  }
}
