import { effect, signal, useSignal } from "@preact/signals";
import { api, Refused } from "../api.ts";
import { readTime } from "../clues/schema.ts";
import { nameKey } from "../clues/kinds.ts";
import { faultWords, type Words } from "../i18n/faults.ts";
import { moment, number, rough, t } from "../i18n/index.ts";
import { stable } from "../stable.ts";
import { addAct, answerStale, caseState, document_, draft, edit, fail, inquiry, newId, returned, selection } from "../state.ts";
import type { CheckReply, Pin } from "../types.ts";
import { Button, Quote, TextField, Told } from "../ui/parts.tsx";

type Verdict = { reply: CheckReply } | { trouble: Words } | null;
export const verdicts = signal<Record<string, Verdict>>({});

/** Claims are checked whenever the clues or the claims change. */
export function startChecking(): void {
  const asked = new Map<string, string>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  effect(() => {
    const document = document_.value;
    const { pins } = inquiry.value;
    void returned.value;
    if (timer !== null) clearTimeout(timer);
    if (caseState.value === null) {
      asked.clear();
      verdicts.value = {};
      return;
    }
    // The answer goes first: it is what everybody waits for.
    if (draft.value !== null || answerStale.value || document.clue.length === 0) return;
    timer = setTimeout(() => {
      for (const pin of pins) {
        const text = stable([document, pin.place, pin.km, pin.from, pin.to]);
        if (asked.get(pin.id) === text || (pin.place === null && pin.from === null)) continue;
        asked.set(pin.id, text);
        verdicts.value = { ...verdicts.value, [pin.id]: null };
        const current = (): boolean => asked.get(pin.id) === text;
        api
          .check(document, { place: pin.place, km: pin.km, from: pin.from, to: pin.to })
          .then((reply) => {
            addAct(reply.act);
            if (current()) verdicts.value = { ...verdicts.value, [pin.id]: { reply } };
          })
          .catch((error: unknown) => {
            if (error instanceof Refused && error.code !== "gone") {
              if (current()) verdicts.value = { ...verdicts.value, [pin.id]: { trouble: faultWords(error) } };
              return;
            }
            asked.delete(pin.id);
            fail(error);
          });
      }
    }, 200);
  });
}

export function Claims() {
  return (
    <section class="claims" aria-labelledby="claims-title">
      <h3 id="claims-title">{t("claims.title")}</h3>
      <p class="hint">{t("claims.what")}</p>
      <ul class="claim-list">{inquiry.value.pins.map((pin) => <Claim key={pin.id} pin={pin} />)}</ul>
      <ClaimForm />
    </section>
  );
}

function Claim({ pin }: { pin: Pin }) {
  const verdict = verdicts.value[pin.id];
  const worst = verdict !== null && verdict !== undefined && "reply" in verdict
    ? [...verdict.reply.clues].filter((clue) => clue.pull_sigma !== null).sort((a, b) => Math.abs(b.pull_sigma ?? 0) - Math.abs(a.pull_sigma ?? 0))[0]
    : undefined;
  const kind = worst === undefined ? undefined : worst.kind ?? document_.value.clue[worst.index]?.kind;
  return (
    <li class="claim">
      <div>
        <p><strong><Quote>{pin.label}</Quote></strong></p>
        <p class="soft" dir="auto">
          {pin.place !== null && <><bdi dir="ltr">{pin.place[0].toFixed(3)}, {pin.place[1].toFixed(3)}</bdi>{pin.km > 0 ? ` (${t("unit.km", { value: rough(pin.km) })})` : ""}</>}
          {pin.place !== null && pin.from !== null && " · "}
          {pin.from !== null && <bdi>{moment(pin.from)}{pin.to !== null && pin.to !== pin.from ? ` – ${moment(pin.to)}` : ""} UTC</bdi>}
        </p>
        {verdict !== undefined && verdict !== null && "trouble" in verdict && <p class="verdict verdict-none"><Told lang={verdict.trouble.lang}>{verdict.trouble.text}</Told>{verdict.trouble.hint !== null && <span class="soft"> <Told lang={verdict.trouble.lang}>{verdict.trouble.hint}</Told></span>}</p>}
        {verdict !== undefined && verdict !== null && "reply" in verdict && (
          <>
            <p class={`verdict verdict-${verdict.reply.verdict}`} data-verdict={verdict.reply.verdict}>
              <strong>{t(`verdict.${verdict.reply.verdict}`)}</strong>
              <span dir="ltr"> {chance(verdict.reply.p_value)}</span>
            </p>
            <p class="soft">{t(`verdict.${verdict.reply.verdict}.what`)}</p>
            {worst !== undefined && kind !== undefined && <p class="soft">{t("claims.worst", { name: t(nameKey(kind)), sigma: number(Math.abs(worst.pull_sigma ?? 0), 1) })}</p>}
          </>
        )}
        {verdict === null && <p class="soft" role="status">{t("claims.checking")}</p>}
      </div>
      <Button icon="bin" kind="quiet" bare onClick={() => edit(`removed a claim: ${pin.label}`, (now) => ({ ...now, pins: now.pins.filter((old) => old.id !== pin.id) }))}>{t("claims.remove", { name: pin.label })}</Button>
    </li>
  );
}

const chance = (p: number): string => (p < 0.0001 ? "p < 0.0001" : `p = ${number(p, p < 0.01 ? 4 : 2)}`);

function ClaimForm() {
  const label = useSignal("");
  const place = useSignal("");
  const km = useSignal("5");
  const from = useSignal("");
  const to = useSignal("");
  const trouble = useSignal<{ place?: string; from?: string; to?: string }>({});
  const chosen = selection.value;
  const add = (): void => {
    const found = place.value.trim() === "" ? null : /^\s*([+-]?\d+(?:\.\d+)?)\s*[,;\s]\s*([+-]?\d+(?:\.\d+)?)\s*$/.exec(place.value);
    const at = found === null ? null : ([Number(found[1]), Number(found[2])] as [number, number]);
    const start = from.value.trim() === "" ? null : readTime(from.value);
    const end = to.value.trim() === "" ? start : readTime(to.value);
    const wrongPlace = place.value.trim() !== "" && (at === null || Math.abs(at[0]) > 90 || Math.abs(at[1]) > 180);
    const none = at === null && start === null && !wrongPlace;
    trouble.value = {
      ...(wrongPlace ? { place: t("wrong.place") } : none ? { place: t("claims.needsOne") } : {}),
      ...(from.value.trim() !== "" && start === null ? { from: t("wrong.time") } : {}),
      ...(to.value.trim() !== "" && end === null ? { to: t("wrong.time") } : {}),
    };
    if (Object.keys(trouble.value).length > 0) return;
    const name = label.value.trim() === "" ? t("claims.number", { number: inquiry.value.pins.length + 1 }) : label.value.trim();
    edit(`claimed: ${name}`, (now) => ({ ...now, pins: [...now.pins, { id: newId("pin"), label: name, place: at, km: Math.max(0, Number(km.value) || 0), from: start, to: end }] }));
    label.value = place.value = from.value = to.value = "";
  };
  return (
    <form class="claim-form" noValidate onSubmit={(event) => { event.preventDefault(); add(); }}>
      <TextField label={t("claims.label")} value={label.value} onValue={(value) => { label.value = value; }} />
      <div class="row">
        <TextField label={t("claims.place")} value={place.value} onValue={(value) => { place.value = value; }} placeholder="38.7075, -9.1365" ltr error={trouble.value.place} />
        <TextField label={t("claims.within")} value={km.value} onValue={(value) => { km.value = value; }} unit={t("unit.km", { value: "" }).replace(/[\s\u2068\u2069]/g, "")} numeric />
      </div>
      <div class="row">
        <TextField label={t("claims.from")} value={from.value} onValue={(value) => { from.value = value; }} placeholder="2022-10-07 09:40" hint={t("hint.time")} ltr error={trouble.value.from} />
        <TextField label={t("claims.to")} value={to.value} onValue={(value) => { to.value = value; }} ltr error={trouble.value.to} />
      </div>
      <div class="form-acts">
        <Button type="submit" kind="main">{t("claims.add")}</Button>
        {chosen.place !== null && <Button kind="quiet" icon="pin" onClick={() => { place.value = `${chosen.place?.[0]}, ${chosen.place?.[1]}`; }}>{t("place.fromMap")}</Button>}
        {chosen.from !== null && <Button kind="quiet" onClick={() => { from.value = chosen.from ?? ""; to.value = chosen.to ?? ""; }}>{t("claims.fromCalendar")}</Button>}
      </div>
    </form>
  );
}
