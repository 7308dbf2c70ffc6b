import { describe, expect, it } from "vitest";
import type { Point } from "../types.ts";
import { spread, TARGET_PX } from "./spread.ts";

/** The least side by which two squares about the points are apart. */
const nearest = (points: readonly Point[]): number =>
  Math.min(...points.flatMap(([x, y], at) => points.slice(at + 1).map(([ox, oy]) => Math.max(Math.abs(x - ox), Math.abs(y - oy)))));

describe("points drawn apart", () => {
  it("stay where they are when they have room", () => {
    const places: Point[] = [[0, 0], [25, 3], [0, 60]];
    expect(spread(places, -1)).toEqual(places);
  });

  it.each([
    ["two on one spot", [[5, 5], [5, 5]]],
    ["a small shadow", [[100, 100], [104, 90], [112, 101]]],
    ["a row of nine", Array.from({ length: 9 }, (_, at) => [at * 3, at])],
    ["a heap of thirty", Array.from({ length: 30 }, (_, at) => [(at * 7) % 40, (at * 11) % 30])],
  ] as [string, Point[]][])("have each a square of their own: %s", (_, places) => {
    for (const kept of [-1, 0, places.length - 1]) {
      const drawn = spread(places, kept);
      expect(nearest(drawn)).toBeGreaterThanOrEqual(TARGET_PX);
      if (kept >= 0) expect(drawn[kept]).toEqual(places[kept]);
    }
  });
});
