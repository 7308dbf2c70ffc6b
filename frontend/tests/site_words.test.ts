/** The words of the Sites and Places screens: the same keys, places and plural forms in four languages, and every key that is asked for. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { addWords, day, setLanguage, t, type Texts } from "../src/i18n/index.ts";
import type { SiteImage } from "../src/screens/sites/api.ts";
import { roundAbove } from "../src/screens/sites/axis.ts";
import { seriesName, takenWords } from "../src/screens/sites/words.ts";

type Text = string | Record<string, string>;
const LANGUAGES = ["en", "ar", "ru", "zh"];
const read = (screen: string, language: string): Record<string, Text> => JSON.parse(readFileSync(`src/screens/${screen}/words.${language}.json`, "utf8"));
const places = (text: Text): string[] => [...new Set([...(typeof text === "string" ? text : text["other"] ?? "").matchAll(/\{(\w+)\}/g)].map((found) => found[1] ?? ""))].sort();

describe.each(["sites", "places"].filter((screen) => existsSync(`src/screens/${screen}/words.en.json`)))("the words of %s", (screen) => {
  const en = read(screen, "en");
  it.each(LANGUAGES)("are whole in %s", (language) => {
    const own = read(screen, language);
    expect(Object.keys(own)).toEqual(Object.keys(en));
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const [key, text] of Object.entries(own)) {
      expect(key.startsWith(`${screen}.`), key).toBe(true);
      expect(places(text), key).toEqual(places(en[key] ?? ""));
      if (typeof text !== "string") expect(Object.keys(text).sort(), key).toEqual([...forms].sort());
      for (const form of typeof text === "string" ? [text] : Object.values(text)) expect(form.trim(), key).not.toBe("");
    }
  });

  it("hold every key that is asked for by name", () => {
    const folder = `src/screens/${screen}`;
    const source = readdirSync(folder).filter((name) => /\.tsx?$/.test(name)).map((name) => readFileSync(`${folder}/${name}`, "utf8")).join("\n");
    const asked = [...source.matchAll(new RegExp(`"(${screen}\\.[A-Za-z0-9.-]+)"`, "g"))].map((found) => found[1] ?? "").filter((key) => !key.endsWith(".css"));
    expect(asked.length).toBeGreaterThan(20);
    expect(asked.filter((key) => en[key] === undefined)).toEqual([]);
  });
});

describe("when an image was taken", () => {
  const image = (from: string, to: string | null): SiteImage => ({ taken: { from, to, basis: "stated" } }) as SiteImage;
  it("is one day where it was a day, and a span to its last day", () => {
    expect(takenWords(image("2019-01-04T00:00:00Z", "2019-01-05T00:00:00Z"))).toBe(day("2019-01-04T00:00:00Z"));
    expect(takenWords(image("2019-01-04T05:30:00Z", "2019-01-04T05:30:00Z"))).toBe(day("2019-01-04T05:30:00Z"));
    expect(takenWords(image("2019-01-05T00:00:00Z", "2019-01-05T00:00:00Z"))).toBe(day("2019-01-05T00:00:00Z"));
    const words = (language: string): Texts => read("sites", language) as Texts;
    addWords({ en: words("en"), ar: words("ar"), ru: words("ru"), zh: words("zh") });
    const month = takenWords(image("2019-01-01T00:00:00Z", "2019-02-01T00:00:00Z"));
    expect(month).toContain(day("2019-01-31T00:00:00Z"));
    expect(month).not.toContain(day("2019-02-01T00:00:00Z"));
  });
});

describe("the axis of areas", () => {
  it("ends at a round number that holds the largest", () => {
    expect([3700, 4000, 4001, 11, 0.3, 0].map(roundAbove)).toEqual([4000, 4000, 5000, 15, expect.closeTo(0.3), 1]);
  });
});

describe("a day on a page that is read from the right", () => {
  it("keeps its own order in a part that runs from the left, and once alone inside a sentence", async () => {
    vi.stubGlobal("document", { documentElement: {} });
    vi.stubGlobal("localStorage", { setItem: () => undefined });
    await setLanguage("ar");
    const alone = day("2019-01-04T00:00:00Z");
    expect(alone).toMatch(/^\u2067[^\u2066-\u2069]+\u2069$/);
    expect(t("sites.taken.span", { from: alone, to: alone })).not.toMatch(/[\u2066-\u2068]\u2067/);
    await setLanguage("en");
    expect(day("2019-01-04T00:00:00Z")).toBe("4 Jan 2019");
    vi.unstubAllGlobals();
  });
});

describe("the name of a series", () => {
  const [ten, twenty, other] = ["sentinel-2_l2a_10m_epsg-32631_bgr", "sentinel-2_l2a_20m_epsg-32631_bgr", "sentinel-2_l2a_10m_epsg-32632_bgr"] as const;
  it("is short where it names one series of the site, and whole where two would be called alike", () => {
    expect(seriesName(ten, [ten, ten, twenty])).toBe("sentinel-2 l2a 10m");
    expect(seriesName(ten, [ten, other])).toBe(ten);
  });
});
