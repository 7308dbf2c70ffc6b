import { expect, test } from "vitest";
import type { LocateAdvice } from "../types.ts";
import { shrinkWords } from "./shrink.ts";

const ring: LocateAdvice = {
  measure: "sun_azimuth", sigma_deg: 2, area_km2_expected: 10, information_bits: 3, unit: "km2", now: 100, expected: 10, range: [8, 60], unchanged: false,
};

test("one size is one share", () => {
  expect(shrinkWords(ring)).toBe("would shrink the area by 90%");
  expect(shrinkWords({ ...ring, unit: "s" })).toBe("would shrink the times by 90%");
});

test("two likely sizes are two shares, the second with its chance", () => {
  const likely = [{ size: 10, chance: 0.75 }, { size: 50, chance: 0.25 }];
  expect(shrinkWords({ ...ring, likely })).toBe("would shrink the area by 90% or, with a chance of 25%, by 50%");
  expect(shrinkWords({ ...ring, likely, unit: "s" })).toContain("the times by 90% or, with a chance of 25%, by 50%");
});

test("a rarer size is told where the likelier changes nothing", () => {
  const likely = [{ size: 100, chance: 0.6 }, { size: 30, chance: 0.4 }];
  expect(shrinkWords({ ...ring, expected: 100, likely })).toBe("would shrink the area by 0% or, with a chance of 40%, by 70%");
});

test("what changes nothing is said in words", () => {
  expect(shrinkWords({ ...ring, expected: 99, unchanged: true })).toBe("would say little more");
});
