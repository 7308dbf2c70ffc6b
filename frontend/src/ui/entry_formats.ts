/**
 * What people type, read as values: numbers, coordinates, dates and times. Each is read in one way wherever it is typed:
 * digits of any script, a comma or a point, and UTC where no zone is said.
 */
import { t, type Key } from "../i18n/index.ts";

/** How a kind of value is read, shown again, and refused. */
export interface EntryFormat<V> {
  /** The value of a text; null where it can't be read. The text is not empty. */
  read: (text: string) => V | null;
  /** The value as text that `read` takes back. */
  show: (value: V) => string;
  /** What to say of a text that can't be read. */
  wrong: (text: string) => string;
  /** Numbers get the keyboard of numbers. */
  numeric: boolean;
  hint?: Key;
  placeholder?: string;
}

/** What a field holds that may stay empty: its value, null where it is empty; or `wrong`. */
export function readOptional<V>(of: EntryFormat<V>, text: string): { value: V | null; wrong: boolean } {
  if (text.trim() === "") return { value: null, wrong: false };
  const value = of.read(text);
  return { value, wrong: value === null };
}

/** Latin digits, a point and a minus sign in place of those of other scripts. */
export const latinDigits = (text: string): string =>
  text
    .replace(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0))
    .replace(/\u066b/g, ".")
    .replace(/\u2212/g, "-");

/** One number; a comma is its decimal point. Null for anything else. */
export function readNumber(text: string): number | null {
  const latin = latinDigits(text).replace(",", ".").trim();
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(latin) ? Number(latin) : null;
}

const DATE = String.raw`(\d{4})-(\d{2})-(\d{2})`;
const CLOCK = String.raw`(\d{2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?`;
const MOMENT = new RegExp(String.raw`^${DATE}(?:[T ]${CLOCK}\s*(Z|UTC|[+-]\d{2}:\d{2})?)?$`, "i");

/** A date or a moment as RFC 3339. A date alone is midnight UTC; no zone is UTC: the field says so. */
export function readTime(text: string): string | null {
  const found = MOMENT.exec(latinDigits(text).trim());
  if (found === null) return null;
  const [, year, month, date, hour = "00", minute = "00", second = "00", zone = "Z"] = found;
  const day = `${year}-${month}-${date}`;
  const written = `${day}T${hour}:${minute}:${second}${/^(z|utc)$/i.test(zone) ? "Z" : zone}`;
  return Number.isNaN(Date.parse(written)) || !isDay(day) ? null : written;
}

/** Whether the day exists: 30 February is read as 1 March by `Date`. */
function isDay(day: string): boolean {
  const at = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day);
}

/** A moment: a date and a time of day. */
export function readMoment(text: string): string | null {
  return text.includes(":") ? readTime(text) : null;
}

/** A date: "2024-06-21". */
export function readDate(text: string): string | null {
  const day = latinDigits(text).trim();
  return /^\d{4}-\d{2}-\d{2}$/.test(day) && isDay(day) ? day : null;
}

/** What a clock shows: "14:05" or "14:05:30". */
export function readClock(text: string): string | null {
  const latin = latinDigits(text).trim();
  const found = /^(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?$/.exec(latin);
  if (found === null) return null;
  const [, hour, minute, second = "0"] = found;
  return Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60 ? latin : null;
}

/** A latitude and a longitude in one text: "38.71, -9.14". */
export function readPlace(text: string): [number, number] | null {
  const found = /^\s*([+-]?\d+(?:\.\d+)?)\s*[,;\u060c\s]\s*([+-]?\d+(?:\.\d+)?)\s*$/.exec(latinDigits(text));
  if (found === null) return null;
  const [lat, lon] = [Number(found[1]), Number(found[2])];
  return Math.abs(lat) > 90 || Math.abs(lon) > 180 ? null : [lat, lon];
}

/** A date, or a date and a time of day; midnight UTC is shown as its date. */
export const time: EntryFormat<string> = {
  read: readTime,
  show: (value) => value.replace(/T00:00:00Z$/, ""),
  wrong: () => t("wrong.time"),
  numeric: false,
  hint: "hint.time",
};

export const moment: EntryFormat<string> = {
  read: readMoment,
  show: (value) => value,
  wrong: () => t("frame.scene.atWrong"),
  numeric: false,
  placeholder: "2022-10-07T14:40:00Z",
};

export const date: EntryFormat<string> = { read: readDate, show: (value) => value, wrong: () => t("wrong.time"), numeric: false };
export const clock: EntryFormat<string> = { read: readClock, show: (value) => value, wrong: () => t("wrong.time"), numeric: false };

export const place: EntryFormat<[number, number]> = {
  read: readPlace,
  show: ([lat, lon]) => `${lat}, ${lon}`,
  wrong: () => t("wrong.place"),
  numeric: false,
  placeholder: "38.7075, -9.1365",
};

/** A number from `low` to `high`, shown with so many decimals at most. */
export function numberFrom(low: number, high: number, digits = 4): EntryFormat<number> {
  return {
    read: (text) => {
      const value = readNumber(text);
      return value === null || value < low || value > high ? null : value;
    },
    show: (value) => String(Number(value.toFixed(digits))),
    wrong: (text) => {
      const value = readNumber(text);
      if (value === null) return t("wrong.number");
      return value < low ? t("wrong.least", { limit: low }) : t("wrong.most", { limit: high });
    },
    numeric: true,
  };
}

/** Seven decimals: about a centimetre. */
const COORDINATE_DIGITS = 7;
export const latitude = numberFrom(-90, 90, COORDINATE_DIGITS);
export const longitude = numberFrom(-180, 180, COORDINATE_DIGITS);
/** The edge of a box, which may lie beyond the 180th meridian. */
export const edgeLongitude = numberFrom(-180, 360, COORDINATE_DIGITS);
