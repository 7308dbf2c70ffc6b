/** The dates written under the calendar: round steps of days or months, as many as have room. */
import { day, month as monthOf } from "../i18n/index.ts";
import type { Calendar } from "../types.ts";
import { DAY_MS, start } from "./grid.ts";

export interface Tick {
  row: number;
  label: string;
}

const DAYS_PER_MONTH = 30.4;

/** Ticks of a calendar so wide [px], no two days and no two months nearer to each other than about so much [px]. */
export function dateTicks(calendar: Calendar, width: number, apart: { day: number; month: number }): Tick[] {
  const days = calendar.rows * calendar.step_days;
  const months = days / DAYS_PER_MONTH;
  const most = (px: number): number => Math.max(2, Math.floor(width / px));
  return months / most(apart.month) >= 0.8 ? monthTicks(calendar, months, most(apart.month)) : dayTicks(calendar, days, most(apart.day));
}

function dayTicks(calendar: Calendar, days: number, most: number): Tick[] {
  const step = [1, 2, 5, 7, 14, 28, 56].find((value) => days / value <= most) ?? 112;
  const from = start(calendar);
  const ticks: Tick[] = [];
  for (let at = 0; at < days; at += step) ticks.push({ row: at / calendar.step_days, label: day(from + at * DAY_MS) });
  return ticks;
}

function monthTicks(calendar: Calendar, months: number, most: number): Tick[] {
  const step = [1, 2, 3, 6, 12, 24, 60, 120, 240].find((value) => months / value <= most) ?? 600;
  const from = start(calendar);
  const end = from + calendar.rows * calendar.step_days * DAY_MS;
  const first = new Date(from);
  const ticks: Tick[] = [];
  for (let month = Math.ceil((first.getUTCFullYear() * 12 + first.getUTCMonth()) / step) * step; ; month += step) {
    const at = Date.UTC(Math.floor(month / 12), month % 12, 1);
    if (at > end) return ticks;
    if (at >= from) ticks.push({ row: (at - from) / DAY_MS / calendar.step_days, label: monthLabel(at, step) });
  }
}

/** The year alone where the steps are whole years; else without the day, which is the first. */
function monthLabel(at: number, step: number): string {
  return step >= 12 ? new Date(at).getUTCFullYear().toString() : monthOf(at);
}
