/** Words of claims that several parts show. Likelihood and confidence never stand in one of them. */
import { language, t } from "../../i18n/index.ts";
import type { Claim, Column, Judgement } from "./api.ts";
import { table } from "./store.ts";

/** The claim in the page's language where it was said so, else in English, else in any. */
export function claimText(claim: Claim): string {
  const tags = Object.keys(claim.text);
  const tag = tags.find((one) => one.split(/[-_]/)[0] === language.value) ?? tags.find((one) => one.startsWith("en")) ?? tags[0];
  return (tag === undefined ? null : claim.text[tag]) ?? t("claims.withdrawn");
}

/** An alias is told as two words with capitals, a file by its name. */
export function columnTitle(column: Column): string {
  return column.kind === "account" ? aliasTitle(column.title) : column.kind === "answer" ? t("claims.kind.answer") : column.title.replace(/\.[a-z0-9]{2,4}$/i, "");
}

export const aliasTitle = (alias: string): string => alias.split("-").map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join(" ");

export function originsText({ origins: { fewest, most } }: Claim): string {
  return fewest === most ? String(most) : t("claims.range", { fewest, most });
}

/** The likelihood of what was judged: its words, several where several judged; a dash where nobody has. */
export function likelihood(claim: Claim): string {
  return claim.judgements.length === 0 ? "–" : [...new Set(claim.judgements.map(bandWords))].join("; ");
}

/** The seven steps that a judgement covers, by their numbers from 0. */
export function bandsOf({ low_pct, high_pct }: Judgement): number[] {
  return (table.value?.bands ?? []).flatMap(([low, high], at) => (low < high_pct && low_pct < high ? [at] : []));
}

export function bandWords(judgement: Judgement): string {
  const on = bandsOf(judgement);
  const [first, last] = [on[0] ?? 0, on[on.length - 1] ?? 0];
  return first === last ? t(`claims.band.${first}`) : t("claims.bands", { from: t(`claims.band.${first}`), to: t(`claims.band.${last}`) });
}

/** Several things in one phrase, as the language joins them. */
export const list = (parts: string[]): string => new Intl.ListFormat(language.value, { type: "conjunction" }).format(parts);

/** Whether the letters of a text stand upright where it runs from above; all others lie on their side, and are turned to be read from below. */
export const standsUpright = (text: string): boolean => /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text);
