import { clock, day, language, percent, rough, t } from "../i18n/index.ts";
import { answer, answerFirst, answerStale, answerTrouble, document_, draft } from "../state.ts";
import type { LocateReply } from "../types.ts";
import { Told } from "../ui/parts.tsx";

/** The answer as one would say it: an area, a time, how many readings remain. */
export function Readout() {
  const told = answer.value;
  const trouble = answerTrouble.value;
  const state = draft.value !== null ? "held" : answerStale.value ? "waits" : "ready";
  return (
    <section id="status" class={`readout readout-${state}`} aria-label={t("readout.name")} data-ready={state === "ready" && told !== null ? told.id : ""} aria-busy={state !== "ready"}>
      <div aria-live="polite" aria-atomic="true">
        {trouble !== null ? (
          <p class="readout-trouble"><Told lang={trouble.lang}>{trouble.text}</Told>{trouble.hint !== null && <span class="soft"> <Told lang={trouble.lang}>{trouble.hint}</Told></span>}</p>
        ) : answerFirst.value !== null ? (
          <Region area={answerFirst.value} />
        ) : told === null ? (
          <p class="readout-empty">{document_.value.clue.length === 0 ? t("readout.empty") : t("readout.asking")}</p>
        ) : <Reading told={told} />}
      </div>
    </section>
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

function Reading({ told }: { told: LocateReply }) {
  const { credible, modes } = told.answer;
  const ninety = credible["0.9"];
  const first = modes[0];
  return (
    <>
      <dl class="figures">
        <div>
          <dt>{t("readout.where")}</dt>
          <dd><strong>{t("unit.km2", { value: rough(ninety.area_km2) })}</strong>{first?.nearest_place != null && modes.length < 4 && <span class="soft"> {t("readout.likeliest")} <Told>{first.nearest_place}</Told></span>}</dd>
        </div>
        <div>
          <dt>{t("readout.when")}</dt>
          <dd><strong>{when(ninety.utc)}</strong></dd>
        </div>
        <div>
          <dt>{t("readout.modes")}</dt>
          <dd><strong>{t("readout.modeCount", { count: modes.length })}</strong>{first !== undefined && modes.length > 1 && <span class="soft"> {t("readout.largest", { share: percent(first.mass) })}</span>}</dd>
        </div>
      </dl>
      <p class="readout-words">{language.value === "en" ? <Told>{told.words}</Told> : t("readout.half", { area: rough(credible["0.5"].area_km2) })}</p>
      {told.answer.warnings?.map((warning) => <p key={warning} class="readout-words readout-trouble"><Told>{warning}</Told></p>)}
    </>
  );
}

function when(spans: [string, string][]): string {
  const first = spans[0];
  const last = spans.at(-1);
  if (first === undefined || last === undefined) return t("readout.never");
  if (day(first[0]) === day(last[1])) return `${day(first[0])}, ${clock(first[0])}${clock(first[0]) === clock(last[1]) ? "" : `–${clock(last[1])}`} UTC`;
  return spans.length > 1 ? t("readout.spans", { from: day(first[0]), to: day(last[1]), count: spans.length }) : `${day(first[0])} – ${day(last[1])}`;
}
