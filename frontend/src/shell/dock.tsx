/** Whose answer there is, in one line, beside any screen; open, with its map and its dates. */
import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { clock, day, number, plain, rough, t } from "../i18n/index.ts";
import { answer, answerStale } from "../store/signals.ts";
import type { LocateReply } from "../types.ts";
import { Button, Icon } from "../ui/parts.tsx";
import { inOwnWords } from "./calls.ts";
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
  const shown = open.value && told !== null;
  if (shown) needMap();
  const View = map.value;
  const whose = event.value;
  return (
    <section id="dock" class={shown ? "dock dock-open" : "dock"} aria-label={t("dock.name")} tabIndex={-1}>
      <div class="dock-head">
        <Icon name="world" />
        <p class="whose">
          {whose !== null && <><b><bdi>{plain(inOwnWords(whose.title))}</bdi></b>{" "}</>}
          {told === null ? t("dock.none") : <span class={answerStale.value ? "soft" : ""}>{inOneLine(told)}</span>}
        </p>
        {told !== null && <Button class="small-button" aria-expanded={shown} aria-controls="dock" onClick={() => turn(!shown)}>{t(shown ? "dock.hide" : "dock.show")}</Button>}
      </div>
      {shown && <div class="dock-map">{View !== null && <View />}</div>}
      {shown && <Timeline spans={told.answer.credible["0.9"].utc} />}
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
  return t("dock.answer", { area, when: from === to ? `${from}, ${clock(first[0])}–${clock(last[1])} UTC` : `${from} – ${to}`, count: spans.length });
}

const WIDTH = 1000;
const LEAST = 2;

/** The spans of time that are left, from the left to the right in every language; never joined across a gap. */
function Timeline({ spans }: { spans: readonly (readonly [string, string])[] }) {
  const times = spans.map(([from, to]) => [Date.parse(from), Date.parse(to)] as const);
  const [start, end] = [times[0]?.[0] ?? 0, times.at(-1)?.[1] ?? 1];
  const margin = Math.max((end - start) * 0.04, 3_600_000);
  const x = (at: number): number => (WIDTH * (at - start + margin)) / (end - start + 2 * margin);
  return (
    <div class="dock-dates" dir="ltr">
      <svg viewBox={`0 0 ${WIDTH} 60`} preserveAspectRatio="none" role="img" aria-label={t("dock.dates", { count: number(spans.length), from: day(start), to: day(end) })}>
        <path class="dock-axis" d={`M0 30H${WIDTH}`} />
        {times.map(([from, to]) => <rect key={from} class="dock-span" x={x(from)} y="18" width={Math.max(LEAST, x(to) - x(from))} height="24" />)}
      </svg>
      <p class="tiny soft"><bdi>{day(start)}</bdi><bdi>{day(end)}</bdi></p>
    </div>
  );
}
