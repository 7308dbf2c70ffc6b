/** The calendar on its canvas: dates across, the hours of the day down, the probability of each cell as its colour. */
import { day, month, ownWay, plain } from "../i18n/index.ts";
import { inquiry, selection } from "../store/signals.ts";
import type { Calendar, Pin } from "../types.ts";
import { haloText, isFree, shortened, type Rect } from "../ui/canvas_text.ts";
import { colour } from "../ui/hooks.ts";
import { ramp } from "../ui/ramp.ts";
import { dark } from "../ui/theme.ts";
import { cellAt, curve, DAY_MS, start, type Cell } from "./grid.ts";
import { dateTicks } from "./ticks.ts";

type Context = CanvasRenderingContext2D;

/** A calendar as it is shown: in a zone, and with the hours that matter. */
export interface CalendarShown {
  calendar: Calendar;
  kind: "answer" | "place" | "preview";
  zone: string;
  /** By row, the zone's clock ahead of UTC [min]. */
  shift: Int32Array;
  /** By cell of the picture. */
  levels: Uint8Array;
  /** The hours shown [min]. */
  hours: [number, number];
}

/** Room for the hours and dates around the cells [px]. */
const AXIS = { left: 44, bottom: 22, top: 6, right: 8 };
const WHOLE_DAY: [number, number] = [0, 1440];

/** Where the cells lie on a canvas of this size. */
const boxIn = (width: number, height: number): Rect => ({
  x: AXIS.left, y: AXIS.top, w: width - AXIS.left - AXIS.right, h: height - AXIS.top - AXIS.bottom,
});

const yOf = (box: Rect, [from, to]: [number, number], minute: number): number => box.y + ((minute - from) / (to - from)) * box.h;
const xOf = (box: Rect, now: CalendarShown, row: number): number => box.x + (row / now.calendar.rows) * box.w;

/** The cell under a point of a canvas of this size; null beside the cells. */
export function cellUnder(now: CalendarShown, width: number, height: number, x: number, y: number): Cell | null {
  const box = boxIn(width, height);
  const { rows, columns, step_min } = now.calendar;
  const [from, to] = now.hours;
  const row = Math.floor(((x - box.x) / box.w) * rows);
  const column = Math.floor((from + ((y - box.y) / box.h) * (to - from)) / step_min);
  return row < 0 || column < 0 || row >= rows || column >= columns ? null : { row, column };
}

export function paintCalendar(context: Context, width: number, height: number, now: CalendarShown | null, cursor: Cell | null): void {
  context.clearRect(0, 0, width, height);
  const box = boxIn(width, height);
  context.fillStyle = colour("well");
  context.fillRect(box.x, box.y, box.w, box.h);
  if (now !== null) {
    context.save();
    context.beginPath();
    context.rect(box.x, box.y, box.w, box.h);
    context.clip();
    drawDaylight(context, box, now);
    drawCells(context, box, now);
    drawSun(context, box, now);
    drawPins(context, box, now);
    drawChosen(context, box, now, cursor);
    context.restore();
  }
  drawFrame(context, box);
  drawHours(context, box, now?.hours ?? WHOLE_DAY);
  if (now !== null) drawDates(context, box, now);
}

/** Day paler than night, where a place gives its sun. */
function drawDaylight(context: Context, box: Rect, now: CalendarShown): void {
  const rises = curve(now.calendar, now.shift, "sunrise").flat();
  const sets = new Map(curve(now.calendar, now.shift, "sunset").flat().map((point) => [point.x, point.minute]));
  const [first, second] = rises;
  if (first === undefined) return;
  context.fillStyle = colour("day");
  const step = box.w / now.calendar.rows;
  const apart = second === undefined ? step : (second.x - first.x) * step;
  for (const { x, minute: rise } of rises) {
    const set = sets.get(x);
    if (set === undefined) continue;
    const left = xOf(box, now, x) - apart / 2;
    const fill = (from: number, to: number): void => {
      const top = yOf(box, now.hours, from);
      context.fillRect(left, top, apart + 0.6, yOf(box, now.hours, to) - top);
    };
    if (set >= rise) fill(rise, set);
    else {
      fill(rise, 1440);
      fill(0, set);
    }
  }
}

/** The cells as pixels, in the one canvas that all of them take. */
const picture = document.createElement("canvas");

function drawCells(context: Context, box: Rect, now: CalendarShown): void {
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
  const top = yOf(box, now.hours, 0);
  context.drawImage(picture, box.x, top, box.w, yOf(box, now.hours, 1440) - top);
}

/** How the sun's daily times are drawn. */
const SUN_LINES = [
  ["dawn", [2, 3], "soft"], ["sunrise", [], "soft"], ["noon", [6, 3], "sun"], ["sunset", [], "soft"], ["dusk", [2, 3], "soft"],
] as const;

function drawSun(context: Context, box: Rect, now: CalendarShown): void {
  context.lineWidth = 1.1;
  for (const [which, dash, tone] of SUN_LINES) {
    context.setLineDash([...dash]);
    context.strokeStyle = colour(tone);
    for (const piece of curve(now.calendar, now.shift, which)) {
      context.beginPath();
      for (const point of piece) context.lineTo(xOf(box, now, point.x), yOf(box, now.hours, point.minute));
      context.stroke();
    }
  }
  context.setLineDash([]);
}

function drawPins(context: Context, box: Rect, now: CalendarShown): void {
  context.font = '600 12px system-ui, "Noto Sans", "Noto Sans Arabic", sans-serif';
  context.textBaseline = "middle";
  context.textAlign = "left";
  const taken: Rect[] = [];
  for (const pin of inquiry.value.pins) {
    const span = spanOf(box, now, pin);
    if (span === null) continue;
    context.strokeStyle = colour("accent");
    context.lineWidth = 2;
    context.strokeRect(span.x, span.y, span.w, span.h);
    const label = shortened(plain(pin.label), box.w - 6, (text) => context.measureText(text).width);
    drawPinLabel(context, box, ownWay(label), span, taken);
  }
}

/** The rectangle of a claim's time, at least 8 px each way: within one day its cells, else whole days. */
function spanOf(box: Rect, now: CalendarShown, pin: Pin): Rect | null {
  if (pin.from === null) return null;
  const [first, last] = [Date.parse(pin.from), Date.parse(pin.to ?? pin.from)];
  const a = cellAt(now.calendar, now.shift, first);
  const b = cellAt(now.calendar, now.shift, last) ?? a;
  if (a === null || b === null) return null;
  const within = last - first < DAY_MS && b.column >= a.column;
  const yAt = (column: number): number => yOf(box, now.hours, column * now.calendar.step_min);
  const x0 = xOf(box, now, a.row);
  const x1 = xOf(box, now, (within ? a.row : b.row) + 1);
  const y0 = within ? yAt(a.column) : box.y + 1;
  const y1 = within ? yAt(b.column + 1) : box.y + box.h - 1;
  const wider = Math.max(0, 8 - (x1 - x0)) / 2;
  const taller = Math.max(0, 8 - (y1 - y0)) / 2;
  return { x: x0 - wider, y: y0 - taller, w: x1 - x0 + 2 * wider, h: y1 - y0 + 2 * taller };
}

/** Above or below its rectangle, further off where that place is taken. */
function drawPinLabel(context: Context, box: Rect, label: string, span: Rect, taken: Rect[]): void {
  const wide = context.measureText(label).width;
  const x = Math.max(box.x + 2, Math.min(span.x, box.x + box.w - wide - 4));
  const boxAt = (y: number): Rect => ({ x, y, w: wide, h: 14 });
  const low = span.y + span.h;
  const above = span.y - 10;
  const y = [above, low + 11, above - 15, low + 26].find((free) => isFree(boxAt(free), taken)) ?? above;
  taken.push(boxAt(y));
  haloText(context, label, x, y, { ink: colour("accent"), halo: colour("halo") });
}

function drawChosen(context: Context, box: Rect, now: CalendarShown, cursor: Cell | null): void {
  const { from } = selection.value;
  const chosen = from === null ? null : cellAt(now.calendar, now.shift, Date.parse(from));
  if (chosen !== null) drawCellRim(context, box, now, chosen, colour("ink"));
  if (cursor !== null) drawCellRim(context, box, now, cursor, colour("focus"));
}

function drawCellRim(context: Context, box: Rect, now: CalendarShown, cell: Cell, ink: string): void {
  const x = xOf(box, now, cell.row);
  const y = yOf(box, now.hours, cell.column * now.calendar.step_min);
  const w = Math.max(4, box.w / now.calendar.rows);
  const h = Math.max(4, yOf(box, now.hours, now.calendar.step_min) - yOf(box, now.hours, 0));
  for (const [tone, width] of [[colour("halo"), 4], [ink, 2]] as const) {
    context.strokeStyle = tone;
    context.lineWidth = width;
    context.strokeRect(x - 1, y - 1, w + 2, h + 2);
  }
}

function drawFrame(context: Context, box: Rect): void {
  context.strokeStyle = colour("line-strong");
  context.lineWidth = 1;
  context.strokeRect(box.x + 0.5, box.y + 0.5, box.w - 1, box.h - 1);
  context.fillStyle = colour("soft");
  context.font = '12px system-ui, "Noto Sans", sans-serif';
}

function drawHours(context: Context, box: Rect, hours: [number, number]): void {
  context.textAlign = "right";
  context.textBaseline = "middle";
  const [from, to] = [hours[0] / 60, hours[1] / 60];
  const every = [1, 2, 3, 6, 12].find((step) => (step / (to - from)) * box.h >= 22) ?? 24;
  for (let hour = Math.ceil(from / every) * every; hour <= to; hour += every) {
    const y = yOf(box, hours, hour * 60);
    const inside = Math.min(Math.max(y, box.y + 5), box.y + box.h - 4);
    context.fillText(`${String(hour).padStart(2, "0")}:00`, box.x - 6, inside);
    if (hour === from || hour === to) continue;
    context.globalAlpha = 0.35;
    context.beginPath();
    context.moveTo(box.x, Math.round(y) + 0.5);
    context.lineTo(box.x + box.w, Math.round(y) + 0.5);
    context.stroke();
    context.globalAlpha = 1;
  }
}

/** Between two dates, of which the first is moved in from the edge by up to 20 px, and February is short. */
const BETWEEN_PX = 30;

function drawDates(context: Context, box: Rect, now: CalendarShown): void {
  context.textAlign = "center";
  context.textBaseline = "top";
  const first = start(now.calendar);
  const apart = { day: context.measureText(day(first)).width + BETWEEN_PX, month: context.measureText(month(first)).width + BETWEEN_PX };
  for (const { row, label: words } of dateTicks(now.calendar, box.w, apart)) {
    const label = ownWay(words); // the axis runs from the left, each date in the way of its language
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
