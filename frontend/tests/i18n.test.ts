import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import ar from "../src/i18n/ar.json";
import en from "../src/i18n/en.json";
import ru from "../src/i18n/ru.json";
import zh from "../src/i18n/zh.json";

type Text = string | Record<string, string>;
const texts: Record<string, Record<string, Text>> = { en, ar, ru, zh };
const places = (text: Text): string[] => [...new Set([...(typeof text === "string" ? [text] : Object.values(text)).join(" ").matchAll(/\{(\w+)\}/g)].map((found) => found[1] ?? ""))].sort();

const sources = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? sources(join(folder, entry.name)) : /\.tsx?$/.test(entry.name) && !entry.name.endsWith(".test.ts") ? [readFileSync(join(folder, entry.name), "utf8")] : []);
const source = sources("src").join("\n");

const schema = JSON.parse(readFileSync("../src/noonmark/schemas/clues.json", "utf8")) as {
  $defs: Record<string, { properties?: Record<string, { enum?: string[] }> }>;
};

/** Every file of words, as text. */
const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((name) => /(i18n\/|words\.)\w+\.json$/.test(name)).map((name) => join("src", name));
const said = (language: string): Record<string, Text> => Object.assign({}, ...files.filter((name) => name.endsWith(`${language}.json`)).map((name) => JSON.parse(readFileSync(name, "utf8")) as object));
const flat = (text: Text | undefined): string => (typeof text === "string" ? text : Object.values(text ?? {}).join(" "));

describe("the page's words", () => {
  it("hold the same keys in every language", () => {
    for (const language of Object.keys(texts)) expect(Object.keys(texts[language] ?? {}).sort(), language).toEqual(Object.keys(en).sort());
  });

  it("name no key twice in one file: the first would never be seen", () => {
    const twice = files.flatMap((file) => {
      const keys = [...readFileSync(file, "utf8").matchAll(/"([\w.-]+\.[\w.-]+)":/g)].map((found) => found[1] ?? "");
      return keys.filter((key, at) => keys.indexOf(key) !== at).map((key) => `${file} ${key}`);
    });
    expect(twice).toEqual([]);
  });

  it("hold the same places in every language", () => {
    for (const [key, text] of Object.entries(texts["en"] ?? {})) {
      // A plural form may leave its number out ("one place"), so only names are compared there.
      const skip = (names: string[]): string[] => (typeof text === "string" ? names : names.filter((name) => name !== "count"));
      for (const [code, table] of Object.entries(texts)) expect(skip(places(table[key] ?? "")), `${code} ${key}`).toEqual(skip(places(text)));
    }
  });

  it("use no word of statistics or of the code where a plain one says it, in any language", () => {
    const own = (file: string): string => readFileSync(file, "utf8").replace(/"[\w.-]+":/g, "").replace(/\{\w+\}/g, "");
    const jargon = /mismeasur|outlier share|\bln\b|sigma|nadir|covarian|\bbits?\b|σ|сигма|надир|ковариац|\bбит(а|ов)?\b|سيغما|协方差|西格玛|比特/i;
    const found = files.filter((name) => !/said\./.test(name)).flatMap((file) => [...own(file).matchAll(new RegExp(jargon, "gi"))].map(([word]) => `${file}: ${word}`));
    expect(found).toEqual([]);
    expect("give or take 2 sigma").toMatch(jargon);
  });

  it("break no line between a number and its per cent", () => {
    expect(files.flatMap((file) => [...readFileSync(file, "utf8").matchAll(/[\d}] %/g)].map(() => file))).toEqual([]);
  });

  it("call a clue and a piece of evidence by two words", () => {
    const [english, words] = [said("en"), { ar: [/قرين|قرائن/, /دليل|أدل/], ru: [/признак/i, /доказательств|улик/i], zh: [/线索/, /证据/] }];
    for (const [language, [clue, evidence]] of Object.entries(words)) {
      for (const [key, text] of Object.entries(said(language))) {
        const [ofClue, ofEvidence] = [/\bclues?\b/i, /\bevidence\b/i].map((word) => word.test(flat(english[key])));
        if (ofClue && !ofEvidence) expect(flat(text), `${language} ${key}`).not.toMatch(evidence!);
        if (ofEvidence && !ofClue) expect(flat(text), `${language} ${key}`).not.toMatch(clue!);
      }
    }
    expect(flat(english["clues.add"])).toMatch(/clue/);
  });

  it("call an account and a piece of evidence by two words, each the same one everywhere", () => {
    const words = { ar: [/شهاد/, /دليل|أدل/], ru: [/рассказ/i, /доказательств/i], zh: [/陈述/, /证据/] };
    const english = said("en");
    for (const [language, [account, evidence]] of Object.entries(words)) {
      for (const [key, text] of Object.entries(said(language))) {
        const [ofAccount, ofEvidence] = [/\baccounts?\b/i, /\bevidence\b/i].map((word) => word.test(flat(english[key])));
        if (ofAccount) expect(flat(text), `${language} ${key}`).toMatch(account!);
        if (ofAccount && !ofEvidence) expect(flat(text), `${language} ${key}`).not.toMatch(evidence!);
        if (ofEvidence && !ofAccount) expect(flat(text), `${language} ${key}`).not.toMatch(account!);
        if (language === "ru") expect(flat(text), `${language} ${key}`).not.toMatch(/свидетельств/i);
      }
    }
    expect(flat(english["accounts.add"])).toMatch(/account/);
  });

  it("have every plural form that the language needs", () => {
    for (const [language, table] of Object.entries(texts)) {
      const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
      for (const [key, text] of Object.entries(table)) if (typeof text !== "string") expect(Object.keys(text).sort(), key).toEqual([...needed].sort());
    }
  });

  it.each([["ar", ar, /[\u0600-\u06ff]/], ["ru", ru, /[\u0400-\u04ff]/], ["zh", zh, /[\u3400-\u9fff]/]] as const)("are never empty, and %s is in its own script but for names", (_, table, script) => {
    const names = new Set(["map.creditShort", "export.kmz", "export.geojson", "export.geotiff", "unit.km2", "unit.m2", "unit.km", "unit.m"]);
    for (const [key, text] of Object.entries(table)) {
      const whole = typeof text === "string" ? text : Object.values(text).join(" ");
      expect(whole.trim(), key).not.toBe("");
      if (!names.has(key) && /[a-z]/i.test(whole.replace(/\{\w+\}/g, ""))) expect(script.test(whole), `${key}: ${whole}`).toBe(true);
    }
  });

  it("are of nearly the same length, so that no language breaks out of its button", () => {
    const size = (text: Text): number => Math.max(...(typeof text === "string" ? [text] : Object.values(text)).map((form) => form.length));
    for (const [code, most] of [["ar", 1.8], ["ru", 2.2], ["zh", 1.1]] as const) {
      const long = Object.entries(texts[code] ?? {}).filter(([key, text]) => size(text) > 14 + most * size((en as Record<string, Text>)[key] ?? ""));
      expect(long.map(([key]) => key), code).toEqual([]);
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

/** What each screen brings (src/screens/NAME/words.LANGUAGE.json), by screen and language. */
const folder = "src/screens";
const words = Object.fromEntries(readdirSync(folder).filter((name) => readdirSync(join(folder, name)).includes("words.en.json")).map((name) =>
  [name, Object.fromEntries(["en", "ar", "ru", "zh"].map((code) => [code, JSON.parse(readFileSync(join(folder, name, `words.${code}.json`), "utf8")) as Record<string, Text>]))]));

describe.each(Object.entries(words))("the words of %s", (name, tables) => {
  const whole = (text: Text | undefined): string => (typeof text === "string" ? text : Object.values(text ?? {}).join(" "));
  const own = tables["en"] ?? {};
  it("are the same in four languages, and begin with the screen's name", () => {
    expect(Object.keys(own).filter((key) => !key.startsWith(`${name}.`) || key in en)).toEqual([]);
    for (const [code, table] of Object.entries(tables)) {
      expect(Object.keys(table).sort(), code).toEqual(Object.keys(own).sort());
      const needed = [...new Intl.PluralRules(code).resolvedOptions().pluralCategories].sort();
      for (const [key, text] of Object.entries(table)) {
        const plural = typeof own[key] !== "string";
        expect(whole(text).trim(), `${code} ${key}`).not.toBe("");
        if (plural) expect(typeof text === "string" ? [] : Object.keys(text).sort(), `${code} ${key}`).toEqual(needed);
        expect(places(text).filter((one) => !plural || one !== "count"), `${code} ${key}`).toEqual(places(own[key] ?? "").filter((one) => !plural || one !== "count"));
      }
    }
  });

  it("are all used", () => {
    const stems = [...source.matchAll(/`([a-z]+(?:\.[\w-]+)*\.)\$\{/g)].map((found) => found[1] ?? "");
    expect(Object.keys(own).filter((key) => !source.includes(`"${key}"`) && !stems.some((stem) => key.startsWith(stem)))).toEqual([]);
  });

  it("are there for every key that the screen names", () => {
    const named = [...sources(join(folder, name)).join("\n").matchAll(/\bt\("([\w.-]+)"/g)].map((found) => found[1] ?? "");
    expect([...new Set(named)].filter((key) => !(key in own) && !(key in en))).toEqual([]);
  });
});
