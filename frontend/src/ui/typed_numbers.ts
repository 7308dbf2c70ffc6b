/**
 * Numbers as people type them: digits of any script, thousands parted as the page or another country parts them, a point or a comma
 * before the fraction. Nothing is guessed: a text that could be two numbers has both readings.
 */
import { number } from "../i18n/index.ts";
import { plainSigns } from "./typed_words.ts";

const DECIMAL = /^[-+]?(\d+[.,]?\d*|[.,]\d+)(e[-+]?\d+)?$/i;
const GROUPED = /^(?<whole>[-+]?[1-9]\d{0,2}(?<sign>[ ,.'’])\d{3}(?:\k<sign>\d{3})*)(?:(?<mark>[.,])(?<fraction>\d+))?$/;

/** Every number that a text can be. */
export function numberReadings(text: string): number[] {
  const plain = plainSigns(text).trim();
  const found = DECIMAL.test(plain) ? [Number(plain.replace(",", "."))] : [];
  const { whole = "", sign = "", mark, fraction = "" } = GROUPED.exec(plain)?.groups ?? {};
  const digits = whole.replaceAll(sign, "");
  // One comma parts thousands where the page writes them so; one point never does, for it begins the fraction of what the fields show.
  const parts = found.length === 0 ? sign !== mark : sign === "," && number(1000).includes(",");
  return whole !== "" && parts ? [...found, Number(`${digits}.${fraction || "0"}`)] : found;
}

/** The one number that a text can be, of those that fit; null where there is none, or two. */
export function readNumber(text: string, fits: (value: number) => boolean = () => true): number | null {
  const found = numberReadings(text).filter(fits);
  return found.length === 1 ? found[0]! : null;
}
