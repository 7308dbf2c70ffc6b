import { useSignal } from "@preact/signals";
import { nameKey } from "../clues/kinds.ts";
import { listed, moment, number, percent, rough, t } from "../i18n/index.ts";
import { edit } from "../store/edit.ts";
import { document_, inquiry, newId, selection } from "../store/signals.ts";
import type { CheckReply, ClueCheck, Pin, VerdictWord } from "../types.ts";
import { EntryText } from "../ui/entry.tsx";
import { endTime, place as placeFormat, readOptional, time } from "../ui/entry_formats.ts";
import { Button, Quote, TextField, ToldWords } from "../ui/parts.tsx";
import { verdicts } from "./checking.ts";

export function Claims() {
  return (
    <section class="claims" aria-labelledby="claims-title">
      <h3 id="claims-title">{t("pins.title")}</h3>
      <p class="hint">{t("pins.what")}</p>
      <ul class="claim-list">{inquiry.value.pins.map((pin) => <Claim key={pin.id} pin={pin} />)}</ul>
      <ClaimForm />
    </section>
  );
}

function Claim({ pin }: { pin: Pin }) {
  const verdict = verdicts.value[pin.id];
  const remove = (): void =>
    edit(`removed a claim: ${pin.label}`, (now) => ({ ...now, pins: now.pins.filter((old) => old.id !== pin.id) }));
  return (
    <li class="claim">
      <div>
        <p><strong><Quote>{pin.label}</Quote></strong></p>
        <p class="soft" dir="auto">
          {pin.place !== null && <ClaimedPlace place={pin.place} km={pin.km} />}
          {pin.place !== null && pin.from !== null && " · "}
          {pin.from !== null && <bdi>{moment(pin.from)}{pin.to !== null && pin.to !== pin.from ? ` – ${moment(pin.to)}` : ""} UTC</bdi>}
        </p>
        {verdict === null && <p class="soft" role="status">{t("pins.checking")}</p>}
        {verdict !== null && verdict !== undefined && ("reply" in verdict ? <Verdict reply={verdict.reply} /> : <p class="verdict verdict-none"><ToldWords words={verdict.trouble} /></p>)}
      </div>
      <Button icon="bin" kind="quiet" bare onClick={remove}>{t("pins.remove", { name: pin.label })}</Button>
    </li>
  );
}

function ClaimedPlace({ place: [lat, lon], km }: { place: readonly [number, number]; km: number }) {
  return <><bdi dir="ltr">{lat.toFixed(3)}, {lon.toFixed(3)}</bdi>{km > 0 ? ` (${t("unit.km", { value: rough(km) })})` : ""}</>;
}

/** What the check says of a claim, and which clue it is hardest to explain with. */
function Verdict({ reply: { verdict, p_value, clues, inside_prior, unless } }: { reply: CheckReply }) {
  const name = verdictName(verdict);
  const worst = hardest(clues);
  const kind = worst === undefined ? undefined : worst.kind ?? document_.value.clue[worst.index]?.kind;
  return (
    <>
      {!inside_prior && <p class="soft">{t("pins.outside")}</p>}
      <p class={`verdict verdict-${name}`} data-verdict={name}><strong>{t(`verdict.${name}`)}</strong></p>
      <p class="soft">{t(`verdict.${name}.what`)}</p>
      {verdict !== null && <p class="soft">{t("pins.chance", { share: percent(p_value) })}</p>}
      {unless.length > 0 && <p class="soft">{t("pins.unless", { names: unless.map((set) => set.map(clueName).join(" + ")).join(" / ") })}</p>}
      {worst !== undefined && kind !== undefined && <p class="soft">{t("pins.worst", { name: t(nameKey(kind)), sigma: number(pullOf(worst), 1) })}</p>}
    </>
  );
}

/** The verdict's name in the texts and styles. */
const verdictName = (verdict: VerdictWord): "consistent" | "strained" | "unless" | "inconsistent" | "none" =>
  verdict === null ? "none" : verdict === "inconsistent unless mismeasured" ? "unless" : verdict;

/** A clue by its place in the document: its number and its kind. */
function clueName(index: number): string {
  const kind = document_.value.clue[index]?.kind;
  return kind === undefined ? `${index + 1}` : listed([`${index + 1}`, t(nameKey(kind))]);
}

const pullOf = (clue: ClueCheck): number => Math.abs(clue.pull_sigma ?? 0);

/** The clue furthest from the claim in its own sigmas; the first of equal ones. */
function hardest(clues: readonly ClueCheck[]): ClueCheck | undefined {
  return clues.filter((clue) => clue.pull_sigma !== null).sort((a, b) => pullOf(b) - pullOf(a))[0];
}

function ClaimForm() {
  const label = useSignal("");
  const place = useSignal("");
  const km = useSignal("5");
  const from = useSignal("");
  const to = useSignal("");
  const trouble = useSignal<{ place?: string; from?: string; to?: string }>({});
  const chosen = selection.value;
  const add = (): void => {
    const at = readOptional(placeFormat, place.value);
    const start = readOptional(time, from.value);
    // A day alone is claimed as a whole.
    const end = readOptional(endTime, to.value.trim() === "" ? from.value : to.value);
    const none = at.value === null && start.value === null && !at.wrong;
    const noPlace = at.wrong ? placeFormat.wrong(place.value) : none ? t("pins.needsOne") : undefined;
    trouble.value = {
      ...(noPlace === undefined ? {} : { place: noPlace }),
      ...(start.wrong ? { from: time.wrong(from.value) } : {}),
      ...(to.value.trim() !== "" && end.wrong ? { to: time.wrong(to.value) } : {}),
    };
    if (Object.keys(trouble.value).length > 0) return;
    const name = label.value.trim() === "" ? t("pins.number", { number: inquiry.value.pins.length + 1 }) : label.value.trim();
    const pin: Pin = {
      id: newId("pin"), label: name, place: at.value, km: Math.max(0, Number(km.value) || 0), from: start.value, to: end.value,
    };
    edit(`claimed: ${name}`, (now) => ({ ...now, pins: [...now.pins, pin] }));
    label.value = place.value = from.value = to.value = "";
  };
  return (
    <form class="claim-form" noValidate onSubmit={(event) => { event.preventDefault(); add(); }}>
      <TextField label={t("pins.label")} value={label.value} onValue={(value) => { label.value = value; }} />
      <div class="row">
        <EntryText of={placeFormat} label={t("pins.place")} text={place.value} onText={(text) => { place.value = text; }} error={trouble.value.place} />
        <TextField label={t("pins.within")} value={km.value} onValue={(value) => { km.value = value; }} unit={t("unit.km", { value: "" }).replace(/[\s\u2068\u2069]/g, "")} numeric />
      </div>
      <div class="row">
        <EntryText of={time} label={t("pins.from")} text={from.value} onText={(text) => { from.value = text; }} placeholder="2022-10-07 09:40" error={trouble.value.from} />
        <EntryText of={endTime} label={t("pins.to")} text={to.value} onText={(text) => { to.value = text; }} hint="" error={trouble.value.to} />
      </div>
      <div class="form-acts">
        <Button type="submit" kind="main">{t("pins.add")}</Button>
        {chosen.place !== null && <Button kind="quiet" icon="pin" onClick={() => { if (chosen.place !== null) place.value = placeFormat.show(chosen.place); }}>{t("place.fromMap")}</Button>}
        {chosen.from !== null && <Button kind="quiet" onClick={() => { from.value = chosen.from ?? ""; to.value = chosen.to ?? ""; }}>{t("pins.fromCalendar")}</Button>}
      </div>
    </form>
  );
}
