/** An answer as the map draws it: its outlines by level, and its grids as pictures. Each is made once. */
import type { AnswerMap, GeoBox, Grid, Level } from "../types.ts";
import { dark } from "../ui/theme.ts";
import { boxOf, ringsOf, type Lines } from "./draw.ts";
import { rasterOf, type Raster } from "./raster.ts";

/** How the outline of each credible level is drawn; the widest region first. */
export const LEVELS: { level: Level; dash: number[]; width: number }[] = [
  { level: "0.99", dash: [1.6, 3.6], width: 1.3 },
  { level: "0.9", dash: [8, 4], width: 1.6 },
  { level: "0.5", dash: [], width: 2.1 },
];

/** So many modes are numbered on the map and listed under it. */
export const MOST_MODES = 24;

const rasters = new WeakMap<Grid, { dark: boolean; raster: Raster }>();

/** A grid as a picture in the colours of the theme. */
export function rasterFor(grid: Grid): Raster {
  const known = rasters.get(grid);
  if (known?.dark === dark.value) return known.raster;
  const raster = rasterOf(grid, dark.value);
  rasters.set(grid, { dark: dark.value, raster });
  return raster;
}

type Outlines = Partial<Record<Level, Lines[]>>;
const outlines = new WeakMap<AnswerMap, Outlines>();

export function outlinesOf(map: AnswerMap): Outlines {
  const known = outlines.get(map);
  if (known !== undefined) return known;
  const made: Outlines = {};
  for (const { level } of LEVELS) {
    const shape = map.contours?.[level];
    if (shape !== undefined) made[level] = ringsOf(shape);
  }
  outlines.set(map, made);
  return made;
}

/** The box of the 90 % region; null where there is none. */
export const regionBox = (map: AnswerMap | null): GeoBox | null => (map === null ? null : boxOf(outlinesOf(map)["0.9"] ?? []));
