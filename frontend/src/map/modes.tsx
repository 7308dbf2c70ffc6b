/** The answer beside the map: what its lines mean, and its modes as a list for keyboard and screen reader. */
import { clock, day, dir, moment, number, percent, rough, t } from "../i18n/index.ts";
import { foreign } from "../items/whose.ts";
import { answer, answerStale, preview, select } from "../store/signals.ts";
import type { Mode } from "../types.ts";
import { Said } from "../ui/parts.tsx";
import { LEVELS, MOST_MODES } from "./answer_shapes.ts";
import { PRIOR_DASH, priorArea } from "./prior_area.ts";
import { hasPlace } from "./standing.ts";

export function Legend() {
  const levels = foreign.value || (answer.value === null && preview.value?.map === undefined) ? [] : [...LEVELS].reverse();
  if (levels.length === 0 && priorArea.value.length === 0) return null;
  return (
    <ul class="map-legend" aria-label={t("map.legendName")}>
      {priorArea.value.length > 0 && (
        <li class="legend-prior">
          <svg width="26" height="8" aria-hidden="true"><path d="M1 4h24" stroke="var(--accent)" stroke-width="1.6" stroke-dasharray={PRIOR_DASH.join(" ")} /></svg>
          {t("map.priorArea")}
        </li>
      )}
      {levels.map(({ level, dash, width }) => (
        <li key={level}>
          <svg width="26" height="8" aria-hidden="true">
            <path d="M1 4h24" stroke="currentColor" stroke-width={width} stroke-dasharray={dash.join(" ")} />
          </svg>
          {percent(Number(level))}
        </li>
      ))}
    </ul>
  );
}

/** Every connected piece of the 90 % region, by its share. */
export function Modes({ onShow }: { onShow: (mode: Mode) => void }) {
  const told = answer.value;
  if (told === null || told.answer.modes.length === 0 || foreign.value) return null;
  const stale = answerStale.value;
  return (
    <ol class={stale ? "modes waits" : "modes"} aria-label={t("modes.name")} aria-busy={stale} tabIndex={-1}>
      {told.answer.modes.slice(0, MOST_MODES).map((mode, index) => (
        <li key={index}>
          <ModeButton mode={mode} index={index} onShow={onShow} />
        </li>
      ))}
    </ol>
  );
}

function ModeButton({ mode, index, onShow }: { mode: Mode; index: number; onShow: (mode: Mode) => void }) {
  const show = (): void => {
    onShow(mode);
    // A broad part has no place to look at: only its region comes into view.
    select({ place: hasPlace(mode) ? [mode.lat_deg, mode.lon_deg] : null });
  };
  const near = hasPlace(mode) ? mode.nearest_place : null;
  const nearTold = answer.value?.near_told?.[index] ?? [];
  // A name that does not fit loses its end, not its beginning.
  const way = near == null || nearTold.length > 0 ? dir.value : "ltr";
  return (
    <button type="button" class="mode" onClick={show}>
      <span class="mode-number" aria-hidden="true">{number(index + 1)}</span>
      <span class="mode-share">{percent(mode.mass)}</span>
      <span class="mode-what">
        <span class="mode-place" dir={way}>{near == null ? t("unit.km2", { value: rough(mode.area_km2) }) : <Said text={near} told={nearTold} />}</span>
        <span class="mode-when">{span(mode)}</span>
      </span>
    </button>
  );
}

/** The times of a mode: one span as it is; of several, how many there are between their dates. */
function span({ utc_from: from, utc_to: to, utc_spans: spans, when }: Mode): string {
  if (spans.length !== 1) return spans.length > 1 ? t("readout.spans", { from: day(from), to: day(to), count: spans.length }) : when;
  if (day(from) !== day(to)) return `${day(from)} – ${day(to)}`;
  return clock(from) === clock(to) ? `${moment(from)} UTC` : `${moment(from)}–${clock(to)} UTC`;
}
