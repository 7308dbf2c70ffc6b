/** The chosen place: its share, what speaks against it first, what held and by how much, and ruling it out with a reason. */
import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { day, listed, percent, t } from "../../i18n/index.ts";
import { KeyLine } from "../../shell/key_list.tsx";
import { Button, Said, TextField } from "../../ui/parts.tsx";
import type { FoundPlace, ToldClause } from "./api.ts";
import { answer, asked, beside, chosen, clueDiffers, loaded, ruleOut, ruling } from "./state.ts";
import { ClauseSign } from "./sign.tsx";
import { clauseHead, nameOf, stateWords, toldWords } from "./words.ts";

export function SidePanel() {
  const found = answer.value;
  const place = chosen.value;
  return (
    <>
      <div class="side-head"><h2>{place === null ? t("places.side.none") : listed([t("places.candidate", { rank: place.rank }), nameOf(place)])}</h2></div>
      <div class="side-body">
        {place !== null && found !== null ? <Place place={place} /> : <Maps />}
        {found !== null && found.advice.length > 0 && <section><h3>{t("places.advice")}</h3>{found.advice.map((one) => <p key={one} class="small"><Said text={one} told={found.told?.[one]} /></p>)}</section>}
        {found !== null && found.ruled_out.length > 0 && <RuledOut />}
        {found !== null && <Maps />}
        <KeyLine part="places" />
      </div>
    </>
  );
}

function Place({ place }: { place: FoundPlace }) {
  const told = place.clauses ?? [];
  const against = told.filter((one) => one.state === "contradicted" || one.state === "near miss");
  const open = told.filter((one) => one.state === "not mapped" || one.state === "unknown");
  const held = told.filter((one) => one.state === "holds");
  return (
    <>
      <section>
        <p class="share-line"><span class="soft">{t("places.share.of")}</span><b>{percent(place.probability)}</b></p>
        {beside.value !== null && <p class="share-line share-beside"><span class="soft">{t("places.share.beside")}</span><b>{percent(beside.value)}</b></p>}
        {clueDiffers.value && <p class="small note">{t("places.clueDiffers")}</p>}
        <dl class="facts"><dt>{t("places.where")}</dt><dd><bdi dir="ltr">{place.lat_deg.toFixed(5)}, {place.lon_deg.toFixed(5)}</bdi></dd><dt>{t("places.within")}</dt><dd>{t("places.metres", { metres: Math.round(2.146 * place.sigma_m) })}</dd><dt>OSM</dt><dd><bdi dir="ltr">{place.osm}</bdi></dd></dl>
      </section>
      <section><h3>{t("places.against")}</h3>{against.length === 0 ? <p class="small soft">{t("places.against.nothing")}</p> : <Clauses of={against} />}</section>
      {open.length > 0 && <section><h3>{t("places.open")}</h3><Clauses of={open} /></section>}
      <section><h3>{t("places.for")}</h3>{held.length === 0 ? <p class="small soft">{t("places.for.nothing")}</p> : <Clauses of={held} />}</section>
      <RuleForm place={place} />
    </>
  );
}

function Clauses({ of }: { of: ToldClause[] }) {
  return (
    <ul class="stack small">
      {of.map((one) => <li key={one.clause} class="told"><ClauseSign state={one.state} /><span><b><bdi>{clauseHead(asked.value, answer.value?.anchor ?? "", one.clause)}</bdi></b> {stateWords(one.state)}{one.thing !== null && one.thing.name !== "" && <>: <bdi>{one.thing.name}</bdi></>}. {toldWords(one)}{one.thing !== null && <span class="soft tiny"> <bdi dir="ltr">{one.thing.osm}</bdi></span>}</span></li>)}
    </ul>
  );
}

function RuleForm({ place }: { place: FoundPlace }) {
  const why = useSignal("");
  const fault = useSignal("");
  const form = useRef<HTMLFormElement>(null);
  useLayoutEffect(() => {
    if (ruling.value) form.current?.querySelector("input")?.focus();
  }, [ruling.value]);
  const leave = (): void => {
    ruling.value = false;
    document.querySelector<HTMLElement>(".places-table [data-chosen]")?.focus();
  };
  if (!ruling.value) return <section><Button onClick={() => { ruling.value = true; }}>{t("places.rule")}</Button></section>;
  return (
    <section>
      <form ref={form} class="rule-form" onKeyDown={(event) => { if (event.key === "Escape") leave(); }} onSubmit={async (event) => {
        event.preventDefault();
        fault.value = why.value.trim() === "" ? t("places.rule.noReason") : "";
        if (fault.value === "" && (await ruleOut(place.osm, why.value.trim()))) {
          why.value = "";
          requestAnimationFrame(() => document.querySelector<HTMLElement>(".places-table [data-chosen]")?.focus());
        }
      }}>
        <TextField label={t("places.rule.why", { name: nameOf(place) })} value={why.value} onValue={(to) => { why.value = to; fault.value = ""; }} error={fault.value === "" ? undefined : fault.value} hint={t("places.rule.hint")} />
        <div class="row"><Button type="submit" kind="danger">{t("places.rule.do")}</Button><Button kind="quiet" onClick={leave}>{t("places.rule.leave")}</Button></div>
      </form>
    </section>
  );
}

function RuledOut() {
  return (
    <section>
      <h3>{t("places.ruled")}</h3>
      {(answer.value?.ruled_out ?? []).map((one) => (
        <div key={one.osm} class="ruled">
          <p class="small"><b><bdi>{nameOf(one)}</bdi></b> ({percent(one.probability)}): <bdi>{one.why}</bdi></p>
          <p class="tiny soft"><bdi>{one.by}</bdi>, {day(one.at)} <button type="button" class="link" onClick={() => void ruleOut(one.osm, null)}>{t("places.rule.back")}</button></p>
        </div>
      ))}
    </section>
  );
}

function Maps() {
  if (loaded.value === null) return null;
  const maps = loaded.value?.maps ?? [];
  return (
    <section>
      <h3>{t("places.maps")}</h3>
      {maps.length === 0 ? <><p class="small">{t("places.maps.none")}</p><p class="small soft">{t("places.maps.fetch")}</p><p><code dir="ltr">noonmark world add FILE</code></p></> : (
        <ul class="stack small">{maps.map((one) => <li key={one.name}><bdi>{one.name}</bdi>: {one.newest_edit === null ? t("places.maps.undated") : t("places.maps.to", { day: day(one.newest_edit) })}</li>)}</ul>
      )}
    </section>
  );
}
