/**
 * The page's words: one JSON file per language, the same keys and places in each (tests/i18n.test.ts holds them to it).
 * `t("area.about", { area: km2(12) })`; a text with plural forms is a table { one, few, ..., other } chosen by `count`.
 */
import { computed, signal } from "@preact/signals";
import en from "./en.json";

type Screens = "overview" | "footage" | "places" | "sites" | "documents" | "accounts" | "claims" | "report";
/** A word of all screens, one that a screen brings (addWords), or a sentence of Python's (said.ts). */
export type Key = keyof typeof en | `${Screens | "said"}.${string}`;
type Text = string | Partial<Record<Intl.LDMLPluralRule, string>>;
export type Texts = Record<string, Text>;
export type Args = Record<string, string | number>;

const languages: Record<string, { name: string; dir: "ltr" | "rtl"; texts: Texts; load: () => Promise<Texts> }> = {
  en: { name: "English", dir: "ltr", texts: { ...en }, load: () => Promise.resolve({}) },
  ar: { name: "العربية", dir: "rtl", texts: {}, load: async () => ({ ...(await import("./ar.json")).default, ...(await import("./said.ar.json")).default }) },
  ru: { name: "Русский", dir: "ltr", texts: {}, load: async () => ({ ...(await import("./ru.json")).default, ...(await import("./said.ru.json")).default }) },
  zh: { name: "中文", dir: "ltr", texts: {}, load: async () => ({ ...(await import("./zh.json")).default, ...(await import("./said.zh.json")).default }) },
};
export const languageNames = Object.entries(languages).map(([code, { name }]) => ({ code, name }));

/** The words of one screen, whose keys begin with its name; called by its index.tsx before anything is drawn. */
export function addWords(words: { en: Texts; ar: Texts; ru: Texts; zh: Texts }): void {
  for (const [code, texts] of Object.entries(words)) Object.assign(languages[code]?.texts ?? {}, texts);
}

export const language = signal("en");
export const dir = computed(() => languages[language.value]?.dir ?? "ltr");
/** Latin digits in every language: readings are compared with reports and commands. */
const locale = computed(() => `${language.value === "en" ? "en-GB" : language.value}-u-nu-latn`);

const plurals = computed(() => new Intl.PluralRules(language.value));

export function t(key: Key, args: Args = {}): string {
  const text = languages[language.value]?.texts[key] ?? languages["en"]?.texts[key] ?? key;
  const form = typeof text === "string" ? text : text[plurals.value.select(Number(args["count"] ?? 0))] ?? text.other ?? "";
  return form.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = args[name];
    return value === undefined ? whole : typeof value === "number" ? number(value) : isolate(value);
  });
}

/** Whether the page's language has words of its own for a key. */
export const hasWords = (key: string): key is Key => languages[language.value]?.texts[key] !== undefined;

/** The two letters of a country: typed so, or its name in the page's language or in English; null where it is neither. */
export function countryCode(typed: string): string | null {
  const text = typed.trim();
  if (/^[A-Za-z]{2}$/.test(text)) return text.toUpperCase();
  return countries(language.value).get(folded(text)) ?? countries("en").get(folded(text)) ?? OTHER_NAMES[folded(text)] ?? null;
}

const folded = (text: string): string =>
  text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/&/g, "and").replace(/\bst\. /g, "saint ").replace(/-/g, " ").replace(/\bthe /g, "");

/** English names that the browser has another for, as Noonmark's own list of towns and most people write them. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  "bonaire, saint eustatius and saba": "BQ", "cocos islands": "CC", "democratic republic of congo": "CD", "republic of congo": "CG", "ivory coast": "CI",
  "cabo verde": "CV", "hong kong": "HK", macao: "MO", pitcairn: "PN", "palestinian territory": "PS", turkey: "TR", vatican: "VA",
  "czech republic": "CZ", swaziland: "SZ", uk: "GB", "great britain": "GB", usa: "US", "united states of america": "US",
};
const LETTERS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
const named = new Map<string, Map<string, string>>();
function countries(of: string): Map<string, string> {
  let known = named.get(of);
  if (known === undefined) {
    const names = new Intl.DisplayNames([of], { type: "region", fallback: "none" });
    const codes = LETTERS.flatMap((first) => LETTERS.map((second) => first + second)).filter((code) => new Intl.Locale(`und-${code}`).region === code);
    known = new Map(codes.flatMap((code) => namesOf(names.of(code)).map((name) => [folded(name), code] as const)));
    named.set(of, known);
  }
  return known;
}

/** "Myanmar (Burma)" is typed as a whole, or as either name. */
const namesOf = (name: string | undefined): string[] => (name === undefined ? [] : [name, ...(/^(.+) \((.+)\)$/.exec(name)?.slice(1) ?? [])]);

/** A day of a page that is read from the right stays in its own order wherever it stands, also beside digits or in a part that runs from the left. */
const ownOrder = (words: string): string => (dir.value === "rtl" ? `\u2067${words}\u2069` : words);

/** Text of others inside a sentence: its direction must not turn ours, nor may it break out. */
function isolate(value: string): string {
  // What t() itself put round a text inside this one goes; it is put round the whole.
  const safe = value.replace(/[\u2067-\u2069]/g, "").replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
  return dir.value === "rtl" || /[\u0590-\u08ff\u200e\u200f]/.test(safe) ? `\u2068${safe}\u2069` : safe;
}

/** Words of others on a canvas, whose own direction is the map's: they run as their first letter says. */
export const ownWay = (value: string): string => (/[\u0590-\u08ff\ufb1d-\ufefc]/.test(value) ? `\u2068${value}\u2069` : value);

/** What stands between the parts of a list, in the page's language. */
const between: Record<string, string> = { ar: "، ", zh: "、" };
/** Parts one after the other, none of them stressed: "a, b, c". */
export const listed = (parts: readonly string[]): string => parts.map(isolate).join(between[language.value] ?? ", ");

/** Bidi overrides and control characters made visible: a file name must not look like another. Marks that turn no other letter are left out, joiners of letters stay. */
export const plain = (value: string): string =>
  value.replace(/[\u061c\u200b\u200e\u200f\u2060\ufeff]/g, "").replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2061-\u2069]/g, "\ufffd");

/** Formats, each made once: making one takes longer than a step of a drag may. */
const formats = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();
function made<F extends Intl.NumberFormat | Intl.DateTimeFormat>(kind: string, make: () => F): F {
  const key = `${locale.value} ${kind}`;
  let known = formats.get(key) as F | undefined;
  if (known === undefined) formats.set(key, (known = make()));
  return known;
}
const numbers = (options: Intl.NumberFormatOptions): Intl.NumberFormat => made(JSON.stringify(options), () => new Intl.NumberFormat(locale.value, options));

export const number = (value: number, digits = 1): string => numbers({ maximumFractionDigits: digits }).format(value);

/** A place on a picture, or a time of a clip: always as many digits behind the decimal mark, and none grouped, as in the fields beside it. */
export const fixed = (value: number, digits: number): string => numbers({ minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false }).format(value);

/** A measured number, to four figures. */
export const figures = (value: number): string => numbers({ maximumSignificantDigits: 4 }).format(value);

/** A length of time such as 2 hours, in short. */
export const lengthOf = (value: number, unit: "day" | "hour" | "minute" | "second"): string => numbers({ style: "unit", unit, unitDisplay: "short" }).format(value);

/** Three significant digits: an area is never known better. Millions in words. */
export const rough = (value: number): string =>
  numbers({ maximumSignificantDigits: value >= 100 ? 3 : 2, ...(value >= 1e6 ? { notation: "compact", compactDisplay: "long" } : {}) }).format(value);

const LEAST_SHARE = 1e-3;
const percents = (share: number): string => numbers({ style: "percent", maximumFractionDigits: share < 0.1 || share > 0.99 ? 1 : 0 }).format(share);
/** A share, never told as none or as all when it is not. */
export const percent = (share: number): string =>
  share > 0 && share < LEAST_SHARE / 2 ? t("share.under", { share: percents(LEAST_SHARE) })
  : share < 1 && share >= 1 - LEAST_SHARE / 2 ? t("share.over", { share: percents(1 - LEAST_SHARE) }) : percents(share);

const stamp = (options: Intl.DateTimeFormatOptions, zone: string): Intl.DateTimeFormat =>
  made(`${zone} ${JSON.stringify(options)}`, () => new Intl.DateTimeFormat(locale.value, { timeZone: zone, calendar: "gregory", ...options }));

/** A Russian day stays beside its month, and the word for the year beside its number. */
const keptTogether = (date: string): string => date.replace(/(\d) (?=[а-я])/g, "$1\u00a0");
export const day = (utc: string | number, zone = "UTC"): string => ownOrder(keptTogether(stamp({ day: "numeric", month: "short", year: "numeric" }, zone).format(new Date(utc))));
/** A month of a year. */
export const month = (utc: number): string => ownOrder(keptTogether(stamp({ month: "short", year: "numeric" }, "UTC").format(new Date(utc))));
export const clock = (utc: string | number, zone = "UTC"): string =>
  stamp({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, zone).format(new Date(utc));
export const moment = (utc: string | number, zone = "UTC"): string => `${day(utc, zone)} ${clock(utc, zone)}`;

/** "7 Oct 2022, 09:40–10:20 UTC": spans within one day, with what the language puts between a day and a time. */
export function withinDay(spans: readonly (readonly [string | number, string | number])[]): string {
  const times = spans.map(([from, to]) => (clock(from) === clock(to) ? clock(from) : `${clock(from)}–${clock(to)}`));
  const after = { ar: "، ", zh: " " }[language.value] ?? ", ";
  return `${day(spans[0]?.[0] ?? 0)}${after}${times.join(between[language.value] ?? ", ")} UTC`;
}

const regionNames = computed(() => new Intl.DisplayNames([language.value], { type: "region" }));
export function country(code: string): string {
  try {
    return regionNames.value.of(code) ?? code;
  } catch {
    return code;
  }
}

/** The words of a language are fetched when it is first chosen; until they are here the page stays as it is. */
export async function setLanguage(code: string): Promise<void> {
  const chosen = languages[code];
  if (chosen === undefined) return;
  Object.assign(chosen.texts, await chosen.load());
  language.value = code;
  document.documentElement.lang = code === "zh" ? "zh-Hans" : code;
  document.documentElement.dir = dir.value;
  localStorage.setItem("noonmark-language", code);
}

export async function startLanguage(): Promise<void> {
  const wanted = localStorage.getItem("noonmark-language") ?? navigator.language.slice(0, 2);
  await setLanguage(languages[wanted] === undefined ? "en" : wanted);
}
