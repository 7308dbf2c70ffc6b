import { describe, expect, it } from "vitest";
import { holdsWords, needsRows, ROW_PX, rowsInSight, scrollTo } from "./window.ts";

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
  it("draws other rows before those that it drew are scrolled through, and not for each pixel", () => {
    expect([needsRows(1030, 1000), needsRows(1600, 1000), needsRows(400, 1000), needsRows(0, 90)]).toEqual([false, true, true, true]);
    for (let drawn = 0, at = 0; at < 50_000; at += 70) {
      if (needsRows(at, drawn)) drawn = at;
      const [first, end] = rowsInSight(drawn, 700, 5000);
      expect(first * ROW_PX <= at && end * ROW_PX >= at + 700).toBe(true);
    }
  });
  it("scrolls no further than a row needs", () => {
    expect([scrollTo(3, 0, 700), scrollTo(9, 0, 700), scrollTo(1, 500, 700)]).toEqual([0, 300, 100]);
  });
  it("is filtered by words in any order, case and accent", () => {
    expect([holdsWords("Yard Étage 02.MP4", "etage yard"), holdsWords("ساحة 1.jpg", "ساحة"), holdsWords("yard.mp4", "tower"), holdsWords("yard.mp4", " ")]).toEqual([true, true, false, true]);
  });
});
