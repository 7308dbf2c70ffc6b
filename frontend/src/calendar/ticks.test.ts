import { afterAll, describe, expect, it, vi } from "vitest";
import { setLanguage } from "../i18n/index.ts";
import type { Calendar } from "../types.ts";
import { dateTicks } from "./ticks.ts";

vi.stubGlobal("document", { documentElement: {} });
vi.stubGlobal("localStorage", { setItem: () => undefined });

/** The ticks of a calendar that begins in the middle of a month. */
const ticks = (rows: number, step_days = 1, width = 600, px = 80) => dateTicks({ dates: ["2022-09-15", "2023-09-15"], rows, step_days } as unknown as Calendar, width, { day: px, month: px });

describe("the dates under the calendar", () => {
  afterAll(async () => {
    await setLanguage("en");
    vi.unstubAllGlobals();
  });

  it.each([[95, 268], [95, 560], [107, 560], [365, 268], [365, 900], [4000, 560]])("of %i days on %i px leave room for each date", (rows, width) => {
    const at = ticks(rows, 1, width, 90).map(({ row }) => (row / rows) * width);
    const between = at.slice(1).map((x, index) => x - (at[index] ?? 0));
    expect(at.length).toBeGreaterThan(0);
    expect(Math.min(...between)).toBeGreaterThanOrEqual(81); // February is shorter than other months
  });

  it("are months without a day in every language, and run from the left, each in its own order", async () => {
    const first: Record<string, string> = { en: "Nov 2022", ru: "нояб. 2022\u00a0г.", zh: "2022年11月", ar: "\u2067نوفمبر 2022\u2069" };
    for (const [language, label] of Object.entries(first)) {
      await setLanguage(language);
      const found = ticks(365);
      expect(found[0]?.label, language).toBe(label);
      expect(found.map(({ row }) => row)).toEqual(found.map(({ row }) => row).sort((a, b) => a - b));
      for (const one of [...found, ...ticks(12)]) expect(one.label, language).toMatch(language === "ar" ? /^\u2067[^\u2066-\u2069]+\u2069$/ : /^[^\u2066-\u2069]+$/);
    }
  });
});
