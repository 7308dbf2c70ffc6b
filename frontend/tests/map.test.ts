import { describe, expect, it } from "vitest";
import { folded } from "../src/map/base.ts";
import { boxOf, linesOf } from "../src/map/draw.ts";
import { factorsOf } from "../src/map/projection.ts";
import { outlineOf } from "../src/map/prior_area.ts";
import { readable } from "../src/map/specks.ts";
import { isFree, labelLeft, meets, shortened } from "../src/ui/canvas_text.ts";

const ring = (west: number, east: number, south = -1, north = 1): number[] => [west, south, east, south, east, north, west, north];

describe("the box of an answer's outlines", () => {
  it("covers all of them", () => {
    expect(boxOf(linesOf([ring(10, 20, 5, 8), ring(30, 35, -4, 6)]))).toEqual({ west: 10, east: 35, south: -4, north: 8 });
    expect(boxOf([])).toBeNull();
  });

  it("runs on past the 180th meridian where that is shorter", () => {
    expect(boxOf(linesOf([ring(170, 180), ring(-180, -175)]))).toMatchObject({ west: 170, east: 185 });
  });
});

describe("the box in which names are asked for", () => {
  it("never has its east before its west", () => {
    expect(folded({ south: -20, west: 170, north: -10, east: 195 })).toEqual({ south: -20, west: 170, north: -10, east: 195 });
    expect(folded({ south: -20, west: -190, north: -10, east: -165 })).toEqual({ south: -20, west: 170, north: -10, east: 195 });
    expect(folded({ south: -80, west: -178, north: 80, east: 178 })).toEqual({ south: -80, west: -180, north: 80, east: 180 });
  });
});

describe("the outline of the user's own area", () => {
  const ends = (points: number[]): number[][] => [points.slice(0, 2), points.slice(-2)];
  it("is closed, also across the 180th meridian, and there is none where all is searched", () => {
    expect(outlineOf("land")).toEqual([]);
    expect(outlineOf({ lat_deg: 0, lon_deg: 0, radius_km: 20_100 })).toEqual([[]]);
    expect(outlineOf("CN")).toBeNull();
    const [box] = outlineOf({ south: -20, west: 170, north: -10, east: -165 }) ?? [];
    expect(box).toEqual([170, -20, 195, -20, 195, -10, 170, -10, 170, -20]);
    const [circle] = outlineOf({ lat_deg: 41, lon_deg: 179, radius_km: 500 }) ?? [];
    const [first, last] = ends(circle ?? []);
    expect(last).toEqual(first?.map((value) => expect.closeTo(value, 6)));
    expect(circle?.filter((_, index) => index % 2 === 0).every((lon) => lon > 170 && lon < 188)).toBe(true);
  });
  it("runs once round the Earth about a pole", () => {
    const [circle] = outlineOf({ lat_deg: 88, lon_deg: 10, radius_km: 1000 }) ?? [];
    const [first, last] = ends(circle ?? []);
    expect(Math.abs((last?.[0] ?? 0) - (first?.[0] ?? 0))).toBeCloseTo(360, 6);
  });
});

describe("labels on a canvas", () => {
  it("meet where they cover each other, not where they touch", () => {
    const box = { x: 0, y: 0, w: 10, h: 10 };
    expect(meets(box, { x: 9, y: 9, w: 5, h: 5 })).toBe(true);
    expect(meets(box, { x: 10, y: 0, w: 5, h: 5 })).toBe(false);
    expect(isFree({ x: 20, y: 0, w: 1, h: 1 }, [box])).toBe(true);
  });
});

describe("outlines from afar", () => {
  const lines = linesOf([ring(10, 11, 40, 41), ring(11.2, 12, 40, 41), ring(100, 101, -20, -19), ring(-60, -20)]);
  const at = (scale: number) => readable(lines, factorsOf({ lat: 0, lon: 0, scale, width: 800, height: 400 }), 800);
  it("are one ring where parts that are too small to be read lie together, and whole where they are not", () => {
    const far = at(2);
    expect(far.outlines).toEqual([lines[3]]);
    expect(far.spots).toHaveLength(2);
    for (const [x, y] of far.spots) expect(x > 0 && x < 800 && y > 0 && y < 400).toBe(true);
    expect(at(60).outlines).toHaveLength(4);
    expect(at(60).spots).toEqual([]);
  });
});

describe("the label of a claim", () => {
  it("lies right of its cross, else left, and never runs off the map where it fits", () => {
    expect([labelLeft(100, 120, 372), labelLeft(300, 120, 372), labelLeft(166, 180, 340), labelLeft(20, 500, 372)]).toEqual([112, 168, 156, 4]);
  });

  it("leaves out the end of a name that is wider than the map or the calendar", () => {
    const wide = (text: string): number => 10 * [...text].length;
    expect(shortened("Marseille", 90, wide)).toBe("Marseille");
    expect(shortened("As posted: Lisbon", 120, wide)).toBe("As posted:…");
    expect(wide(shortened("🙂🙂🙂🙂", 30, wide))).toBe(30);
  });
});
