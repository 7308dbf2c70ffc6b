/** Claims: what is said of events, and what bears on each. People judge; nothing here adds up by itself. */
import { useEffect } from "preact/hooks";
import { addWords, t } from "../../i18n/index.ts";
import { caseState } from "../../store/signals.ts";
import { Button } from "../../ui/parts.tsx";
import type { Claim } from "./api.ts";
import { Bearing } from "./against.tsx";
import { Forms, openForm } from "./forms.tsx";
import { Matrix } from "./matrix.tsx";
import { Sign, stanceWord } from "./sign.tsx";
import { columns, numberOf, readTable, shown, startClaims, table } from "./store.ts";
import { stances } from "./api.ts";
import { list } from "./words.ts";
import ar from "./words.ar.json";
import en from "./words.en.json";
import ru from "./words.ru.json";
import zh from "./words.zh.json";
import "./claims.css";

addWords({ en, ar, ru, zh });
startClaims();

export { Side } from "./side.tsx";

const states = ["disputed", "reviewed", "judged", "open"] as const;

export function Screen() {
  // Another screen, or a colleague's program, may have said something since.
  useEffect(() => void readTable(), [caseState.value]);
  const known = table.value;
  if (known === null) return <header class="screen-head"><div class="grow"><p class="eyebrow">{t("claims.eyebrow")}</p><h1>{t("claims.reading")}</h1></div></header>;
  return (
    <>
      <Head />
      <div class="body claims-body">
        {known.faults.length > 0 && <div class="note note-bad" role="status"><p>{t("claims.faults", { count: known.faults.length })} <span lang="en" dir="ltr">{known.faults[0]?.where}: {known.faults[0]?.expected}</span></p></div>}
        {shown.value.length === 0 ? <Empty /> : <><Matrix /><Legend /><Bearing /></>}
      </div>
      <Forms />
    </>
  );
}

function Head() {
  const counts = states.map((state) => ({ state, count: shown.value.filter((one) => one.state === state).length })).filter((one) => one.count > 0);
  const heading = counts.length === 0 ? t("claims.none") : t("claims.heading", { count: shown.value.length, states: list(counts.map(({ state, count }) => t(`claims.count.${state}`, { count }))) });
  return (
    <header class="screen-head">
      <div class="grow">
        <p class="eyebrow">{t("claims.eyebrow")}</p>
        <h1>{heading}</h1>
        <p class="lede">{t("claims.lede")}</p>
      </div>
      <div class="acts">
        <Button icon="plus" onClick={() => openForm({ form: "claim", claim: null })}>{t("claims.new")}</Button>
        <Next />
      </div>
    </header>
  );
}

/** The one next action: judge what nobody judged, review what somebody else judged. */
function Next() {
  const me = table.value?.me;
  const open = shown.value.find((one) => one.state === "open" && one.evidence.length > 0);
  const unread = shown.value.flatMap((claim) => claim.judgements.map((judgement) => ({ claim, judgement }))).find(({ claim, judgement }) => claim.state === "judged" && judgement.by !== me && judgement.reviews.length === 0);
  if (unread !== undefined) return <Button kind="main" onClick={() => openForm({ form: "review", ...unread })}>{t("claims.reviewNumber", { number: numberOf(unread.claim) })}</Button>;
  const bare: Claim | undefined = shown.value.find((one) => one.evidence.length === 0);
  if (bare !== undefined) return <Button kind="main" onClick={() => openForm({ form: "weigh", claim: bare })}>{t("claims.weighNumber", { number: numberOf(bare) })}</Button>;
  if (open !== undefined) return <Button kind="main" onClick={() => openForm({ form: "judgement", claim: open, judgement: null })}>{t("claims.judgeNumber", { number: numberOf(open) })}</Button>;
  return null;
}

function Legend() {
  const joined = columns.value.some((one) => one.origin > 0);
  return (
    <div class="claims-legend">
      <ul class="small">
        {stances.map((one) => <li key={one}><Sign stance={one} />{stanceWord(one)}</li>)}
        <li><span class="dot-nothing" aria-hidden="true" />{t("claims.stance.nothing")}</li>
      </ul>
      {joined && <p class="tiny soft">{t("claims.bar")}</p>}
    </div>
  );
}

function Empty() {
  return (
    <section class="empty">
      <h2>{t("claims.emptyTitle")}</h2>
      <p>{t("claims.emptyWhat")}</p>
      <Button kind="main" icon="plus" onClick={() => openForm({ form: "claim", claim: null })}>{t("claims.new")}</Button>
    </section>
  );
}
