/** The calendar's numbers: which cell lies where on the picture, in UTC or in a zone. No drawing. */
import type { Calendar, SunRow } from "../types.ts";

export const DAY_MS = 86_400_000;
export const start = (calendar: Calendar): number => Date.parse(`${calendar.dates[0].slice(0, 10)}T00:00:00Z`);

/** Minutes that a zone's clock is ahead of UTC at an instant. */
export function offsetMinutes(zone: string, utc: number): number {
  if (zone === "UTC") return 0;
  const parts = Object.fromEntries(formatter(zone).formatToParts(utc).map((part) => [part.type, part.value]));
  const local = Date.UTC(Number(parts["year"]), Number(parts["month"]) - 1, Number(parts["day"]), Number(parts["hour"]), Number(parts["minute"]), Number(parts["second"]));
  return Math.round((local - Math.floor(utc / 1000) * 1000) / 60_000);
}

const formatters = new Map<string, Intl.DateTimeFormat>();
function formatter(zone: string): Intl.DateTimeFormat {
  let known = formatters.get(zone);
  if (known === undefined) {
    known = new Intl.DateTimeFormat("en-u-ca-gregory-nu-latn", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" });
    formatters.set(zone, known);
  }
  return known;
}

export const isZone = (zone: string): boolean => {
  try {
    formatter(zone);
    return true;
  } catch {
    return false;
  }
};

/** By row, the shift from UTC [min] at that row's noon. */
export function shifts(calendar: Calendar, zone: string): Int32Array {
  const from = start(calendar);
  const table = new Int32Array(calendar.rows);
  for (let row = 0; row < calendar.rows; row++) table[row] = offsetMinutes(zone, from + (row + 0.5) * calendar.step_days * DAY_MS);
  return table;
}

/**
 * Levels as the picture shows them: a column per row of the calendar, local midnight on top. What lies past local midnight belongs
 * to the neighbouring day, and is drawn there.
 */
export function localLevels(calendar: Calendar, shift: Int32Array): Uint8Array {
  const { rows, columns, step_min, level, step_days } = calendar;
  const out = new Uint8Array(rows * columns).fill(255);
  for (let row = 0; row < rows; row++) {
    const move = Math.round((shift[row] ?? 0) / step_min);
    for (let column = 0; column < columns; column++) {
      const to = column + move;
      const day = step_days === 1 ? row + Math.floor(to / columns) : row;
      if (day < 0 || day >= rows) continue;
      const at = ((to % columns) + columns) % columns;
      const value = level[row * columns + column] ?? 255;
      const cell = at * rows + day;
      if (value < (out[cell] ?? 255)) out[cell] = value;
    }
  }
  return out;
}

/** Minutes of the UTC day of "HH:MM", "HH:MM:SS" or a whole instant; null where the sun does not do it that day. */
export function minutesOf(text: string | null | undefined): number | null {
  if (text === null || text === undefined) return null;
  const found = /(?:T|^)(\d{1,2}):(\d{2})(?::(\d{2}))?/.exec(text);
  return found === null ? null : Number(found[1]) * 60 + Number(found[2]) + Number(found[3] ?? 0) / 60;
}

export interface Cell {
  row: number;
  column: number;
}

/** The instants a cell of the picture stands for. */
export function span(calendar: Calendar, shift: Int32Array, cell: Cell): { from: string; to: string; level: number } {
  const midnight = start(calendar) + cell.row * calendar.step_days * DAY_MS;
  const from = midnight + (cell.column * calendar.step_min - (shift[cell.row] ?? 0)) * 60_000;
  const to = from + ((calendar.step_days - 1) * 1440 + calendar.step_min) * 60_000;
  const iso = (ms: number): string => new Date(ms).toISOString().replace(".000Z", "Z");
  return { from: iso(from), to: iso(to), level: 255 };
}

export function cellAt(calendar: Calendar, shift: Int32Array, utc: number): Cell | null {
  const day = Math.floor((utc - start(calendar)) / (calendar.step_days * DAY_MS));
  const local = utc + (shift[Math.max(0, Math.min(calendar.rows - 1, day))] ?? 0) * 60_000;
  const row = Math.floor((local - start(calendar)) / (calendar.step_days * DAY_MS));
  if (row < 0 || row >= calendar.rows) return null;
  const minutes = (((local / 60_000) % 1440) + 1440) % 1440;
  return { row, column: Math.min(calendar.columns - 1, Math.floor(minutes / calendar.step_min)) };
}

export type Curve = { x: number; minute: number }[][];

/** One of the sun's daily times as pieces of curve, cut where it passes midnight. x in rows. */
export function curve(calendar: Calendar, shift: Int32Array, which: Exclude<keyof SunRow, "date">): Curve {
  const pieces: Curve = [];
  let piece: { x: number; minute: number }[] = [];
  for (const sun of calendar.sun) {
    const utc = minutesOf(sun[which]);
    const row = (Date.parse(`${sun.date.slice(0, 10)}T00:00:00Z`) - start(calendar)) / (calendar.step_days * DAY_MS);
    const last = piece.at(-1);
    if (utc === null) {
      if (piece.length > 0) pieces.push(piece);
      piece = [];
      continue;
    }
    const moved = utc + (shift[Math.max(0, Math.min(calendar.rows - 1, Math.floor(row)))] ?? 0);
    const minute = ((moved % 1440) + 1440) % 1440;
    if (last !== undefined && Math.abs(last.minute - minute) > 360) {
      pieces.push(piece);
      piece = [];
    }
    piece.push({ x: row + 0.5, minute });
  }
  if (piece.length > 0) pieces.push(piece);
  return pieces;
}

/** The hours worth showing [min, min]: those of the 90 % region with room around them, or the whole day where they are many. */
export function busyHours(calendar: Calendar, levels: Uint8Array): [number, number] {
  const { rows, columns, step_min } = calendar;
  let [least, most] = [columns, -1];
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) {
      if ((levels[column * rows + row] ?? 255) > 230) continue;
      least = Math.min(least, column);
      most = Math.max(most, column);
      break;
    }
  }
  const [from, to] = [least * step_min, (most + 1) * step_min];
  if (most < 0 || to - from > 420) return [0, 1440];
  const start_ = Math.max(0, Math.floor((from - 90) / 60) * 60);
  return [start_, Math.min(1440, Math.max(start_ + 240, Math.ceil((to + 90) / 60) * 60))];
}
