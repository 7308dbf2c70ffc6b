/** Outlines that are too small to be read as outlines: from afar each is one small ring, not a speck of dashes. No drawing. */
import type { Lines } from "./draw.ts";
import { xOf, yOf, type ProjectionFactors } from "./projection.ts";

/** An outline narrower and lower than this [px] is no outline on the screen. */
const LEAST_PX = 6;
/** Two small rings stand at least so far apart [px]; those between are one. */
const APART_PX = 10;

export interface Readable {
  /** Outlines that are large enough to be drawn. */
  outlines: Lines[];
  /** Where those that are not lie, in pixels, one for those that lie together. */
  spots: [number, number][];
}

export function readable(lines: readonly Lines[], factors: ProjectionFactors, width: number): Readable {
  const outlines: Lines[] = [];
  const spots: [number, number][] = [];
  for (const line of lines) {
    const [wide, high] = [(line.east - line.west) * factors.kx, Math.abs(yOf(factors, line.south) - yOf(factors, line.north))];
    if (Math.max(wide, high) >= LEAST_PX) {
      outlines.push(line);
      continue;
    }
    const middle = (yOf(factors, line.south) + yOf(factors, line.north)) / 2;
    for (const turn of [-360, 0, 360]) {
      const x = xOf(factors, (line.west + line.east) / 2 + turn);
      if (x < 0 || x > width || spots.some((spot) => Math.hypot(spot[0] - x, spot[1] - middle) < APART_PX)) continue;
      spots.push([x, middle]);
    }
  }
  return { outlines, spots };
}
