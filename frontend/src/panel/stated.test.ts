import { describe, expect, it } from "vitest";
import { directionFits, placeFits, statedOf, timeFits, type StatedPlace } from "./stated.ts";

const at = (lat_deg: number, lon_deg: number): StatedPlace => ({ source: "EXIF GPS", lat_deg, lon_deg, altitude_m: null });
const square = (west: number, south: number, size: number): [number, number][] => [[west, south], [west + size, south], [west + size, south + size], [west, south + size], [west, south]];

describe("what a file states", () => {
  it("is the clocks of the moment, the surest first, and never when it was copied", () => {
    const clock = (role: string, utc: string | null) => ({ source: role, text: "", role, meaning: "", utc });
    const found = statedOf({ clocks: [clock("copy", "2026-01-01T00:00:00Z"), clock("name", "2024-05-01T10:11:12Z"), clock("taken", null), clock("gps", "2024-05-01T10:11:11Z")] });
    expect(found.clocks.map(({ role }) => role)).toEqual(["gps", "name", "taken"]);
    expect(statedOf({})).toMatchObject({ clocks: [], places: [], tracks: [], clues: [] });
  });
  it("counts the frames of an animated picture, and not those of a film", () => {
    const frames = (container: string, count: number): number => statedOf({ container, facts: { frames: count } }).frames;
    expect([frames("AVIF", 4), frames("GIF", 1), frames("MP4", 90), statedOf({}).frames]).toEqual([4, 0, 0, 0]);
  });
  it("fits a span, lies outside all of them, or can't be compared", () => {
    const spans: [string, string][] = [["2022-09-08T15:00:00Z", "2022-09-24T15:25:00Z"]];
    expect([timeFits("2022-09-10T15:10:00Z", spans), timeFits("2022-09-27T18:11:00Z", spans), timeFits(null, spans), timeFits("2022-09-10T15:10:00Z", [])]).toEqual(["fits", "outside", "unknown", "unknown"]);
  });
  it("lies in the region or outside it, holes and the 180th meridian counted", () => {
    const region = { type: "MultiPolygon" as const, coordinates: [[square(170, 0, 20), square(178, 8, 4)]] };
    expect([placeFits(at(5, 175), region), placeFits(at(5, -175), region), placeFits(at(10, 180), region), placeFits(at(5, 20), region), placeFits(at(5, 20), undefined)]).toEqual(["fits", "fits", "outside", "outside", "unknown"]);
  });
  it("holds a stated direction against a heading over north, within two errors of both", () => {
    const said = { source: "EXIF GPSImgDirection", azimuth_deg: 355, north: "true", of: "camera", sigma_deg: 15 } as const;
    expect(directionFits(said, null, null)).toBe("unknown");
    expect([10, 26, 325, 324].map((heading) => directionFits(said, heading, 1))).toEqual(["fits", "outside", "fits", "outside"]);
    expect(directionFits(said, 40, 20)).toBe("fits");
  });
});
