/** The words of the screens of claims and of the report: whole in four languages. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { standsUpright } from "./words.ts";

type Text = string | Record<string, string>;
const languages = ["en", "ar", "ru", "zh"];
const read = (screen: string, language: string): Record<string, Text> => JSON.parse(readFileSync(`src/screens/${screen}/words.${language}.json`, "utf8")) as Record<string, Text>;
const forms = (text: Text): string[] => (typeof text === "string" ? [text] : Object.values(text));
const places = (text: Text): string[] => [...new Set([...forms(text).join(" ").matchAll(/\{(\w+)\}/g)].map((found) => found[1] ?? ""))].filter((name) => name !== "count").sort();
const screens = ["claims", "report"].filter((screen) => existsSync(`src/screens/${screen}/words.en.json`));

describe.each(screens)("the words of %s", (screen) => {
  const en = read(screen, "en");
  it.each(languages)("have the same keys and places in %s", (language) => {
    const told = read(screen, language);
    expect(Object.keys(told).sort()).toEqual(Object.keys(en).sort());
    for (const [key, text] of Object.entries(en)) expect(places(told[key] ?? ""), key).toEqual(places(text));
  });
  it.each(languages)("have the plural forms of %s, none empty", (language) => {
    const needed = [...new Intl.PluralRules(language).resolvedOptions().pluralCategories].sort();
    for (const [key, text] of Object.entries(read(screen, language))) {
      if (typeof text !== "string") expect(Object.keys(text).sort(), key).toEqual(needed);
      for (const form of forms(text)) expect(form.trim(), key).not.toBe("");
    }
  });
  it("are all used, and begin with the screen's name", () => {
    const source = readdirSync(`src/screens/${screen}`).filter((name) => /\.tsx?$/.test(name) && !name.endsWith(".test.ts")).map((name) => readFileSync(join(`src/screens/${screen}`, name), "utf8")).join("\n");
    const stems = [...source.matchAll(/`([a-z]+(?:\.[\w-]+)*\.)\$\{/g)].map((found) => found[1] ?? "");
    const unused = Object.keys(en).filter((key) => !source.includes(`"${key}"`) && !stems.some((stem) => key.startsWith(stem)));
    expect(unused).toEqual([]);
    expect(Object.keys(en).filter((key) => !key.startsWith(`${screen}.`))).toEqual([]);
  });
});

describe("the name of a column that runs from above", () => {
  it("is turned to be read from below, but not where its letters stand upright", () => {
    expect(["answer", "الجواب", "解答", "tender 037 招标", "답"].map(standsUpright)).toEqual([false, false, true, true, true]);
  });
});
