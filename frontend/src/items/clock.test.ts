import { describe, expect, it } from "vitest";
import { atTime, clockText, fineSpan } from "./clock.ts";

describe("a clip's clock", () => {
  const uneven = [0, 0.033, 0.14, 0.15, 0.4];
  it("shows the last frame that was shown by then, also where frames are uneven", () => {
    expect([-1, 0, 0.1, 0.14, 0.149, 0.15, 0.39, 9].map((time) => atTime(uneven, time))).toEqual([0, 0, 1, 2, 2, 3, 3, 4]);
    expect(uneven.map((time, number) => atTime(uneven, time) === number)).toEqual(uneven.map(() => true));
  });
  it("has a fine slider that reaches every frame of an hour", () => {
    const count = 108_000;
    for (const frame of [0, 299, 300, 53_999, count - 1]) {
      const [first, last] = fineSpan(frame, count);
      expect(frame).toBeGreaterThanOrEqual(first);
      expect(frame).toBeLessThanOrEqual(last);
      expect(last - first).toBeLessThanOrEqual(600);
    }
  });
  it("is read to the thousandth", () => {
    expect([4.2, 62.0335, 3723.004, -1.5].map(clockText)).toEqual(["0:04.200", "1:02.034", "1:02:03.004", "−0:01.500"]);
  });
});
