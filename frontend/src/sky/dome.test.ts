import { describe, expect, it } from "vitest";
import { fromDisc, onDisc, region, stepped } from "./dome.ts";

describe("the sky dome", () => {
  it("puts north at the top, east on the right, the zenith in the middle", () => {
    expect(onDisc({ azimuthDeg: 0, elevationDeg: 0 }, 100)[1]).toBeCloseTo(-100);
    expect(onDisc({ azimuthDeg: 90, elevationDeg: 0 }, 100)[0]).toBeCloseTo(100);
    expect(Math.hypot(...onDisc({ azimuthDeg: 33, elevationDeg: 90 }, 100))).toBeCloseTo(0);
  });
  it("leads back to the same sun", () => {
    for (const sun of [{ azimuthDeg: 222.4, elevationDeg: 35.5 }, { azimuthDeg: 3, elevationDeg: 0.5 }, { azimuthDeg: 359.9, elevationDeg: 88 }]) {
      const back = fromDisc(onDisc(sun, 80), 80);
      expect(back.azimuthDeg).toBeCloseTo(sun.azimuthDeg, 6);
      expect(back.elevationDeg).toBeCloseTo(sun.elevationDeg, 6);
    }
  });
  it("steps exactly, round north and over the zenith", () => {
    expect(stepped({ azimuthDeg: 359.5, elevationDeg: 10 }, 1, 0)).toEqual({ azimuthDeg: 0.5, elevationDeg: 10 });
    expect(stepped({ azimuthDeg: 10, elevationDeg: 89.5 }, 0, 1)).toEqual({ azimuthDeg: 190, elevationDeg: 89.5 });
    let sun = { azimuthDeg: 10, elevationDeg: 10 };
    for (let k = 0; k < 10; k += 1) sun = stepped(sun, 0.1, 0.1);
    expect(sun).toEqual({ azimuthDeg: 11, elevationDeg: 11 });
  });
  it("draws the 95 % region of a covariance, wider in azimuth higher up", () => {
    const edge = region({ azimuthDeg: 100, elevationDeg: 60 }, [[1, 0], [0, 4]]);
    expect(Math.max(...edge.map((one) => one.elevationDeg))).toBeCloseTo(60 + 2 * Math.sqrt(5.991), 1);
    expect(Math.max(...edge.map((one) => one.azimuthDeg))).toBeCloseTo(100 + 2 * Math.sqrt(5.991), 1);
  });
});
