import { describe, expect, it } from "vitest";
import { holdsWords, ROW_PX, rowsInSight, scrollTo } from "./window.ts";

describe("a long list", () => {
  it("draws the rows in sight and few others, wherever it stands", () => {
    for (const row of [0, 7, 2500, 4990]) {
      const [first, end] = rowsInSight(row * ROW_PX, 700, 5000);
      expect(first).toBeLessThanOrEqual(row);
      expect(end).toBeGreaterThanOrEqual(Math.min(5000, row + 7));
      expect(end - first).toBeLessThan(50);
    }
    expect(rowsInSight(900_000, 700, 3)).toEqual([2, 3]);
  });
  it("scrolls no further than a row needs", () => {
    expect([scrollTo(3, 0, 700), scrollTo(9, 0, 700), scrollTo(1, 500, 700)]).toEqual([0, 300, 100]);
  });
  it("is filtered by words in any order, case and accent", () => {
    expect([holdsWords("Yard Étage 02.MP4", "etage yard"), holdsWords("ساحة 1.jpg", "ساحة"), holdsWords("yard.mp4", "tower"), holdsWords("yard.mp4", " ")]).toEqual([true, true, false, true]);
  });
});
