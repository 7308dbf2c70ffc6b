import { describe, expect, it } from "vitest";
import { busyHours, cellAt, curve, localLevels, minutesOf, offsetMinutes, shifts, span, start } from "../src/calendar/grid.ts";
import type { Calendar } from "../src/types.ts";

const calendar = (dates: [string, string], rows: number, level?: Uint8Array): Calendar => ({
  dates, rows, columns: 144, step_days: 1, step_min: 10, zone: "UTC", values: new Float32Array(rows * 144), level: level ?? new Uint8Array(rows * 144).fill(255),
  sun: [{ date: dates[0], dawn: null, sunrise: "2024-01-01T22:50:00Z", noon: "12:00", sunset: null, dusk: null }, { date: dates[1], dawn: null, sunrise: "23:55", noon: "12:01:30", sunset: null, dusk: null }],
});

describe("the calendar's cells", () => {
  it("say the same instant both ways, in UTC and in zones with half hours and summer time", () => {
    const one = calendar(["2024-03-25", "2024-04-05"], 12);
    for (const zone of ["UTC", "Asia/Kathmandu", "America/St_Johns", "Europe/Lisbon", "Pacific/Kiritimati"]) {
      const shift = shifts(one, zone);
      for (const cell of [{ row: 3, column: 0 }, { row: 7, column: 77 }, { row: 10, column: 143 }]) {
        const { from, to } = span(one, shift, cell);
        expect(cellAt(one, shift, Date.parse(from)), `${zone} ${from}`).toEqual(cell);
        expect(Date.parse(to) - Date.parse(from)).toBe(600_000);
      }
    }
  });

  it("move what lies past local midnight to the neighbouring day", () => {
    const level = new Uint8Array(3 * 144).fill(255);
    level[1 * 144 + 143] = 7; // 23:50 UTC on the second day
    const one = calendar(["2024-06-01", "2024-06-03"], 3, level);
    const moved = localLevels(one, shifts(one, "Asia/Tokyo"));
    expect(moved[Math.floor((8 * 60 + 50) / 10) * 3 + 2]).toBe(7); // 08:50 on the third
    expect([...moved].filter((value) => value !== 255)).toEqual([7]);
  });

  it("show the hours that matter, with room, and the whole day where many do", () => {
    const one = calendar(["2024-06-01", "2024-06-03"], 3);
    expect(busyHours(one, new Uint8Array(3 * 144).fill(255))).toEqual([0, 1440]);
    const levels = new Uint8Array(3 * 144).fill(255);
    levels[88 * 3 + 1] = 100; // 14:40
    expect(busyHours(one, levels)).toEqual([780, 1020]);
    levels[10 * 3] = 100;
    expect(busyHours(one, levels)).toEqual([0, 1440]);
  });

  it("know the clocks' offsets", () => {
    expect(offsetMinutes("Asia/Kathmandu", Date.parse("2024-01-01T00:00:00Z"))).toBe(345);
    expect(offsetMinutes("Europe/Lisbon", Date.parse("2024-07-01T00:00:00Z"))).toBe(60);
    expect(offsetMinutes("UTC", 0)).toBe(0);
  });

  it("read the sun's times in every form, and cut a curve where it passes midnight", () => {
    expect(minutesOf("2024-06-01T04:30:30Z")).toBeCloseTo(270.5);
    expect(minutesOf("04:30")).toBe(270);
    expect(minutesOf(null)).toBeNull();
    const one = calendar(["2024-01-01", "2024-01-02"], 2);
    expect(curve(one, shifts(one, "UTC"), "sunrise").map((piece) => piece.length)).toEqual([2]);
    expect(curve(one, new Int32Array([60, 65]), "sunrise").map((piece) => piece.length)).toEqual([1, 1]);
    expect(start(one)).toBe(Date.UTC(2024, 0, 1));
  });
});
