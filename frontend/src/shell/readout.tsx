import { day, language, percent, rough, t, withinDay } from "../i18n/index.ts";
import { answerNames, foreign, whoseAnswer } from "../items/whose.ts";
import { edit } from "../store/edit.ts";
import { answer, answerFirst, answerStale, answerTrouble, document_, draft, inquiry, whyLeftOut } from "../store/signals.ts";
import type { LocateReply } from "../types.ts";
import { Button, Said, Told, ToldWords } from "../ui/parts.tsx";

/** The answer as one would say it: an area, a time, how many readings remain. */
export function Readout() {
  const told = answer.value;
  const trouble = answerTrouble.value;
  const left = inquiry.value.clues.filter((kept) => kept.on && whyLeftOut(kept) !== null).length;
  const state = draft.value !== null ? "held" : answerStale.value ? "waits" : "ready";
  return (
    <section id="status" tabIndex={-1} class={`readout readout-${state}`} aria-label={t("readout.name")} data-ready={state === "ready" && told !== null ? told.id : ""} aria-busy={state !== "ready"}>
      <div aria-live="polite" aria-atomic="true">
        {foreign.value ? (
          <p class="readout-empty">{t("footage.whose.other", { names: answerNames.value })}</p>
        ) : trouble?.code === "no-time" ? <AskWhen /> : trouble !== null ? (
          <p class={trouble.calm === true ? "readout-empty" : "readout-trouble"}><ToldWords words={trouble} /></p>
        ) : answerFirst.value !== null ? (
          <Region area={answerFirst.value} />
        ) : told === null ? (
          <p class="readout-empty">{document_.value.clue.length === 0 ? t("readout.empty") : t("readout.asking")}</p>
        ) : <AnswerFigures told={told} />}
        {whoseAnswer.value === "none" && told !== null && <p class="readout-words"><strong>{t("footage.whose.none", { names: answerNames.value })}</strong></p>}
        {left > 0 && <p class="readout-words readout-trouble">{t("footage.leftOut", { count: left })}</p>}
      </div>
    </section>
  );
}

const YEARS = [1, 10] as const;

/** The clues are there, but no date: the next step, asked calmly, with the two commonest answers. */
function AskWhen() {
  const ago = (years: number): void => {
    const now = new Date();
    const midnight = (back: number): string => `${new Date(Date.UTC(now.getUTCFullYear() - back, now.getUTCMonth(), now.getUTCDate())).toISOString().slice(0, 19)}Z`;
    const dates = { not_before: midnight(years), not_after: midnight(0) };
    edit(`set the dates: ${dates.not_before} to ${dates.not_after}`, (one) => ({ ...one, prior: { ...one.prior, ...dates } }));
    document.getElementById("status")?.focus(); // the question goes, its place stays
  };
  return (
    <div class="ask-when">
      <p>{t("readout.askWhen")}</p>
      <div class="toolbar">{YEARS.map((years) => <Button key={years} kind={years === 10 ? "main" : "plain"} onClick={() => ago(years)}>{t("readout.lastYears", { count: years })}</Button>)}</div>
    </div>
  );
}

/** The region is known; when, and how many readings, take as long again. */
function Region({ area }: { area: number }) {
  return (
    <>
      <dl class="figures figures-known">
        <div>
          <dt>{t("readout.where")}</dt>
          <dd><strong>{t("unit.km2", { value: rough(area) })}</strong></dd>
        </div>
      </dl>
      <p class="readout-words">{t("readout.first")}</p>
    </>
  );
}

function AnswerFigures({ told }: { told: LocateReply }) {
  const { credible, modes } = told.answer;
  const ninety = credible["0.9"];
  const first = modes[0];
  return (
    <>
      <dl class="figures">
        <div>
          <dt>{t("readout.where")}</dt>
          <dd><strong>{t("unit.km2", { value: rough(ninety.area_km2) })}</strong>{first?.nearest_place != null && modes.length === 1 && ninety.area_km2 <= LARGEST_NAMED_KM2 && <span class="soft"> {t("readout.near")} <Said text={first.nearest_place} told={told.near_told?.[0]} /></span>}</dd>
        </div>
        <div>
          <dt>{t("readout.when")}</dt>
          <dd><strong>{when(ninety)}</strong></dd>
        </div>
        <div>
          <dt>{t("readout.modes")}</dt>
          <dd><strong>{t("readout.modeCount", { count: modes.length })}</strong>{first !== undefined && modes.length > 1 && <span class="soft"> {t("readout.largest", { share: percent(first.mass) })}</span>}</dd>
        </div>
      </dl>
      <p class="readout-words">{language.value === "en" ? <Told>{told.words}</Told> : t("readout.half", { area: rough(credible["0.5"].area_km2) })}</p>
      {told.answer.warnings?.map((warning, at) => <p key={warning} class="readout-words readout-trouble"><Said text={warning} told={told.warnings_told?.[at]} /></p>)}
    </>
  );
}

type Region90 = LocateReply["answer"]["credible"]["0.9"];

/** A larger region (56 km round its middle) has no town that tells where it is. */
const LARGEST_NAMED_KM2 = 1e4;
/** So many spans of one day are told one by one. */
const MOST_OF_A_DAY = 3;

/** Spans in short; those of one day each by itself, so that no gap is told as time. */
function when({ utc: spans, hours, when: told }: Region90): string {
  const first = spans[0];
  const last = spans.at(-1);
  if (first === undefined || last === undefined) return hours > 0 ? told : t("readout.never");
  if (spans.length <= MOST_OF_A_DAY && day(first[0]) === day(last[1])) return withinDay(spans);
  return spans.length > 1 ? t("readout.spans", { from: day(first[0]), to: day(last[1]), count: spans.length }) : `${day(first[0])} – ${day(last[1])}`;
}
