/** Which meaning the next click marks, and the view's own buttons. */
import { t } from "../i18n/index.ts";
import { answerTrouble, selection } from "../store/signals.ts";
import { lacking, MEANINGS, nextPath, type Meaning } from "./points.ts";
import { PointShape, SIGN } from "./shapes.tsx";
import { chosenParts } from "./ninths.ts";
import { fit, large, picture, solutionShown, trouble, view, zoomBy } from "./look.ts";
import { chooseMeaning, keptFrame, meaning, role } from "./store.ts";

export const KEYS: Record<Meaning, string> = {
  shadow: "s", vertical: "v", horizon: "h", parallel: "p", right_angle: "r", sun_disc: "d", landmark: "m", shadow_edge: "e", length: "l", water_line: "w",
};

/** The meaning of a letter key, if it is one. */
export const meaningOfKey = (key: string): Meaning | null => MEANINGS.find((one) => KEYS[one] === key.toLowerCase()) ?? null;

function move(event: KeyboardEvent): void {
  const rtl = document.documentElement.dir === "rtl";
  const by = { ArrowRight: rtl ? -1 : 1, ArrowLeft: rtl ? 1 : -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by === undefined) return;
  event.preventDefault();
  const next = MEANINGS[(MEANINGS.indexOf(meaning.peek()) + by + MEANINGS.length) % MEANINGS.length]!;
  chooseMeaning(next);
  (event.currentTarget as HTMLElement).querySelector<HTMLElement>(`[data-means="${next}"]`)?.focus();
}

/** What the next click does, in a few words; once something is marked in full it no longer asks for the next. */
function nextWords(): string {
  return chosenParts.value.length > 0 ? t("frame.ninths") : askedWords();
}

function askedWords(): string {
  const chosen = selection.value.mark;
  const mark = chosen === null ? undefined : keptFrame.value?.marks.mark[chosen];
  const whole = (keptFrame.value?.marks.mark ?? []).filter((one) => lacking(one).length === 0).length;
  const underWay = mark !== undefined && mark.means === meaning.value && lacking(mark).length > 0;
  if (whole > 0 && !underWay && role.value === null) return t("footage.marked", { count: whole });
  const going = mark !== undefined && mark.means === meaning.value ? (role.value ?? nextPath(mark)) : null;
  const path = going ?? role.value ?? nextPath({ means: meaning.value }) ?? "px";
  const [field = ""] = path.split(".");
  const end = path.endsWith(".1") ? "end" : "start";
  const key = field === "base_px" || field === "top_px" || field === "tip_px" ? (field.slice(0, -3) as "base" | "top" | "tip")
    : field === "points_px" ? "point" : field === "px" ? (meaning.value === "landmark" ? "place" : "disc")
    : field === "edge_px" ? (`edge-${end}` as const) : end;
  return t(`frame.next.${key}`);
}

/** What to do next; to whoever came to the photo by keyboard, also which keys do it. */
export function NextStep() {
  if (picture.value === null) return <p class="next-step" aria-live="polite">{trouble.value === null ? t("footage.decoding") : ""}</p>;
  return <p class="next-step" aria-live="polite">{nextWords()}<span class="next-keys">{t(answerTrouble.value?.code === "no-time" ? "frame.next.when" : "frame.next.keys")}</span></p>;
}

export function Tools() {
  const percent = Math.round(view.value.scale * 100);
  return (
    <div class="tools">
      <div class="tools-means" role="radiogroup" aria-label={t("frame.tools")} onKeyDown={move}>
        {MEANINGS.map((one) => (
          <button
            key={one} type="button" role="radio" aria-checked={meaning.value === one} tabIndex={meaning.value === one ? 0 : -1} data-means={one}
            aria-label={t(`frame.means.${one}`)} class="tool" title={`${t(`frame.means.${one}`)} (${KEYS[one].toUpperCase()}). ${t(`frame.gives.${one}`)}`} aria-keyshortcuts={KEYS[one].toUpperCase()} onClick={() => chooseMeaning(one)}
          >
            <PointShape mark={{ means: one }} role={SIGN[one] ?? "point"} size={20} />
            <span>{t(`frame.means.${one}`)}</span>
          </button>
        ))}
      </div>
      <div class="tools-view" role="group" aria-label={t("frame.zoom")}>
        <button type="button" class="tool tool-small" aria-label={t("frame.zoomOut")} title={`${t("frame.zoomOut")} (−)`} onClick={() => zoomBy(1 / 1.5)}>−</button>
        <button type="button" class="tool tool-small tool-percent" aria-label={t("frame.fit", { percent })} title={`${t("frame.fitTitle")} (0)`} onClick={fit}>{percent}%</button>
        <button type="button" class="tool tool-small" aria-label={t("frame.zoomIn")} title={`${t("frame.zoomIn")} (+)`} onClick={() => zoomBy(1.5)}>+</button>
        <button type="button" class="tool tool-small" aria-pressed={solutionShown.value} aria-label={t("frame.showSolution")} title={t("frame.showSolution")} onClick={() => { solutionShown.value = !solutionShown.value; }}>
          <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="M1.5 10.5h13M5 14V4M5 10.5l7-4" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round" stroke-dasharray="2.2 2.2" /></svg>
        </button>
        <button type="button" class="tool tool-small" aria-pressed={large.value} aria-label={t("frame.large")} title={`${t("frame.large")} (F)`} aria-keyshortcuts="F" onClick={() => { large.value = !large.value; }}>
          <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="M9.5 2.5h4v4M6.5 13.5h-4v-4M13.5 2.5 9 7M2.5 13.5 7 9" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round" /></svg>
        </button>
      </div>
    </div>
  );
}
