/** What is said on this screen: a claim, what evidence says of it, a judgement, a review, how two tellings hang together. */
import { signal, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { language, plain, t } from "../../i18n/index.ts";
import { Delay, Newest } from "../../newest.ts";
import { inOwnWords } from "../../shell/calls.ts";
import { events as caseEvents } from "../../shell/overview.ts";
import { fail } from "../../store/notices.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { EntryText } from "../../ui/entry.tsx";
import { endTime, time } from "../../ui/entry_formats.ts";
import { Button, Choice, Quote, TextField } from "../../ui/parts.tsx";
import { citable, confidences, stances, type Citable, type Claim, type Form, type Judgement, type Stance, type Weighing } from "./api.ts";
import { Sign, stanceWord } from "./sign.tsx";
import { draftOf, dropDraft, keepDraft, numberOf, say, table, withdraw } from "./store.ts";
import { readClaimDates } from "./dates.ts";
import { aliasTitle, claimText } from "./words.ts";

export type Asked =
  | { form: "claim"; claim: Claim | null }
  | { form: "weigh"; claim: Claim }
  | { form: "judgement"; claim: Claim; judgement: Judgement | null }
  | { form: "withdraw"; claim: Claim; weighing: Weighing | null }
  | { form: "review"; claim: Claim; judgement: Judgement }
  | { form: "link"; claim: Claim; pair: [{ id: string; said: string }, { id: string; said: string }] };

export const asked = signal<Asked | null>(null);
export const openForm = (what: Asked): void => {
  asked.value = what;
};
const close = (): void => {
  asked.value = null;
};

export function Forms() {
  const what = asked.value;
  if (what === null) return null;
  if (what.form === "claim") return <ClaimForm claim={what.claim} />;
  if (what.form === "weigh") return <WeighForm claim={what.claim} />;
  if (what.form === "judgement") return <JudgementForm claim={what.claim} judgement={what.judgement} />;
  if (what.form === "withdraw") return <WithdrawForm claim={what.claim} weighing={what.weighing} />;
  if (what.form === "review") return <ReviewForm claim={what.claim} judgement={what.judgement} />;
  return <LinkForm pair={what.pair} />;
}

/** A form that keeps what is typed until it was said, and says it once. */
function useForm<T extends Record<string, unknown>>(key: string, fresh: T): { value: T; put: (part: Partial<T>) => void; send: (forms: Form[]) => Promise<void>; working: boolean } {
  const value = useSignal<T>(draftOf(key, fresh));
  const working = useSignal(false);
  const put = (part: Partial<T>): void => {
    value.value = { ...value.value, ...part };
    keepDraft(key, value.value);
  };
  const send = async (forms: Form[]): Promise<void> => {
    if (working.value) return;
    working.value = true;
    const done = await say(forms);
    working.value = false;
    if (!done) return;
    dropDraft(key);
    close();
  };
  return { value: value.value, put, send, working: working.value };
}

function SayDialog({ title, children, ready, working, onSay, act }: { title: string; children: ComponentChildren; ready: boolean; working: boolean; onSay: () => void; act: string }) {
  return (
    <Dialog title={title} onClose={close} wide>
      <form class="claims-form" onSubmit={(event) => { event.preventDefault(); if (ready && !working) onSay(); }}>
        {children}
        <p class="small soft">{t("claims.signed", { by: aliasTitle(table.value?.me ?? "") })}</p>
        <div class="form-acts"><Button type="submit" kind="main" disabled={!ready || working}>{act}</Button></div>
      </form>
    </Dialog>
  );
}

const kinds = ["what", "where", "when", "which_organisation", "how_many", "sequence"];
const NEW = "new";

function ClaimForm({ claim }: { claim: Claim | null }) {
  const titles = new Map(caseEvents.value.map((one) => [one.id, plain(inOwnWords(one.title))]));
  const events = (table.value?.events ?? []).map((one) => ({ ...one, title: titles.get(one.id) ?? one.title }));
  const form = useForm(`claim ${claim?.id ?? NEW}`, {
    text: claim === null ? "" : claimText(claim),
    kind: claim?.kind ?? "what",
    standard: claim?.standard ?? t("claims.standardUsual"),
    event: claim?.event ?? events[0]?.id ?? NEW,
    title: "",
    earliest: claim?.earliest ? time.show(claim.earliest) : "",
    latest: claim?.latest ? endTime.show(claim.latest) : "",
  });
  const { value, put } = form;
  const wrong = useSignal<{ earliest?: string; latest?: string }>({});
  const ready = value.text.trim() !== "" && value.standard.trim() !== "" && (value.event !== NEW || value.title.trim() !== "");
  const send = (): void => {
    const dates = readClaimDates(value.earliest, value.latest);
    wrong.value = dates.wrong;
    if (dates.said === null) return;
    const tag = language.value;
    const text = { ...Object.fromEntries(Object.entries(claim?.text ?? {}).filter(([, said]) => said !== null)), [tag]: value.text.trim() };
    const about: Form[] = value.event === NEW ? [{ form: "event", as: "event", title: { [tag]: value.title.trim() } }] : [];
    const said: Form = { form: "claim", event: value.event === NEW ? "@event" : value.event, text, kind: value.kind, standard: value.standard.trim(), ...dates.said };
    void form.send([...about, claim === null ? said : { ...unasked(claim), ...said, id: claim.id }]);
  };
  return (
    <SayDialog title={claim === null ? t("claims.new") : t("claims.sayAnewTitle", { number: numberOf(claim) })} ready={ready} working={form.working} onSay={send} act={t("claims.sayClaim")}>
      <TextField label={t("claims.text")} hint={t("claims.textHint")} value={value.text} onValue={(text) => put({ text })} lines={3} required />
      <Choice label={t("claims.kindOf")} value={value.kind} options={kinds.map((kind) => ({ value: kind, label: t(`claims.about.${kind}`) }))} onValue={(kind) => put({ kind })} />
      <Choice label={t("claims.event")} value={value.event} options={[...events.map((one) => ({ value: one.id, label: one.title })), { value: NEW, label: t("claims.eventNew") }]} onValue={(event) => put({ event })} />
      {value.event === NEW && <TextField label={t("claims.eventTitle")} hint={t("claims.eventHint")} value={value.title} onValue={(title) => put({ title })} required />}
      <EntryText of={time} label={t("claims.earliest")} hint={t("claims.earliestHint")} text={value.earliest} onText={(earliest) => put({ earliest })} error={wrong.value.earliest} />
      <EntryText of={endTime} label={t("claims.latest")} hint={t("claims.latestHint")} text={value.latest} onText={(latest) => put({ latest })} error={wrong.value.latest} />
      <TextField label={t("claims.standard")} hint={t("claims.standardHint")} value={value.standard} onValue={(standard) => put({ standard })} required />
    </SayDialog>
  );
}

/** What a claim says that no field of the form asks: a new version keeps it. */
const unasked = ({ question, place }: Claim): Partial<Form> => ({ ...(question === null ? {} : { question }), ...(place === null ? {} : { place }) });

/** Takes a claim or a weighing back, with a reason: its words are deleted for good. */
function WithdrawForm({ claim, weighing }: { claim: Claim; weighing: Weighing | null }) {
  const key = `withdraw ${(weighing ?? claim).id}`;
  const reason = useSignal(draftOf(key, { text: "" }).text);
  const working = useSignal(false);
  const ready = reason.value.trim() !== "" && !working.value;
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!ready) return;
    working.value = true;
    const done = await withdraw((weighing ?? claim).id, reason.value.trim());
    working.value = false;
    if (!done) return;
    dropDraft(key);
    close();
  };
  const number = numberOf(claim);
  return (
    <Dialog title={t(weighing === null ? "claims.withdrawTitle" : "claims.withdrawWeighTitle", { number })} onClose={close} wide>
      <form class="claims-form" onSubmit={(event) => void send(event)}>
        <p><Quote>{`“${weighing === null ? claimText(claim) : weighing.why}”`}</Quote></p>
        <p>{t("claims.withdrawHow")}{weighing === null && <> {t("claims.withdrawRest")}</>}</p>
        <TextField label={t("claims.reason")} hint={t("claims.withdrawHint")} value={reason.value} onValue={(text) => { reason.value = text; keepDraft(key, { text }); }} lines={2} required />
        <div class="form-acts"><Button type="submit" kind="danger" disabled={!ready}>{t("claims.withdraw")}</Button></div>
      </form>
    </Dialog>
  );
}

function WeighForm({ claim }: { claim: Claim }) {
  const form = useForm(`weigh ${claim.id}`, { cited: null as Citable | null, stance: null as Stance | null, credibility: "3", why: "" });
  const { value, put } = form;
  const ready = value.cited !== null && value.stance !== null && value.why.trim() !== "";
  const send = (): void => {
    if (value.cited === null) return;
    void form.send([{ form: "weigh", claim: claim.id, on: { [value.cited.kind]: value.cited.id, ...(value.cited.kind === "timeline" ? { event: 0 } : {}) }, stance: value.stance, credibility: Number(value.credibility), why: value.why.trim() }]);
  };
  return (
    <SayDialog title={t("claims.weighTitle", { number: numberOf(claim) })} ready={ready} working={form.working} onSay={send} act={t("claims.sayWeigh")}>
      <p><Quote>{`“${claimText(claim)}”`}</Quote></p>
      <Cite chosen={value.cited} onChoose={(cited) => put({ cited })} />
      <fieldset class="claims-stances">
        <legend>{t("claims.stance")}</legend>
        {stances.map((one) => (
          <label key={one} class="check"><input type="radio" name="stance" checked={value.stance === one} onChange={() => put({ stance: one })} /><Sign stance={one} /><span>{stanceWord(one)}</span></label>
        ))}
      </fieldset>
      <Choice label={t("claims.grade")} value={value.credibility} options={[1, 2, 3, 4, 5, 6].map((grade) => ({ value: String(grade), label: `${grade} · ${t(`claims.grade.${grade}`)}` }))} onValue={(credibility) => put({ credibility })} />
      <TextField label={t("claims.reason")} hint={t("claims.reasonHint")} value={value.why} onValue={(why) => put({ why })} lines={3} required />
    </SayDialog>
  );
}

/** What can be cited, found by its words; nothing is asked while a word is still being composed. */
function Cite({ chosen, onChoose }: { chosen: Citable | null; onChoose: (one: Citable) => void }) {
  const words = useSignal("");
  const found = useSignal<{ found: Citable[]; more: number } | null>(null);
  const call = useRef(new Newest());
  const wait = useRef(new Delay(150));
  const id = useId();
  const ask = (): void => {
    citable(words.peek(), { signal: call.current.begin() }).then((reply) => {
      found.value = reply;
    }).catch(fail);
  };
  useEffect(() => {
    ask();
    return () => {
      wait.current.stop();
      call.current.stop();
    };
  }, []);
  const input = (event: InputEvent): void => {
    words.value = (event.currentTarget as HTMLInputElement).value;
    if (!event.isComposing) wait.current.start(ask);
  };
  return (
    <div class="field">
      <label for={id}>{t("claims.cite")}</label>
      <input id={id} type="text" dir="auto" autocomplete="off" spellcheck={false} value={words.value} placeholder={t("claims.citeHint")} onInput={input} onCompositionEnd={() => wait.current.start(ask)} />
      <div class="claims-found" role="radiogroup" aria-label={t("claims.cite")}>
        {found.value?.found.map((one) => (
          <label key={one.kind + one.id} class="check">
            <input type="radio" name={`${id}-cite`} checked={chosen?.id === one.id} onChange={() => onChoose(one)} />
            <span><span class="chip">{t(`claims.kind.${one.kind}`)}</span> {one.said !== one.kind && <bdi>{one.kind === "account" ? aliasTitle(one.said) : plain(one.said)}</bdi>}</span>
          </label>
        ))}
        {found.value?.found.length === 0 && <p class="small soft">{t("claims.citeNone")}</p>}
      </div>
      {found.value !== null && found.value.more > 0 && <p class="hint">{t("claims.citeMore", { count: found.value.more })}</p>}
    </div>
  );
}

function JudgementForm({ claim, judgement }: { claim: Claim; judgement: Judgement | null }) {
  const bands = table.value?.bands ?? [];
  const at = (pct: number, end: 0 | 1): number => bands.findIndex((band) => band[end] === pct);
  const contradictions = claim.evidence.filter((one) => one.stance === "contradicts");
  const form = useForm(`judgement ${claim.id} ${judgement?.id ?? NEW}`, {
    from: String(judgement === null ? -1 : at(judgement.low_pct, 0)),
    to: String(judgement === null ? -1 : at(judgement.high_pct, 1)),
    confidence: (judgement?.confidence ?? "") as string,
    why: judgement?.why ?? "",
    contrary: (judgement?.contrary ?? []) as string[],
  });
  const { value, put } = form;
  const [from, to] = [Number(value.from), Number(value.to)];
  const turned = from >= 0 && to >= 0 && from > to;
  const ready = from >= 0 && to >= from && value.confidence !== "" && value.why.trim() !== "";
  const words = [{ value: "-1", label: t("claims.choose") }, ...bands.map(([low, high], step) => ({ value: String(step), label: `${t(`claims.band.${step}`)} (${low}–${high} %)` }))];
  const send = (): void => {
    const contrary = value.contrary.length > 0 ? { contrary: value.contrary } : {};
    const said: Form = { form: "judgement", claim: claim.id, low_pct: bands[from]?.[0], high_pct: bands[to]?.[1], confidence: value.confidence, why: value.why.trim(), ...contrary };
    void form.send([judgement === null ? said : { ...said, id: judgement.id }]);
  };
  return (
    <SayDialog title={t("claims.judgeTitle", { number: numberOf(claim) })} ready={ready} working={form.working} onSay={send} act={t("claims.sayJudgement")}>
      <p><Quote>{`“${claimText(claim)}”`}</Quote></p>
      <fieldset>
        <legend>{t("claims.likelihood")}</legend>
        <Choice label={t("claims.from")} value={value.from} options={words} onValue={(one) => put(to < 0 ? { from: one, to: one } : { from: one })} />
        <Choice label={t("claims.to")} value={value.to} options={words} onValue={(one) => put({ to: one })} />
        {turned && <p class="field-error">{t("claims.turned")}</p>}
      </fieldset>
      <fieldset>
        <legend>{t("claims.confidence")}</legend>
        {confidences.map((one) => (
          <label key={one} class="check"><input type="radio" name="confidence" checked={value.confidence === one} onChange={() => put({ confidence: one })} /><span><b>{t(`claims.confidence.${one}`)}</b> <span class="soft small">{t(`claims.confidence.${one}.means`)}</span></span></label>
        ))}
      </fieldset>
      {contradictions.length > 0 && (
        <fieldset>
          <legend>{t("claims.answers")}</legend>
          {contradictions.map((one) => (
            <label key={one.id} class="check"><input type="checkbox" checked={value.contrary.includes(one.id)} onChange={(event) => put({ contrary: event.currentTarget.checked ? [...value.contrary, one.id] : value.contrary.filter((id) => id !== one.id) })} /><bdi>{one.why}</bdi></label>
          ))}
        </fieldset>
      )}
      <TextField label={t("claims.reason")} hint={t("claims.judgeHint")} value={value.why} onValue={(why) => put({ why })} lines={4} required />
    </SayDialog>
  );
}

function ReviewForm({ claim, judgement }: { claim: Claim; judgement: Judgement }) {
  const form = useForm(`review ${judgement.id}`, { verdict: "", why: "" });
  const { value, put } = form;
  const ready = value.verdict !== "" && value.why.trim() !== "";
  const send = (): void => void form.send([{ form: "review", judgement: judgement.id, verdict: value.verdict, why: value.why.trim() }]);
  return (
    <SayDialog title={t("claims.reviewTitle", { number: numberOf(claim) })} ready={ready} working={form.working} onSay={send} act={t("claims.sayReview")}>
      <p><Quote>{`“${claimText(claim)}”`}</Quote></p>
      <p class="small"><bdi>{judgement.why}</bdi></p>
      <fieldset>
        <legend>{t("claims.verdict")}</legend>
        {["agree", "disagree", "return"].map((one) => (
          <label key={one} class="check"><input type="radio" name="verdict" checked={value.verdict === one} onChange={() => put({ verdict: one })} /><span>{t(`claims.say.${one}`)}</span></label>
        ))}
      </fieldset>
      <TextField label={t("claims.reason")} hint={t("claims.reviewHint")} value={value.why} onValue={(why) => put({ why })} lines={3} required />
    </SayDialog>
  );
}

const relations = ["none", "hearsay", "copy", "reupload", "quote", "crop", "transcode", "frame", "translation", "same_author", "same_org", "same_prompt"];

function LinkForm({ pair: [one, other] }: { pair: [{ id: string; said: string }, { id: string; said: string }] }) {
  const form = useForm(`link ${one.id} ${other.id}`, { relation: "none", certainty: "likely", basis: "" });
  const { value, put } = form;
  const send = (): void => void form.send([{ form: "link", child: one.id, parent: other.id, relation: value.relation, certainty: value.certainty, basis: value.basis.trim(), looked_at: "yes" }]);
  return (
    <SayDialog title={t("claims.linkTitle")} ready={value.basis.trim() !== ""} working={form.working} onSay={send} act={t("claims.sayLink")}>
      <p><Quote>{aliasTitle(one.said)}</Quote> · <Quote>{aliasTitle(other.said)}</Quote></p>
      <Choice label={t("claims.relation")} value={value.relation} options={relations.map((name) => ({ value: name, label: t(`claims.relation.${name}`) }))} onValue={(relation) => put({ relation })} hint={t("claims.relationHint")} />
      <Choice label={t("claims.certainty")} value={value.certainty} options={["certain", "likely", "unsure"].map((name) => ({ value: name, label: t(`claims.certainty.${name}`) }))} onValue={(certainty) => put({ certainty })} />
      <TextField label={t("claims.basis")} value={value.basis} onValue={(basis) => put({ basis })} lines={2} required />
    </SayDialog>
  );
}
