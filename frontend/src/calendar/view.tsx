import { useComputed, useSignal, useSignalEffect, type Signal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { placeCalendar } from "../focus.ts";
import { clock, day, moment, percent, t } from "../i18n/index.ts";
import { answer, answerCalendar, answerStale, draft, preview, select, selection } from "../store/signals.ts";
import { foreign } from "../items/whose.ts";
import { prepare, useBox } from "../ui/hooks.ts";
import { Button } from "../ui/parts.tsx";
import { dark } from "../ui/theme.ts";
import { busyHours, isZone, localLevels, shifts, span, type Cell } from "./grid.ts";
import { cellUnder, paintCalendar, type CalendarShown } from "./paint.ts";

/** Whether the calendar shows the local clock, and the whole day. */
interface Choice {
  local: Signal<boolean>;
  whole: Signal<boolean>;
}

/** The zone of the place looked at, else of an answer that is one small place; UTC where the answer is broad: its clocks differ. */
function zoneKnown(): string {
  const zone = (placeCalendar.value ?? answerCalendar.value)?.place_zone ?? "UTC";
  return isZone(zone) ? zone : "UTC";
}

/** What is shown: while something is dragged the rough preview, else the place looked at, else the whole answer. */
function calendarShown(zone: string, whole: boolean): CalendarShown | null {
  const quick = draft.value !== null ? preview.value?.calendar : undefined;
  const calendar = quick ?? placeCalendar.value ?? answerCalendar.value;
  if (calendar === null || foreign.value) return null;
  const shift = shifts(calendar, zone);
  const levels = localLevels(calendar, shift);
  const kind = quick !== undefined ? "preview" : placeCalendar.value !== null ? "place" : "answer";
  return { calendar, kind, zone, shift, levels, hours: whole ? [0, 1440] : busyHours(calendar, levels) };
}

export function CalendarView() {
  const [stage, size] = useBox<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const choice: Choice = { local: useSignal(false), whole: useSignal(false) };
  const cursor = useSignal<Cell | null>(null);
  const focused = useSignal(false);
  const zone = useComputed(zoneKnown);
  const shown = useComputed(() => calendarShown(choice.local.value ? zone.value : "UTC", choice.whole.value));

  useSignalEffect(() => {
    void dark.value;
    const { width, height } = size.value;
    if (canvas.current === null || width === 0) return;
    const context = prepare(canvas.current, width, height);
    if (context !== null) paintCalendar(context, width, height, shown.value, focused.value ? cursor.value : null);
  });
  const choose = (cell: Cell | null): void => {
    const now = shown.value;
    if (cell === null || now === null) return;
    cursor.value = cell;
    const { from, to } = span(now.calendar, now.shift, cell);
    select({ from, to });
  };
  const point = (event: PointerEvent): void => {
    const { width, height } = size.value;
    if (shown.value !== null) choose(cellUnder(shown.value, width, height, event.offsetX, event.offsetY));
  };
  const keys = (event: KeyboardEvent): void => {
    if (shown.value !== null) pressKey(event, shown.value, cursor, choose);
  };

  const now = shown.value;
  return (
    <>
      <Head now={now} zone={zone.value} choice={choice} />
      <div class={answerStale.value && now?.kind !== "preview" ? "calendar-stage waits" : "calendar-stage"} ref={stage} dir="ltr">
        <canvas
          ref={canvas} tabIndex={0} role="application" aria-roledescription={t("calendar.role")} aria-label={t("calendar.label")}
          aria-describedby="calendar-keys" data-kind={now?.kind ?? "none"} onPointerDown={point} onKeyDown={keys}
          onFocus={() => { focused.value = true; }} onBlur={() => { focused.value = false; }}
        />
        <p id="calendar-keys" class="unseen">{t("calendar.keys")}</p>
      </div>
      <p class="region-foot" aria-live="polite">{footWords(now, cursor.value)}</p>
      {now !== null && now.kind === "answer" && <Spans />}
    </>
  );
}

/** What the arrows and their like move by: days and cells of the day. */
const STEPS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1], PageUp: [-30, 0], PageDown: [30, 0],
  Home: [-Infinity, 0], End: [Infinity, 0],
};

function pressKey(event: KeyboardEvent, now: CalendarShown, cursor: Signal<Cell | null>, choose: (cell: Cell | null) => void): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    return choose(cursor.value);
  }
  if (event.key === "Escape") return select({ from: null, to: null });
  const step = STEPS[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const { rows, columns, step_min } = now.calendar;
  const middle = { row: Math.floor(rows / 2), column: Math.floor((now.hours[0] + now.hours[1]) / 2 / step_min) };
  const at = cursor.value ?? middle;
  const times = event.shiftKey ? 10 : 1;
  cursor.value = {
    row: Math.max(0, Math.min(rows - 1, at.row + step[0] * times)),
    column: Math.max(0, Math.min(columns - 1, at.column + step[1] * times)),
  };
}

function Head({ now, zone, choice: { local, whole } }: { now: CalendarShown | null; zone: string; choice: Choice }) {
  const { place, from } = selection.value;
  const cut = now !== null && (whole.value || now.hours[1] - now.hours[0] < 1440);
  return (
    <header class="region-head">
      <h2>{t("region.calendar")}</h2>
      <p class="region-say">{headWords(now, place)}</p>
      <div class="toolbar">
        {cut && <Button kind="quiet" aria-pressed={whole.value} onClick={() => { whole.value = !whole.value; }}>{t("calendar.allDay")}</Button>}
        {(place !== null || from !== null) && <Button kind="quiet" onClick={() => select({ place: null, from: null, to: null })}>{t("map.whole")}</Button>}
        <div class="segments" role="group" aria-label={t("calendar.zone")}>
          <button type="button" aria-pressed={!local.value} onClick={() => { local.value = false; }}>UTC</button>
          <button type="button" aria-pressed={local.value} disabled={zone === "UTC"} onClick={() => { local.value = true; }}>
            {zone === "UTC" ? t("calendar.local") : <bdi>{zone}</bdi>}
          </button>
        </div>
      </div>
    </header>
  );
}

function headWords(now: CalendarShown | null, place: readonly [number, number] | null): string {
  if (now === null) return "";
  if (now.kind === "preview") return t("map.preview");
  if (now.kind === "place" && place !== null) return t("calendar.at", { place: `${place[0].toFixed(2)}, ${place[1].toFixed(2)}` });
  return t("calendar.whole");
}

function footWords(now: CalendarShown | null, cursor: Cell | null): string {
  if (now === null) return t("calendar.empty");
  return cursor === null ? t("calendar.hint") : cellWords(now, cursor);
}

/** A cell in words: when it is, and in which credible region. */
function cellWords(now: CalendarShown, cell: Cell): string {
  const { from, to } = span(now.calendar, now.shift, cell);
  const level = now.levels[cell.column * now.calendar.rows + cell.row] ?? 255;
  const inside = level <= 128 ? "0.5" : level <= 230 ? "0.9" : level <= 252 ? "0.99" : null;
  const when = `${day(from, now.zone)}, ${clock(from, now.zone)}–${clock(to, now.zone)} ${now.zone}`;
  return inside === null ? t("calendar.outside", { when }) : t("calendar.inside", { when, level: percent(Number(inside)) });
}

/** The 90 % spans as text, for keyboard and screen reader. */
function Spans() {
  const spans = answer.value?.answer.credible["0.9"].utc ?? [];
  if (spans.length === 0 || foreign.value) return null;
  return (
    <details class="spans">
      <summary>{t("calendar.spans", { count: spans.length })}</summary>
      <ul>
        {spans.slice(0, 200).map(([from, to]) => (
          <li key={from}>
            <button type="button" class="link" onClick={() => select({ from, to })}>
              {moment(from)} – {day(from) === day(to) ? clock(to) : moment(to)} UTC
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}
