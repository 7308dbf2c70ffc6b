import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import ar from "../src/i18n/ar.json";
import en from "../src/i18n/en.json";

type Text = string | Record<string, string>;
const texts: Record<string, Record<string, Text>> = { en, ar };
const places = (text: Text): string[] => [...new Set([...(typeof text === "string" ? [text] : Object.values(text)).join(" ").matchAll(/\{(\w+)\}/g)].map((found) => found[1] ?? ""))].sort();

const sources = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? sources(join(folder, entry.name)) : /\.tsx?$/.test(entry.name) && !entry.name.endsWith(".test.ts") ? [readFileSync(join(folder, entry.name), "utf8")] : []);
const source = sources("src").join("\n");

const schema = JSON.parse(readFileSync("../src/noonmark/schemas/clues.json", "utf8")) as {
  $defs: Record<string, { properties?: Record<string, { enum?: string[] }> }>;
};

describe("the page's words", () => {
  it("hold the same keys in every language", () => {
    for (const language of Object.keys(texts)) expect(Object.keys(texts[language] ?? {}).sort(), language).toEqual(Object.keys(en).sort());
  });

  it("hold the same places in every language", () => {
    for (const [key, text] of Object.entries(texts["en"] ?? {})) {
      // A plural form may leave its number out ("one place"), so only names are compared there.
      const skip = (names: string[]): string[] => (typeof text === "string" ? names : names.filter((name) => name !== "count"));
      expect(skip(places(texts["ar"]?.[key] ?? "")), key).toEqual(skip(places(text)));
    }
  });

  it("have every plural form that the language needs", () => {
    for (const [language, table] of Object.entries(texts)) {
      const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
      for (const [key, text] of Object.entries(table)) if (typeof text !== "string") expect(Object.keys(text).sort(), key).toEqual([...needed].sort());
    }
  });

  it("are never empty, and Arabic is Arabic but for names", () => {
    const names = new Set(["map.creditShort", "export.kmz", "export.geojson", "export.geotiff"]);
    for (const [key, text] of Object.entries(ar)) {
      const whole = typeof text === "string" ? text : Object.values(text).join(" ");
      expect(whole.trim(), key).not.toBe("");
      if (!names.has(key) && /[a-z]/i.test(whole.replace(/\{\w+\}/g, ""))) expect(/[\u0600-\u06ff]/.test(whole), `${key}: ${whole}`).toBe(true);
    }
  });

  it("name every kind of clue, field and choice that the schema knows", () => {
    const known = texts["en"] ?? {};
    for (const [kind, spec] of Object.entries(schema.$defs)) {
      if (spec.properties?.["kind"] === undefined) continue;
      expect(known[`clue.${kind}`], kind).toBeDefined();
      expect(known[`clue.${kind}.what`], kind).toBeDefined();
      for (const [field, own] of Object.entries(spec.properties)) {
        if (field !== "kind") expect(known[`field.${field}`], `${kind}.${field}`).toBeDefined();
        for (const option of own.enum ?? []) expect(known[`option.${option}`], option).toBeDefined();
      }
    }
  });

  it("are all used", () => {
    const stems = [...source.matchAll(/`([a-z]+(?:\.[\w-]+)*\.)\$\{/g)].map((found) => found[1] ?? "");
    const unused = Object.keys(en).filter((key) => !source.includes(`"${key}"`) && !stems.some((stem) => key.startsWith(stem)));
    expect(unused).toEqual([]);
  });
});
