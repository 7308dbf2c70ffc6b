import { describe, expect, it } from "vitest";
import { worldScale } from "./projection.ts";
import { hasPlace, signable } from "./standing.ts";

const world = { lat: 0, lon: 10, scale: worldScale(700, 400), width: 700, height: 400 };
const close = { ...world, scale: 60 * world.scale };

describe("a sign on the map", () => {
  it("stands where the part is small beside the map, and nowhere else", () => {
    expect(signable({ area_km2: 29.5e6 }, world)).toBe(false);
    expect(signable({ area_km2: 3e5 }, world)).toBe(false);
    expect(signable({ area_km2: 4e4 }, world)).toBe(true);
    expect(signable({ area_km2: 4e4 }, close)).toBe(false);
    expect(signable({ area_km2: 200 }, close)).toBe(true);
  });
  it("of a broad part has no place behind it", () => {
    expect([hasPlace({ area_km2: 29.5e6 }), hasPlace({ area_km2: 1e4 })]).toEqual([false, true]);
  });
});
