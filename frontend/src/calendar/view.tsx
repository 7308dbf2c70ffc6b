import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import { placeCalendar } from "../focus.ts";
import { clock, day, moment, ownWay, percent, plain, t } from "../i18n/index.ts";
import { answer, answerCalendar, answerStale, draft, inquiry, preview, select, selection } from "../state.ts";
import type { Calendar } from "../types.ts";
import { colour, prepare, useBox } from "../ui/hooks.ts";
import { Button } from "../ui/parts.tsx";
import { ramp } from "../ui/ramp.ts";
import { dark } from "../ui/theme.ts";
import { busyHours, cellAt, curve, DAY_MS, isZone, localLevels, shifts, span, start, type Cell } from "./grid.ts";

const AXIS = { left: 44, bottom: 22, top: 6, right: 8 };

interface Shown {
  calendar: Calendar;
  kind: "answer" | "place" | "preview";
  zone: string;
  shift: Int32Array;
  /** By cell of the picture. */
  levels: Uint8Array;
  /** The hours shown [min]. */
  hours: [number, number];
}

export function CalendarView() {
  const [stage, size] = useBox<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const local = useSignal(false);
  const whole = useSignal(false);
  const cursor = useSignal<Cell | null>(null);
  const focused = useSignal(false);
  const zone = useComputed(() => {
    const told = placeCalendar.value?.zone ?? answerCalendar.value?.zone ?? "UTC";
    const guess = told === "UTC" ? answer.value?.answer.modes[0]?.local[0]?.zone ?? "UTC" : told;
    return isZone(guess) ? guess : "UTC";
  });
  const shown = useComputed<Shown | null>(() => {
    const quick = draft.value !== null ? preview.value?.calendar : undefined;
    const calendar = quick ?? placeCalendar.value ?? answerCalendar.value;
    if (calendar === null) return null;
    const used = local.value ? zone.value : "UTC";
    const shift = shifts(calendar, used);
    const levels = localLevels(calendar, shift);
    return { calendar, zone: used, shift, levels, hours: whole.value ? [0, 1440] : busyHours(calendar, levels), kind: quick !== undefined ? "preview" : placeCalendar.value !== null ? "place" : "answer" };
  });

  useSignalEffect(() => {
    void dark.value;
    const { width, height } = size.value;
    if (canvas.current === null || width === 0) return;
    const context = prepare(canvas.current, width, height);
    if (context !== null) draw(context, width, height, shown.value, focused.value ? cursor.value : null);
  });
  const cellOf = (x: number, y: number): Cell | null => {
    const now = shown.value;
    if (now === null) return null;
    const { calendar } = now;
    const row = Math.floor(((x - AXIS.left) / (size.value.width - AXIS.left - AXIS.right)) * calendar.rows);
    const minute = now.hours[0] + ((y - AXIS.top) / (size.value.height - AXIS.top - AXIS.bottom)) * (now.hours[1] - now.hours[0]);
    const column = Math.floor(minute / calendar.step_min);
    return row < 0 || column < 0 || row >= calendar.rows || column >= calendar.columns ? null : { row, column };
  };
  const choose = (cell: Cell | null): void => {
    const now = shown.value;
    if (cell === null || now === null) return;
    cursor.value = cell;
    const { from, to } = span(now.calendar, now.shift, cell);
    select({ from, to });
  };
  const keys = (event: KeyboardEvent): void => {
    const now = shown.value;
    if (now === null || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      return choose(cursor.value);
    }
    if (event.key === "Escape") return select({ from: null, to: null });
    const steps: Record<string, [number, number]> = {
      ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1], PageUp: [-30, 0], PageDown: [30, 0], Home: [-now.calendar.rows, 0], End: [now.calendar.rows, 0],
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = cursor.value ?? { row: Math.floor(now.calendar.rows / 2), column: Math.floor((now.hours[0] + now.hours[1]) / 2 / now.calendar.step_min) };
    const times = event.shiftKey ? 10 : 1;
    cursor.value = {
      row: Math.max(0, Math.min(now.calendar.rows - 1, at.row + step[0] * times)),
      column: Math.max(0, Math.min(now.calendar.columns - 1, at.column + step[1] * times)),
    };
  };

  const now = shown.value;
  const { place, from } = selection.value;
  return (
    <>
      <header class="region-head">
        <h2>{t("region.calendar")}</h2>
        <p class="region-say">
          {now === null ? "" : now.kind === "preview" ? t("map.preview") : now.kind === "place" && place !== null ? t("calendar.at", { place: `${place[0].toFixed(2)}, ${place[1].toFixed(2)}` }) : t("calendar.whole")}
        </p>
        <div class="toolbar">
          {now !== null && (whole.value || now.hours[1] - now.hours[0] < 1440) && <Button kind="quiet" aria-pressed={whole.value} onClick={() => { whole.value = !whole.value; }}>{t("calendar.allDay")}</Button>}
          {(place !== null || from !== null) && <Button kind="quiet" onClick={() => select({ place: null, from: null, to: null })}>{t("map.whole")}</Button>}
          <div class="segments" role="group" aria-label={t("calendar.zone")}>
            <button type="button" aria-pressed={!local.value} onClick={() => { local.value = false; }}>UTC</button>
            <button type="button" aria-pressed={local.value} disabled={zone.value === "UTC"} onClick={() => { local.value = true; }}>{zone.value === "UTC" ? t("calendar.local") : <bdi>{zone.value}</bdi>}</button>
          </div>
        </div>
      </header>
      <div class={answerStale.value && now?.kind !== "preview" ? "calendar-stage waits" : "calendar-stage"} ref={stage} dir="ltr">
        <canvas
          ref={canvas} tabIndex={0} role="application" aria-roledescription={t("calendar.role")} aria-label={t("calendar.label")} aria-describedby="calendar-keys"
          data-kind={now?.kind ?? "none"}
          onPointerDown={(event) => choose(cellOf(event.offsetX, event.offsetY))} onKeyDown={keys}
          onFocus={() => { focused.value = true; }} onBlur={() => { focused.value = false; }}
        />
        <p id="calendar-keys" class="unseen">{t("calendar.keys")}</p>
      </div>
      <p class="region-foot" aria-live="polite">{now === null ? t("calendar.empty") : cursor.value === null ? t("calendar.hint") : told(now, cursor.value)}</p>
      {now !== null && now.kind === "answer" && <Spans />}
    </>
  );
}

function told(now: Shown, cell: Cell): string {
  const { from, to } = span(now.calendar, now.shift, cell);
  const level = now.levels[cell.column * now.calendar.rows + cell.row] ?? 255;
  const inside = level <= 128 ? "0.5" : level <= 230 ? "0.9" : level <= 252 ? "0.99" : null;
  const when = `${day(from, now.zone)}, ${clock(from, now.zone)}–${clock(to, now.zone)} ${now.zone}`;
  return inside === null ? t("calendar.outside", { when }) : t("calendar.inside", { when, level: percent(Number(inside)) });
}

/** The 90 % spans as text: the picture's twin. */
function Spans() {
  const spans = answer.value?.answer.credible["0.9"].utc ?? [];
  if (spans.length === 0) return null;
  return (
    <details class="spans">
      <summary>{t("calendar.spans", { count: spans.length })}</summary>
      <ul>
        {spans.slice(0, 200).map(([from, to]) => <li key={from}><button type="button" class="link" onClick={() => select({ from, to })}>{moment(from)} – {day(from) === day(to) ? clock(to) : moment(to)} UTC</button></li>)}
      </ul>
    </details>
  );
}

// ---- drawing

function draw(context: CanvasRenderingContext2D, width: number, height: number, now: Shown | null, cursor: Cell | null): void {
  context.clearRect(0, 0, width, height);
  const box = { x: AXIS.left, y: AXIS.top, w: width - AXIS.left - AXIS.right, h: height - AXIS.top - AXIS.bottom };
  context.fillStyle = colour("well");
  context.fillRect(box.x, box.y, box.w, box.h);
  if (now !== null) {
    context.save();
    context.beginPath();
    context.rect(box.x, box.y, box.w, box.h);
    context.clip();
    drawSky(context, box, now);
    drawCells(context, box, now);
    drawSun(context, box, now);
    drawPins(context, box, now);
    drawChosen(context, box, now, cursor);
    context.restore();
  }
  drawAxes(context, box, now);
}

interface Rect {
  x: number;
  y: number;
  w: number;
  h: number;
}

const yOf = (box: Rect, now: Shown | null, minute: number): number => {
  const [from, to] = now?.hours ?? [0, 1440];
  return box.y + ((minute - from) / (to - from)) * box.h;
};
const xOf = (box: Rect, now: Shown, row: number): number => box.x + (row / now.calendar.rows) * box.w;

/** Day paler than night, where a place gives its sun. */
function drawSky(context: CanvasRenderingContext2D, box: Rect, now: Shown): void {
  const rise = curve(now.calendar, now.shift, "sunrise").flat();
  const set = new Map(curve(now.calendar, now.shift, "sunset").flat().map((point) => [point.x, point.minute]));
  if (rise.length === 0) return;
  context.fillStyle = colour("day");
  const step = box.w / now.calendar.rows;
  const apart = rise.length > 1 ? ((rise[1]?.x ?? 1) - (rise[0]?.x ?? 0)) * step : step;
  for (const { x, minute } of rise) {
    const end = set.get(x);
    if (end === undefined) continue;
    const left = xOf(box, now, x) - apart / 2;
    if (end >= minute) context.fillRect(left, yOf(box, now, minute), apart + 0.6, yOf(box, now, end) - yOf(box, now, minute));
    else {
      context.fillRect(left, yOf(box, now, minute), apart + 0.6, yOf(box, now, 1440) - yOf(box, now, minute));
      context.fillRect(left, yOf(box, now, 0), apart + 0.6, yOf(box, now, end) - yOf(box, now, 0));
    }
  }
}

/** The cells as pixels, in the one canvas that all of them take. */
const picture = document.createElement("canvas");

function drawCells(context: CanvasRenderingContext2D, box: Rect, now: Shown): void {
  const { rows, columns } = now.calendar;
  if (picture.width !== rows) picture.width = rows;
  if (picture.height !== columns) picture.height = columns;
  const inner = picture.getContext("2d");
  if (inner === null) return;
  const image = inner.createImageData(rows, columns);
  const colours = new Uint32Array(ramp(dark.value).buffer);
  const pixels = new Uint32Array(image.data.buffer);
  const { levels } = now;
  for (let i = 0; i < levels.length; i++) pixels[i] = colours[levels[i] ?? 255] ?? 0;
  inner.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(picture, box.x, yOf(box, now, 0), box.w, yOf(box, now, 1440) - yOf(box, now, 0));
}

function drawSun(context: CanvasRenderingContext2D, box: Rect, now: Shown): void {
  const styles = [["dawn", [2, 3], "soft"], ["sunrise", [], "soft"], ["noon", [6, 3], "sun"], ["sunset", [], "soft"], ["dusk", [2, 3], "soft"]] as const;
  for (const [which, dash, tone] of styles) {
    context.setLineDash([...dash]);
    context.strokeStyle = colour(tone);
    context.lineWidth = 1.1;
    for (const piece of curve(now.calendar, now.shift, which)) {
      context.beginPath();
      piece.forEach((point, index) => context[index === 0 ? "moveTo" : "lineTo"](xOf(box, now, point.x), yOf(box, now, point.minute)));
      context.stroke();
    }
  }
  context.setLineDash([]);
}

function drawPins(context: CanvasRenderingContext2D, box: Rect, now: Shown): void {
  context.font = '600 11px system-ui, "Noto Sans", "Noto Sans Arabic", sans-serif';
  const taken: Rect[] = [];
  for (const pin of inquiry.value.pins) {
    if (pin.from === null) continue;
    const first = Date.parse(pin.from);
    const last = Date.parse(pin.to ?? pin.from);
    const a = cellAt(now.calendar, now.shift, first);
    const b = cellAt(now.calendar, now.shift, last) ?? a;
    if (a === null || b === null) continue;
    context.strokeStyle = colour("accent");
    context.lineWidth = 2;
    const within = last - first < DAY_MS && b.column >= a.column;
    const x0 = xOf(box, now, a.row);
    const x1 = xOf(box, now, (within ? a.row : b.row) + 1);
    const y0 = within ? yOf(box, now, a.column * now.calendar.step_min) : box.y + 1;
    const y1 = within ? yOf(box, now, (b.column + 1) * now.calendar.step_min) : box.y + box.h - 1;
    const grow = Math.max(0, 8 - (x1 - x0)) / 2;
    const tall = Math.max(0, 8 - (y1 - y0)) / 2;
    context.strokeRect(x0 - grow, y0 - tall, x1 - x0 + 2 * grow, y1 - y0 + 2 * tall);
    context.strokeStyle = colour("halo");
    context.lineWidth = 3;
    context.textBaseline = "middle";
    const label = ownWay(plain(pin.label));
    const wide = context.measureText(label).width;
    const at = Math.max(box.x + 2, Math.min(x0 - grow, box.x + box.w - wide - 4));
    const free = [y0 - tall - 10, y1 + tall + 11, y0 - tall - 25, y1 + tall + 26].find((y) => !taken.some((other) => at < other.x + other.w && other.x < at + wide && Math.abs(other.y - y) < 14)) ?? y0 - tall - 10;
    taken.push({ x: at, y: free, w: wide, h: 14 });
    context.strokeText(label, at, free);
    context.fillStyle = colour("accent");
    context.fillText(label, at, free);
  }
}

function drawChosen(context: CanvasRenderingContext2D, box: Rect, now: Shown, cursor: Cell | null): void {
  const { from } = selection.value;
  const chosen = from === null ? null : cellAt(now.calendar, now.shift, Date.parse(from));
  for (const [cell, tone] of [[chosen, "ink"], [cursor, "focus"]] as const) {
    if (cell === null) continue;
    const x = xOf(box, now, cell.row);
    const y = yOf(box, now, cell.column * now.calendar.step_min);
    const w = Math.max(4, box.w / now.calendar.rows);
    const h = Math.max(4, yOf(box, now, now.calendar.step_min) - yOf(box, now, 0));
    context.strokeStyle = colour("halo");
    context.lineWidth = 4;
    context.strokeRect(x - 1, y - 1, w + 2, h + 2);
    context.strokeStyle = colour(tone);
    context.lineWidth = 2;
    context.strokeRect(x - 1, y - 1, w + 2, h + 2);
  }
}

function drawAxes(context: CanvasRenderingContext2D, box: Rect, now: Shown | null): void {
  context.strokeStyle = colour("line-strong");
  context.lineWidth = 1;
  context.strokeRect(box.x + 0.5, box.y + 0.5, box.w - 1, box.h - 1);
  context.fillStyle = colour("soft");
  context.font = '11px system-ui, "Noto Sans", sans-serif';
  context.textAlign = "right";
  context.textBaseline = "middle";
  const [from, to] = (now?.hours ?? [0, 1440]).map((minute) => minute / 60) as [number, number];
  const every = [1, 2, 3, 6, 12].find((hours) => (hours / (to - from)) * box.h >= 22) ?? 24;
  for (let hour = Math.ceil(from / every) * every; hour <= to; hour += every) {
    const y = yOf(box, now, hour * 60);
    context.fillText(`${String(hour).padStart(2, "0")}:00`, box.x - 6, Math.min(Math.max(y, box.y + 5), box.y + box.h - 4));
    if (hour === from || hour === to) continue;
    context.globalAlpha = 0.35;
    context.beginPath();
    context.moveTo(box.x, Math.round(y) + 0.5);
    context.lineTo(box.x + box.w, Math.round(y) + 0.5);
    context.stroke();
    context.globalAlpha = 1;
  }
  if (now === null) return;
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const { row, label } of dateTicks(now.calendar, box.w)) {
    const x = xOf(box, now, row);
    context.beginPath();
    context.moveTo(x, box.y + box.h);
    context.lineTo(x, box.y + box.h + 4);
    context.stroke();
    const half = context.measureText(label).width / 2;
    context.fillText(label, Math.max(box.x + half - 20, Math.min(box.x + box.w - half, x)), box.y + box.h + 6);
  }
  context.textAlign = "left";
}

function dateTicks(calendar: Calendar, width: number): { row: number; label: string }[] {
  const days = calendar.rows * calendar.step_days;
  const from = start(calendar);
  const most = Math.max(2, Math.floor(width / 76));
  const ticks: { row: number; label: string }[] = [];
  const months = days / 30.4;
  if (months / most >= 0.8) {
    const step = [1, 2, 3, 6, 12, 24, 60, 120, 240].find((value) => months / value <= most) ?? 600;
    const first = new Date(from);
    for (let month = Math.ceil((first.getUTCFullYear() * 12 + first.getUTCMonth()) / step) * step; ; month += step) {
      const at = Date.UTC(Math.floor(month / 12), month % 12, 1);
      if (at > from + days * DAY_MS) break;
      if (at >= from) ticks.push({ row: (at - from) / DAY_MS / calendar.step_days, label: step >= 12 ? new Date(at).getUTCFullYear().toString() : day(at).replace(/^\S*?1\s/, "") });
    }
    return ticks;
  }
  const step = [1, 2, 5, 7, 14, 28, 56].find((value) => days / value <= most) ?? 112;
  for (let at = 0; at < days; at += step) ticks.push({ row: at / calendar.step_days, label: day(from + at * DAY_MS) });
  return ticks;
}
