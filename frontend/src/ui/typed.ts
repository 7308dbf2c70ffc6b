/**
 * Dates, times and places as people type them, read as noonmark.typed_times and noonmark.typed_places read them; tests/vectors/typed.json
 * holds both to the same answers. Nothing is guessed: what could be read in two ways is refused.
 */
import { offsetMinutes, isZone } from "../calendar/grid.ts";
import { AFTER_NOON, BEFORE_NOON, MONTHS, numberOf, plainSigns, SIDES } from "./typed_words.ts";

const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const WEEKDAY = /^([a-z]{3,9})\.?,?\s+(?=\d|[a-z])/i;

/** A pattern of any of some words, the longest first. */
const oneOf = (words: readonly string[]): string => [...words].sort((one, other) => other.length - one.length).join("|");

const MONTH = `(?<m>${oneOf(MONTHS.flat())}|[a-zа-я]{3,9})`;
const DATES = [
  String.raw`(?<y>\d{4})(?<s>[-/.:])(?<m>\d{1,2})\k<s>(?<d>\d{1,2})(?!\d)`,
  String.raw`(?<d>\d{1,2})(?:st|nd|rd|th|\.)?\s+${MONTH}\.?,?\s+(?<y>\d{4})(?:\s*г\.)?`,
  String.raw`${MONTH}\.?\s+(?<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?<y>\d{4})`,
  String.raw`(?<y>\d{4})\s?[年년]\s?(?<m>\d{1,2})\s?[月월]\s?(?<d>\d{1,2})\s?[日号號일]`,
  String.raw`(?<y>\d{4})-?\s?يىلى?\s(?<m>\d{1,2})-?\s?ئاي(?:نىڭ)?\s(?<d>\d{1,2})-?\s?كۈنى?`,
  String.raw`(?<y>\d{4})\s?ခုနှစ်,?\s?${MONTH}လ?\s?(?<d>\d{1,2})\s?ရက်`,
].map((pattern) => new RegExp(`^${pattern}`, "i"));
const HALF = oneOf([...BEFORE_NOON.slice(1), ...AFTER_NOON.slice(1)]);
const READING = String.raw`(?<h>\d{1,2})(?:[:.h](?<min>\d{2})(?:[:.](?<sec>\d{2})(?<part>[.,]\d{1,9})?)?)?`;
const CLOCKS = [
  String.raw`(?<half>${HALF})?\s*(?<h>\d{1,2})\s?[时時点點시](?:\s?(?<min>\d{1,2})\s?[分분](?:\s?(?<sec>\d{1,2})(?<part>[.,]\d{1,9})?\s?[秒초])?)?`,
  String.raw`(?<half>${HALF})\s*${READING}`,
  String.raw`${READING}\s*(?<half>[ap]\.?m\.?|${HALF})?`,
].map((pattern) => new RegExp(`^${pattern}`, "i"));
const OFFSET = /^(?:UTC|GMT)?(?<sign>[+-])(?<h>\d{1,2})(?::?(?<m>\d{2}))?$/i;
const ZONE = /^\[?([A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+){1,2})\]?$/;

type Groups = Record<string, string | undefined>;

const tidy = (text: string): string => plainSigns(text).trim().split(/\s+/).join(" ");

/** The first match of some patterns. */
function firstOf(patterns: readonly RegExp[], text: string): RegExpExecArray | null {
  for (const pattern of patterns) {
    const found = pattern.exec(text);
    if (found !== null) return found;
  }
  return null;
}

const two = (value: number): string => String(value).padStart(2, "0");

/** The date at the beginning of a text ("2014-07-16"), and what follows it. */
function leadingDate(words: string): { day: string; rest: string } | null {
  const weekday = WEEKDAY.exec(words);
  const named = weekday === null ? null : numberOf(weekday[1]!, WEEKDAYS);
  const text = named === null ? words : words.slice(weekday![0].length);
  const found = firstOf(DATES, text);
  if (found === null) return null;
  const { y = "", m = "", d = "" } = found.groups as Groups;
  const month = /^\d/.test(m) ? Number(m) : numberOf(m, ...MONTHS);
  if (month === null) return null;
  const day = `${y}-${two(month)}-${two(Number(d))}`;
  const at = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(at.getTime()) || !at.toISOString().startsWith(day)) return null;
  if (named !== null && (at.getUTCDay() + 6) % 7 !== named - 1) return null;
  return { day, rest: text.slice(found[0].length) };
}

/** The seconds of the day [s] of a matched reading; null where no clock shows it. */
function secondsOf(groups: Groups): number | null {
  const [hour, minute, second] = [Number(groups["h"]), Number(groups["min"] ?? 0), Number(groups["sec"] ?? 0)];
  const half = (groups["half"] ?? "").toLowerCase().replaceAll(".", "");
  if (half === "" ? groups["min"] === undefined : hour < 1 || hour > 12) return null;
  const shown = half === "" ? hour : (hour % 12) + (AFTER_NOON.includes(half) ? 12 : 0);
  const within = minute * 60 + second + Number((groups["part"] ?? "0").replace(",", "."));
  return minute > 59 || second > 60 || shown > 24 || (shown === 24 && within > 0) ? null : shown * 3600 + within;
}

/** A date alone: "2014-07-16", "16 July 2014", "Wed, July 16th, 2014". */
export function typedDate(text: string): string | null {
  const found = leadingDate(tidy(text));
  return found === null || found.rest.trim() !== "" ? null : found.day;
}

/** What a clock shows [s from midnight]: "15:04", "3:04:30 pm". */
export function typedClock(text: string): number | null {
  const words = tidy(text);
  const found = firstOf(CLOCKS, words);
  if (found === null || found[0].length !== words.length) return null;
  const groups = found.groups as Groups;
  return groups["min"] === undefined && groups["half"] === undefined ? null : secondsOf(groups);
}

const iso = (ms: number): string => new Date(ms).toISOString().replace(".000Z", "Z");

/** A date, or a date and a time, with an offset or a zone behind it or in UTC, as RFC 3339 in UTC; null also where it means no instant or two. */
export function typedTime(text: string): string | null {
  const found = leadingDate(tidy(text));
  if (found === null) return null;
  const rest = found.rest.replace(/^[Tt, ]+/, "").replace(/^(at|в) /, "").trim();
  const midnight = Date.parse(`${found.day}T00:00:00Z`);
  if (rest === "") return iso(midnight);
  const clock = firstOf(CLOCKS, rest);
  const seconds = clock === null ? null : secondsOf(clock.groups as Groups);
  if (clock === null || seconds === null) return null;
  return inZone(midnight + Math.round(seconds * 1000), rest.slice(clock[0].length).trim());
}

/** The instant of a clock's reading (ms as if it were UTC) with what is written behind it. */
function inZone(wall: number, behind: string): string | null {
  if (behind === "" || /^(z|utc|gmt)$/i.test(behind)) return iso(wall);
  const zone = ZONE.exec(behind)?.[1];
  if (zone !== undefined) return isZone(zone) ? onClock(wall, zone) : null;
  const { sign, h = "", m = "0" } = (OFFSET.exec(behind)?.groups ?? {}) as Groups;
  if (sign === undefined || Number(h) > 23 || Number(m) > 59) return null;
  const ahead = (Number(h) * 60 + Number(m)) * 60_000;
  return iso(sign === "-" ? wall + ahead : wall - ahead);
}

/** The one instant at which the clocks of a zone show a reading; null where they show it twice or never. */
function onClock(wall: number, zone: string): string | null {
  const offsets = new Set([-24, 0, 24].map((hours) => offsetMinutes(zone, wall + hours * 3_600_000)));
  const meant = [...offsets].map((minutes) => wall - minutes * 60_000).filter((at) => at + offsetMinutes(zone, at) * 60_000 === wall);
  return meant.length === 1 ? iso(meant[0]!) : null;
}

const PLAIN: readonly [RegExp, string][] = [[/[\u00ba\u02da]/g, "°"], [/[\u2032\u2019\u00b4]/g, "'"], [/[\u2033\u201d]|''/g, '"']];
const ANGLE = /^(?<before>[NSEW])?\s*(?<sign>[+-])?\s*(?<d>\d+\.?\d*|\.\d+)(?<exp>e[+-]?\d+)?\s*°?(?:\s*(?<m>\d+\.?\d*)\s*'?(?:\s*(?<s>\d+\.?\d*)\s*"?)?)?\s*(?<after>[NSEW])?$/i;

/** One angle [deg] with the letter of its side in capitals, "" without one; null for anything else. */
export function typedAngle(text: string): { deg: number; letter: string } | null {
  const found = ANGLE.exec(plainAngle(text).trim())?.groups as Groups | undefined;
  if (found === undefined) return null;
  const letter = (found["before"] ?? found["after"] ?? "").toUpperCase();
  const sides = [found["before"], found["after"], found["sign"]].filter((side) => side !== undefined).length;
  const units = [found["d"], found["m"], found["s"]].filter((unit): unit is string => unit !== undefined);
  const [deg = 0, ...smaller] = units.map((unit, index) => Number(index === 0 ? unit + (found["exp"] ?? "") : unit));
  if (sides > 1 || units.slice(0, -1).some((unit) => !/^\d+$/.test(unit)) || smaller.some((unit) => unit >= 60)) return null;
  const whole = deg + (smaller[0] ?? 0) / 60 + (smaller[1] ?? 0) / 3600;
  return { deg: found["sign"] === "-" || letter === "S" || letter === "W" ? -whole : whole, letter };
}

/** Two broken numbers with blanks between can only be broken by their commas; beside a whole one, a comma could part or break. */
const BROKEN = /^([+-]?\d{1,3},\d+(?:\s*°)?(?:\s*[NSEW])?),?\s+([+-]?\d{1,3},\d+(?:\s*°)?(?:\s*[NSEW])?)$/i;
const TWO_WAYS = /^([+-]?\d+,\d+\s+[+-]?\d+|[+-]?\d+\s+[+-]?\d+,\d+)$/;

const plainAngle = (text: string): string => [...PLAIN, ...SIDES].reduce((now, [odd, usual]) => now.replace(odd, usual), plainSigns(text));

function parts(text: string): string[] {
  const plain = plainAngle(text).trim().replace(/^[([]+|[)\]]+$/g, "").replace(/^geo:/, "").trim();
  if (TWO_WAYS.test(plain)) return [];
  const broken = BROKEN.exec(plain);
  if (broken !== null) return broken.slice(1).map((part) => part.replace(",", "."));
  if (plain.includes(";")) return plain.split(";").map((part) => part.replaceAll(",", ".").trim());
  if (plain.includes(",")) return plain.split(",").map((part) => part.trim());
  for (const cut of [/(?<=[NSEW])\s*(?=[-+\d])/i, /(?<=[\d.°'"])\s*(?=[NSEW]\s*\d)/i]) {
    const found = plain.split(cut);
    if (found.length === 2) return found.map((part) => part.trim());
  }
  return plain.split(/\s+/);
}

/** Latitude and longitude [deg] of a text: latitude first, or with N, S, E, W. */
export function typedPlace(text: string): [number, number] | null {
  const angles = parts(text).map(typedAngle);
  let [first, second] = angles;
  if (angles.length !== 2 || first == null || second == null) return null;
  if ("EW".includes(first.letter || "-") && "NS".includes(second.letter || "-")) [first, second] = [second, first];
  if ("EW".includes(first.letter || "-") || "NS".includes(second.letter || "-")) return null;
  return Math.abs(first.deg) > 90 || Math.abs(second.deg) > 180 ? null : [first.deg, second.deg];
}
