/** Whose answer there is, in one line, beside any screen; open, with its map and its dates. */
import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { clock, day, moment, number, plain, rough, t, withinDay } from "../i18n/index.ts";
import { answer, answerStale, inquiry, items } from "../store/signals.ts";
import type { LocateReply } from "../types.ts";
import { Button, Icon } from "../ui/parts.tsx";
import { go } from "./address.ts";
import { inOwnWords } from "./calls.ts";
import { onOneClock, type ItemOnClock } from "./event_items.ts";
import { foreign } from "../items/whose.ts";
import { event } from "./overview.ts";

const open = signal(localStorage.getItem("noonmark-dock") === "open");
const map = signal<ComponentType | null>(null);

function turn(on: boolean): void {
  open.value = on;
  localStorage.setItem("noonmark-dock", on ? "open" : "closed");
}

/** The map comes with the footage's code, fetched when it is first wanted. */
function needMap(): void {
  if (map.value === null) void import("../map/view.tsx").then(({ MapView }) => { map.value = MapView; }, () => undefined);
}

export function Dock() {
  const told = foreign.value ? null : answer.value; // another event's answer is never shown under this one's name
  const whose = event.value;
  const rows = whose === null ? [] : onOneClock(whose.items, items.value, inquiry.value.frames);
  const shown = open.value && (told !== null || rows.length > 0);
  if (shown) needMap();
  const View = map.value;
  return (
    <section id="dock" class={shown ? "dock dock-open" : "dock"} aria-label={t("dock.name")} tabIndex={-1}>
      <div class="dock-head">
        <Icon name="world" />
        <p class="whose">
          {whose !== null && <><b><bdi>{plain(inOwnWords(whose.title))}</bdi></b>{" "}</>}
          {told === null ? t("dock.none") : <span class={answerStale.value ? "soft" : ""}>{inOneLine(told)}</span>}
        </p>
        {(told !== null || rows.length > 0) && <Button class="small-button" aria-expanded={shown} aria-controls="dock" onClick={() => turn(!shown)}>{t(shown ? "dock.hide" : "dock.show")}</Button>}
      </div>
      {shown && <div class="dock-map">{View !== null && <View />}</div>}
      {shown && <Timeline spans={told?.answer.credible["0.9"].utc ?? []} rows={rows} />}
    </section>
  );
}

/** The 90 % region in words: how large, and when; no place is named. */
function inOneLine(told: LocateReply): string {
  const { area_km2, utc: spans } = told.answer.credible["0.9"];
  const [first, last] = [spans[0], spans.at(-1)];
  const area = t("unit.km2", { value: rough(area_km2) });
  if (first === undefined || last === undefined) return area;
  const [from, to] = [day(first[0]), day(last[1])];
  return t("dock.answer", { area, when: from === to ? withinDay([[first[0], last[1]]]) : `${from} – ${to}`, count: spans.length });
}

const WIDTH = 1000;
const LEAST = 2;

/** Distances from the edge of the drawing, as shares of the whole span. */
const MARGIN = 0.04;
const LEAST_MARGIN_MS = 60_000;
/** Below this the ends of the axis are told with their times of day. */
const ONE_DAY_MS = 86_400_000;

/** The spans of time that are left, and below them the event's footage on the same clock; from the left to the right in every language. */
function Timeline({ spans, rows }: { spans: readonly (readonly [string, string])[]; rows: readonly ItemOnClock[] }) {
  const times = spans.map(([from, to]) => [Date.parse(from), Date.parse(to)] as const);
  const ends = [...times.flat(), ...rows.flatMap(({ from, to }) => (from === null || to === null ? [] : [from, to]))];
  const [start, end] = ends.length === 0 ? [0, 1] : [Math.min(...ends), Math.max(...ends)];
  const margin = Math.max((end - start) * MARGIN, LEAST_MARGIN_MS);
  const x = (at: number): number => (WIDTH * (at - start + margin)) / (end - start + 2 * margin);
  const told = end - start < ONE_DAY_MS ? moment : day;
  return (
    <div class="dock-dates">
      {times.length > 0 && (
        <svg dir="ltr" viewBox={`0 0 ${WIDTH} 60`} preserveAspectRatio="none" role="img" aria-label={t("dock.dates", { count: number(spans.length), from: day(start), to: day(end) })}>
          <path class="dock-axis" d={`M0 30H${WIDTH}`} />
          {times.map(([from, to]) => <rect key={from} class="dock-span" x={x(from)} y="18" width={Math.max(LEAST, x(to) - x(from))} height="24" />)}
        </svg>
      )}
      {rows.length > 0 && <ul class="dock-items" aria-label={t("dock.items")}>{rows.map((row) => <Row key={row.item.sha256} row={row} x={x} />)}</ul>}
      {ends.length > 0 && <p class="tiny soft" dir="ltr"><bdi>{told(start)}</bdi><bdi>{told(end)}{told === moment && " UTC"}</bdi></p>}
    </div>
  );
}

/** One item of the event: its name leads to it, its bar says when it was taken. */
function Row({ row: { item, from, to }, x }: { row: ItemOnClock; x: (at: number) => number }) {
  const name = plain(item.name);
  return (
    <li>
      <button type="button" class="link" onClick={() => go("footage", [item.sha256])}><bdi>{name}</bdi></button>
      {from === null || to === null ? <span class="tiny soft">{t("dock.noTime")}</span> : (
        <svg dir="ltr" viewBox={`0 0 ${WIDTH} 16`} preserveAspectRatio="none" role="img" aria-label={`${moment(from)}–${clock(to)} UTC`}>
          <rect class="dock-item" x={x(from)} y="3" width={Math.max(2 * LEAST, x(to) - x(from))} height="10" />
        </svg>
      )}
    </li>
  );
}
