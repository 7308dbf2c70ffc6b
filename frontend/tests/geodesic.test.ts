/** Measured against geographiclib 2.0 (Karney), Geodesic.WGS84.Inverse: latitude, longitude, twice; metres; first azimuth. */
import { describe, expect, it } from "vitest";
import { inverse } from "../src/screens/places/geodesic.ts";
import { freeId, withArea, withLandmark } from "../src/screens/places/question_text.ts";

const KNOWN = [
  [41.8, 86.0, 41.81, 86.02, 1999.0252, 56.2400227],
  [59.33, 18.07, -33.9, 151.2, 15588292.1779, 71.1991987],
  [0, 0, 0, 1, 111319.4908, 90.0],
  [89.5, 10, 89.9, -160, 66874.8162, 358.3380092],
  [10, 179.9, 10.2, -179.9, 31143.292, 44.7216094],
  [48.0, 11.0, 48.002, 10.997, 315.5499, 314.8096747],
] as const;

describe("a distance on the ellipsoid", () => {
  it.each(KNOWN)("from %d,%d to %d,%d is right to a millimetre", (lat1, lon1, lat2, lon2, metres, azimuth) => {
    const found = inverse(lat1, lon1, lat2, lon2);
    expect(found?.distance_m).toBeCloseTo(metres, 3);
    expect(found?.azimuth_deg).toBeCloseTo(azimuth, 5);
  });

  it("is nothing for one point, and not told for points opposite each other", () => {
    expect(inverse(10, 20, 10, 20)).toEqual({ distance_m: 0, azimuth_deg: 0 });
    expect(inverse(0, 0, 0.5, 179.7)).toBeNull();
  });
});

describe("the question's text", () => {
  const one = { kind: "water tower", from: "", least_m: null, most_m: null, bearing_deg: null, bearing_sigma_deg: null };
  it("gets a landmark at its end, and what stood there is untouched", () => {
    const first = withLandmark("# mine\n", "tower", one);
    expect(first).toBe('# mine\n\n[[thing]]\nid = "tower"\nis = "water tower"\n');
    const second = withLandmark(first, "church", { ...one, kind: "church", from: "tower", most_m: 300, bearing_deg: 90, bearing_sigma_deg: 10 });
    expect(second.startsWith(first.trimEnd())).toBe(true);
    expect(second).toContain('[[pair]]\nof = ["tower", "church"]\ndistance_m = [0, 300]\nbearing_deg = 90\nbearing_sigma_deg = 10\n');
  });

  it("gives ids that are free", () => {
    expect(freeId("Water tower", [])).toBe("water-tower");
    expect(freeId("church", ["church", "church-2"])).toBe("church-3");
  });

  it("gets one area, in the table that is there or in a new one", () => {
    const box = { south: 48, west: 11, north: 48.5, east: 11.25 };
    const line = "area = { south = 48.00000, west = 11.00000, north = 48.50000, east = 11.25000 }";
    expect(withArea('[[thing]]\nid = "a"\n', box)).toBe(`[search]\n${line}\n\n[[thing]]\nid = "a"\n`);
    expect(withArea('[search]\narea = "DE"\nregion = ["x"]\n\n[[thing]]\n', box)).toBe(`[search]\n${line}\nregion = ["x"]\n\n[[thing]]\n`);
    expect(withArea('[search]\narea = "DE"\n', null)).toBe("[search]\n");
  });
});
