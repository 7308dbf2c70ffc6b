/**
 * What people type, read as values: numbers, coordinates, dates and times. Each is read in one way wherever it is typed:
 * digits of any script, a comma or a point, and UTC where no zone is said (typed.ts).
 */
import { isZone } from "../calendar/grid.ts";
import { t, type Key } from "../i18n/index.ts";
import { typedAngle, typedClock, typedDate, typedPlace, typedTime } from "./typed.ts";
import { numberReadings, readNumber } from "./typed_numbers.ts";
import { plainSigns } from "./typed_words.ts";

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
  /** What may be typed, offered as a list. */
  choices?: () => string[];
}

/** What a field holds that may stay empty: its value, null where it is empty; or `wrong`. */
export function readOptional<V>(of: EntryFormat<V>, text: string): { value: V | null; wrong: boolean } {
  if (text.trim() === "") return { value: null, wrong: false };
  const value = of.read(text);
  return { value, wrong: value === null };
}

const WITH_OFFSET = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*([+-]\d{2}:\d{2})$/;

/** A date or a moment as RFC 3339. A date alone is midnight UTC; no zone is UTC: the field says so. An offset stays as it was typed. */
export function readTime(text: string): string | null {
  const utc = typedTime(text);
  const [, date, clock = "", offset] = WITH_OFFSET.exec(plainSigns(text).trim()) ?? [];
  return utc === null || offset === undefined ? utc : `${date}T${clock.length === 5 ? `${clock}:00` : clock}${offset}`;
}

/** A moment: a date and a time of day. */
export const readMoment = (text: string): string | null => (typedDate(text) === null ? readTime(text) : null);

/** What a clock shows, as "14:05" or "14:05:30". */
function readClock(text: string): string | null {
  const total = typedClock(text);
  if (total === null) return null;
  const [hour, minute, second] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, Number((total % 60).toFixed(6))];
  const two = (value: number): string => (value < 10 ? `0${value}` : String(value));
  return `${two(hour)}:${two(minute)}${second === 0 ? "" : `:${two(second)}`}`;
}

/** The clocks that are no zone of the database. */
const CLOCKS = ["UTC", "local", "mean_solar", "apparent_solar"];
const zoneNames = (): string[] => [...CLOCKS, ...Intl.supportedValuesOf("timeZone")];

/** A zone by its name, or by its city alone where only one zone has it. */
function readZone(text: string): string | null {
  const wanted = text.trim().toLowerCase().replaceAll(" ", "_");
  const names = zoneNames();
  const whole = names.find((name) => name.toLowerCase() === wanted);
  if (whole !== undefined) return whole;
  const cities = names.filter((name) => name.toLowerCase().endsWith(`/${wanted}`));
  if (cities.length === 1) return cities[0]!;
  return text.includes("/") && isZone(text.trim()) ? text.trim() : null;
}

/** A date, or a date and a time of day; midnight UTC is shown as its date. */
export const time: EntryFormat<string> = {
  read: readTime,
  show: (value) => value.replace(/T00:00:00Z$/, ""),
  wrong: () => t("wrong.time"),
  numeric: false,
  hint: "hint.time",
};

const DAY_MS = 86_400_000;

/** The end of a span at midnight as the last day in it; any other moment as it is. */
export const shownEnd = (value: string): string =>
  value.endsWith("T00:00:00Z") ? new Date(Date.parse(value) - DAY_MS).toISOString().slice(0, 10) : value;

/** The end of a span: a date alone holds the whole of that day (UTC), as in a clue file. */
export const endTime: EntryFormat<string> = {
  ...time,
  read: (text) => {
    const day = typedDate(text);
    return day === null ? readTime(text) : `${new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10)}T00:00:00Z`;
  },
  show: shownEnd,
  hint: "hint.endTime",
};

export const moment: EntryFormat<string> = {
  read: readMoment,
  show: (value) => value,
  wrong: () => t("frame.scene.atWrong"),
  numeric: false,
  placeholder: "2022-10-07T14:40:00Z",
};

export const date: EntryFormat<string> = { read: typedDate, show: (value) => value, wrong: () => t("wrong.time"), numeric: false };
export const clock: EntryFormat<string> = { read: readClock, show: (value) => value, wrong: () => t("wrong.time"), numeric: false };
export const zone: EntryFormat<string> = {
  read: readZone, show: (value) => value, wrong: () => t("wrong.zone"), numeric: false, hint: "hint.zone", placeholder: "Europe/Oslo", choices: zoneNames,
};

export const place: EntryFormat<[number, number]> = {
  read: typedPlace,
  show: ([lat, lon]) => `${lat}, ${lon}`,
  wrong: () => t("wrong.place"),
  numeric: false,
  placeholder: "38.7075, -9.1365",
};

/** A number from `low` to `high`, shown with so many decimals at most. */
export function numberFrom(low: number, high: number, digits = 4): EntryFormat<number> {
  const fits = (value: number): boolean => value >= low && value <= high;
  return {
    read: (text) => readNumber(text, fits),
    show: (value) => String(Number(value.toFixed(digits))),
    wrong: (text) => {
      const [value, other] = numberReadings(text);
      if (value === undefined) return t("wrong.number");
      if (other !== undefined && fits(value) && fits(other)) return t("wrong.two");
      return value < low ? t("wrong.least", { limit: low }) : t("wrong.most", { limit: high });
    },
    numeric: true,
  };
}

/** Seven decimals: about a centimetre. */
const COORDINATE_DIGITS = 7;
/** An angle within limits, as a number or as degrees, minutes and seconds with the letter of its side. */
function angleFrom(low: number, high: number, letters: string): EntryFormat<number> {
  const plain = numberFrom(low, high, COORDINATE_DIGITS);
  const valueOf = (text: string): number | null => {
    const angle = typedAngle(text);
    return readNumber(text, (value) => value >= low && value <= high) ?? (angle !== null && (angle.letter === "" || letters.includes(angle.letter)) ? angle.deg : null);
  };
  const within = (text: string): string => String(valueOf(text) ?? text);
  return { ...plain, numeric: false, read: (text) => plain.read(within(text)), wrong: (text) => plain.wrong(within(text)) };
}
export const latitude = angleFrom(-90, 90, "NS");
export const longitude = angleFrom(-180, 180, "EW");
/** The edge of a box, which may lie beyond the 180th meridian. */
export const edgeLongitude = angleFrom(-180, 360, "EW");
