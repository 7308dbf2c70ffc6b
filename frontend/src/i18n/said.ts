/**
 * Sentences of Python's in the page's language. They come as code and values beside the English text, which is shown where the page has no words
 * of its own, as in English (docs/spec/page.md). The words stand in said.*.json.
 */
import { country, countryCode, day, figures, hasWords, language, lengthOf, listed, moment, t, type Args } from "./index.ts";

export interface Sentence {
  code: string;
  values: Readonly<Record<string, Value>>;
}
type Value = string | number | readonly Sentence[];
/** The sentences of texts that stand beside them, by text; none for one that is not Noonmark's. */
export type ToldTexts = Readonly<Record<string, readonly Sentence[]>>;

/** The sentences of several texts, one after the other; none where one of the texts has none. */
export function toldOf(texts: readonly string[], told: ToldTexts | undefined): readonly Sentence[] {
  const found = texts.map((text) => told?.[text] ?? []);
  return found.some((one) => one.length === 0) ? [] : found.flat();
}

/** The sentences in the page's language; null where it has no words for one of them. */
export function saidWords(sentences: readonly Sentence[] | undefined): string | null {
  if (sentences === undefined || sentences.length === 0 || language.value === "en") return null;
  const words = sentences.map(({ code, values }) => {
    const key = `said.${code}`;
    return hasWords(key) ? t(key, argsOf(values)) : null;
  });
  return words.includes(null) ? null : words.join(t("said.word.between"));
}

const argsOf = (values: Sentence["values"]): Args => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, argOf(name, value)]));

function argOf(name: string, value: Value): string | number {
  if (typeof value === "number") return name === "count" ? value : figures(value);
  if (typeof value !== "string") return saidWords(value) ?? "";
  if (/^\d{4}-\d\d-\d\d$/.test(value)) return day(value);
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return `${moment(value)} UTC`;
  return named[name]?.(value) ?? value;
}

/** The page's own word under the first of some keys that it has. */
function word(keys: readonly string[], otherwise: string): string {
  const key = keys.find(hasWords);
  return key === undefined ? otherwise : t(key as Parameters<typeof t>[0]);
}

/** "2022-06-21 and 2022-06-22": the days as the language writes them. */
const eachDay = (value: string): string => listed(value.split(" and ").map((one) => (/^\d{4}-\d\d-\d\d$/.test(one) ? day(one) : one)));

/** What somebody said, or that nobody knows it. */
const known = (value: string): string => (value === "unknown" ? word(["said.word.unknown"], value) : value);

const UNITS = { d: "day", h: "hour", min: "minute", s: "second" } as const;
const MARK = /^([a-z_ ]+?)(?: \((.+)\))?$/;

/** "2 h 3 min", as the language writes it. */
const lengthWords = (value: string): string =>
  [...value.matchAll(/(\d+) (d|h|min|s)\b/g)].map(([, count, unit]) => lengthOf(Number(count), UNITS[unit as keyof typeof UNITS])).join(" ");

/** Values that are words of Noonmark's own, by their name. */
const named: Readonly<Record<string, (value: string) => string>> = {
  clue: (value) => word([`clue.${value}`], value),
  ...Object.fromEntries(["giver", "taker", "means", "consent", "restriction", "authority"].map((name) => [name, known])),
  where: (value) => {
    const [, at] = /^clue\[(\d+)\]/.exec(value) ?? [];
    return at === undefined ? value : t("said.word.clue", { number: Number(at) + 1 });
  },
  days: eachDay,
  times: eachDay,
  km: (value) => figures(Number(value.replace(/[\s,]/g, ""))),
  bearing: (value) => word([`said.word.bearing.${value}`], value),
  country: (value) => country(countryCode(value) ?? value),
  items: (value) => (value === "all" ? word(["said.word.all"], value) : listed(value.split(", "))),
  relation: (value) => word([`said.word.relation.${value}`], value),
  kind: (value) => word([`said.word.kind.${value}`], value),
  event: (value) => word([`sites.event.${value.replace(/^no longer /, "not.")}`], value),
  form: (value) => word([`said.word.form.${value}`, `export.${value}`], value),
  point: (value) => word([`said.word.${value}`], word(["said.word.point"], value)),
  field: (value) => word([`frame.${value}`, `frame.field.${value}`], value),
  mark: (value) => {
    const [, means = value, name] = MARK.exec(value) ?? [];
    const what = word([`frame.means.${means.replace(" ", "_")}`], means);
    return name === undefined ? what : t("said.word.named", { what, name });
  },
  picture: (value) => {
    const [, name, number] = /^(.*), frame (\d+)$/s.exec(value) ?? [];
    return name === undefined || number === undefined ? value : t("said.word.frame", { name, number });
  },
  length: lengthWords,
  shift: lengthWords,
};
