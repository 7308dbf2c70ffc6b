/** The question: what it asks in words, a form that adds a landmark, and its text, checked as it is typed. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { number, t } from "../../i18n/index.ts";
import { Button, Field, TextField } from "../../ui/parts.tsx";
import { kindsOfThings } from "./api.ts";
import { freeId, withLandmark } from "./question_text.ts";
import { answer, ask, editing, said, stale, text, type, working, wrong } from "./state.ts";
import { clauseWords } from "./words.ts";

export function QuestionCard() {
  const now = said.value;
  return (
    <section class="card question-card" aria-label={t("places.question")} aria-busy={working.value}>
      <div class="card-head">
        <h2>{t("places.question")}</h2>
        <Button aria-expanded={editing.value} onClick={() => { editing.value = !editing.value; }}>{t(editing.value ? "places.edit.close" : "places.edit.open")}</Button>
        <Button kind={now !== null && (answer.value === null || stale.value) ? "main" : "plain"} disabled={now === null || working.value} onClick={() => void ask()}>{t("places.ask")}</Button>
      </div>
      <div class="card-body question-said">
        {now === null && wrong.value === null && <p class="soft">{t("places.question.none")}</p>}
        {now !== null && (
          <ul class="asked-list">
            {now.things.map((one) => <li key={one.path} class="chip chip-plain"><bdi>{one.is ?? one.tags ?? one.id}</bdi>{one.missing !== undefined && <span class="soft"> {t("places.missing", { share: number(one.missing * 100, 0) })}</span>}</li>)}
            {now.clauses.map((one) => <li key={one.path} class="chip chip-plain">{clauseWords(one)}</li>)}
          </ul>
        )}
        {now?.eye != null && <p class="small soft">{t(now.eye.on === undefined ? "places.eye.near" : "places.eye.on", { thing: now.eye.near ?? now.eye.on ?? "", metres: number(now.eye.within_m ?? 30, 0) })}</p>}
        {stale.value && <p class="note note-warn">{t("places.stale")}</p>}
        <Wrong />
      </div>
      {editing.value && <div class="card-body question-edit"><AddLandmark /><QuestionText /></div>}
    </section>
  );
}

function Wrong() {
  const found = wrong.value;
  if (found === null) return null;
  return (
    <div class="note note-bad" role="status">
      <div>
        <p><b>{t("places.wrong")}</b></p>
        <ul class="problems" lang="en" dir="ltr">{found.problems.length > 0 ? found.problems.map((one) => <li key={`${one.where}${one.expected}`}><code>{one.where}</code> {one.expected}{one.found !== "" && <span class="soft"> ({one.found})</span>}</li>) : <li>{found.message}</li>}</ul>
      </div>
    </div>
  );
}

function QuestionText() {
  return (
    <Field label={t("places.text")} hint={t("places.text.hint")}>
      {({ id, describedBy }) => <textarea id={id} class="question-text" aria-describedby={describedBy} rows={14} dir="ltr" spellcheck={false} autocomplete="off" value={text.value} onInput={(event) => type(event.currentTarget.value)} />}
    </Field>
  );
}

function AddLandmark() {
  const [kind, from, least, most, bearing, sigma] = [useSignal(""), useSignal(""), useSignal(""), useSignal(""), useSignal(""), useSignal("15")];
  const kinds = useSignal<string[]>([]);
  const fault = useSignal("");
  useEffect(() => { void kindsOfThings("").then((found) => { kinds.value = found.things.map((one) => one.is); }).catch(() => undefined); }, []);
  const ids = (said.value?.things ?? []).map((one) => one.id ?? "").filter((id) => id !== "");
  const value = (of: string): number | null => (of.trim() === "" ? null : Number(of.trim().replace(",", ".")));
  const add = (): void => {
    const numbers = [least.value, most.value, bearing.value, sigma.value].map(value);
    const base = from.value !== "" ? from.value : ids[0] ?? "";
    if (kind.value.trim() === "") fault.value = t("places.add.noKind");
    else if (numbers.some((one) => one !== null && !Number.isFinite(one))) fault.value = t("places.add.noNumber");
    else if (base !== "" && numbers[1] === null && numbers[2] === null) fault.value = t("places.add.noDistance");
    else fault.value = "";
    if (fault.value !== "") return;
    const [least_m = null, most_m = null, bearing_deg = null, bearing_sigma_deg = null] = numbers;
    type(withLandmark(text.value, freeId(kind.value.trim(), ids), { kind: kind.value.trim(), from: base, least_m, most_m, bearing_deg, bearing_sigma_deg }));
    kind.value = least.value = most.value = bearing.value = "";
  };
  return (
    <form class="add-landmark" aria-label={t("places.add")} onSubmit={(event) => { event.preventDefault(); add(); }}>
      <h3>{t("places.add")}</h3>
      <Field label={t("places.add.kind")} error={fault.value === "" ? undefined : fault.value} hint={t("places.add.kindHint")}>
        {({ id, describedBy }) => <input id={id} type="text" dir="ltr" list="kinds-of-things" autocomplete="off" spellcheck={false} value={kind.value} aria-describedby={describedBy} aria-invalid={fault.value !== ""} onInput={(event) => { kind.value = event.currentTarget.value; }} />}
      </Field>
      <datalist id="kinds-of-things">{kinds.value.map((one) => <option key={one} value={one} />)}</datalist>
      {ids.length > 0 && (
        <>
          <Field label={t("places.add.from")}>
            {({ id }) => <select id={id} value={from.value === "" ? ids[0] : from.value} onChange={(event) => { from.value = event.currentTarget.value; }}>{ids.map((one) => <option key={one} value={one}>{one}</option>)}</select>}
          </Field>
          <div class="two-fields"><TextField label={t("places.add.least")} unit="m" value={least.value} onValue={(to) => { least.value = to; }} numeric /><TextField label={t("places.add.most")} unit="m" value={most.value} onValue={(to) => { most.value = to; }} numeric /></div>
          <div class="two-fields"><TextField label={t("places.add.bearing")} unit="°" value={bearing.value} onValue={(to) => { bearing.value = to; }} numeric /><TextField label={t("places.add.sigma")} unit="°" value={sigma.value} onValue={(to) => { sigma.value = to; }} numeric /></div>
        </>
      )}
      <Button type="submit">{t("places.add.do")}</Button>
    </form>
  );
}
