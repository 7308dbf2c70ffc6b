/** What is known of the chosen feature in the chosen image, the reading, the brackets, and what the series itself suggests. */
import { useSignal } from "@preact/signals";
import { day, listed, number, percent, t } from "../../i18n/index.ts";
import { KeyLine } from "../../shell/key_list.tsx";
import { Button, Check, Choice, Said, TextField } from "../../ui/parts.tsx";
import { COULD, REASONS, STAGES, type Measure, type SiteEvent, type SiteView } from "./api.ts";
import { ruleOf } from "./machine.ts";
import { Proposals } from "./proposals.tsx";
import { asking, choose, eventsOf, feature, image, ownReading, read, reader, saving, setReader, view } from "./state.ts";
import { eventWords, nameOf, readingWords, reasonWords, ruleWords } from "./words.ts";

export function SidePanel() {
  const now = view.value;
  const [part, shown] = [feature.value, image.value];
  if (now === null || part === null) return <div class="side-body"><section><h2>{t("sites.side.none")}</h2><p class="small soft">{t("sites.side.noneMore")}</p></section></div>;
  return (
    <>
      <div class="side-head"><h2>{listed(shown === null ? [part.name] : [part.name, nameOf(shown, now)])}</h2></div>
      <div class="side-body">
        {shown !== null && <ReadingForm now={now} />}
        {shown !== null && <ImageFacts now={now} />}
        {!now.blind && eventsOf(part.name).map((event) => <Bracket key={`${event.event}${event.after}`} event={event} now={now} />)}
        {!now.blind && <Proposals now={now} part={part.name} />}
        {!now.blind && <Agreement now={now} />}
        <Who now={now} />
        <KeyLine part="sites" />
      </div>
    </>
  );
}

function ReadingForm({ now }: { now: SiteView }) {
  const [at, part] = [image.value?.id ?? "", feature.value?.name ?? ""];
  const own = ownReading(at, part);
  const others = now.readings.filter((one) => one.image === at && one.feature === part && one !== own);
  const open = now.cells.find((one) => one.image === at && one.feature === part)?.state === "open";
  const area = useSignal("");
  const wrong = useSignal("");
  const states = ["seen", "not-seen", "could-not"] as const;
  const keepArea = (): void => {
    const parts = area.value.split(/[\s,;]+/).filter((piece) => piece !== "").map(Number);
    wrong.value = parts.length === 3 && parts.every(Number.isFinite) ? "" : t("sites.area.wrong");
    if (wrong.value !== "") return;
    area.value = "";
    void read("seen", { area_m2: parts });
  };
  return (
    <section aria-label={t("sites.your")}>
      {open && <div class="note note-bad"><p>{t("sites.differ")}</p></div>}
      <div class="segments" role="group" aria-label={t("sites.your")}>
        {states.map((state) => <button key={state} type="button" disabled={saving.value} aria-pressed={own?.state === state || (asking.value === "why" && state === "could-not") || (asking.value === "could" && state === "not-seen")} onClick={() => void read(state)}>{t(`sites.state.${state}`)}</button>)}
      </div>
      {asking.value !== null && (
        <fieldset class="asked">
          <legend>{t(asking.value === "why" ? "sites.ask.why" : "sites.ask.could")}</legend>
          {asking.value === "could" && <RuleSaid at={at} />}
          {(asking.value === "why" ? REASONS : COULD).map((choice, index) => (
            <button key={choice} type="button" class="button small-button" onClick={() => void (asking.value === "why" ? read("could-not", { why: choice }) : read("not-seen", { could: choice }))}><kbd>{index + 1}</kbd> {asking.value === "why" ? reasonWords(choice) : t(`sites.could.${choice}`)}</button>
          ))}
          <Button kind="quiet" onClick={() => { asking.value = null; }}>{t("sites.ask.leave")}</Button>
        </fieldset>
      )}
      {own !== undefined && <p class="small">{t("sites.yours", { words: readingWords(own), day: day(own.at) })}</p>}
      {others.map((one) => <p key={`${one.by}${one.at}`} class="small soft"><bdi>{one.by}</bdi>: {readingWords(one)}, {day(one.at)}{one.blind && <> <span class="chip chip-plain">{t("sites.blind.chip")}</span></>}</p>)}
      {open && <Button onClick={() => { const mine = own; if (mine !== undefined) void read(mine.state, { settles: true, ...(mine.why === null ? {} : { why: mine.why }), ...(mine.could === null ? {} : { could: mine.could }) }); }} disabled={own === undefined}>{t("sites.settle")}</Button>}
      {own?.state === "seen" && (
        <form class="area-form" onSubmit={(event) => { event.preventDefault(); keepArea(); }}>
          <TextField label={t("sites.area")} value={area.value} onValue={(value) => { area.value = value; wrong.value = ""; }} hint={own.area_m2 === null ? t("sites.area.hint") : t("sites.area.kept", { area: own.area_m2.map((one) => number(one, 0)).join(" / ") })} error={wrong.value === "" ? undefined : wrong.value} numeric />
          <Button type="submit">{t("sites.area.keep")}</Button>
        </form>
      )}
    </section>
  );
}

/** What the rules say of this image; nobody's reading. */
function RuleSaid({ at }: { at: string }) {
  const rule = ruleOf(at);
  return rule === undefined ? null : <p class="small rule-said">{ruleWords(rule)}. <span class="soft">{t("sites.rules.mind")}</span></p>;
}

function ImageFacts({ now }: { now: SiteView }) {
  const shown = image.value;
  if (shown === null) return null;
  const width = feature.value?.width_m ?? null;
  const hidden = listed(Object.entries(shown.hidden).map(([why, share]) => `${t(`sites.hidden.${why.replace(" ", "-")}`)} ${percent(share)}`));
  return (
    <section>
      <h3>{t("sites.could.head")}</h3>
      <RuleSaid at={shown.id} />
      <dl class="facts">
        {shown.taken !== null && <><dt>{t("sites.fact.taken")}</dt><dd>{listed([nameOf(shown, now), t(`sites.basis.${shown.taken.basis}`)])}</dd></>}
        <dt>{t("sites.fact.pixel")}</dt><dd>{shown.gsd_m === null ? t("sites.unknown") : t("sites.metres", { metres: shown.gsd_m })}{width !== null && shown.gsd_m !== null && width < shown.gsd_m && <> <span class="chip chip-unseen">{t("sites.fact.thin")}</span></>}</dd>
        <dt>{t("sites.fact.clear")}</dt><dd>{shown.clear === null ? t("sites.unknown") : percent(shown.clear)}{hidden !== "" && <> ({hidden})</>}</dd>
        <dt>{t("sites.fact.view")}</dt><dd>{shown.off_nadir_deg === null ? t("sites.unknown") : t("sites.degrees", { degrees: shown.off_nadir_deg })}</dd>
        <dt>{t("sites.fact.sun")}</dt><dd>{shown.sun_elevation_deg === null ? t("sites.unknown") : t("sites.degrees", { degrees: shown.sun_elevation_deg })}</dd>
        {shown.scene_id !== null && shown.scene_id !== "" && <><dt>{t("sites.fact.scene")}</dt><dd class="wraps"><bdi>{shown.scene_id}</bdi></dd></>}
      </dl>
      {!shown.redistribute && <p><span class="chip chip-warn">{t("sites.kept")}</span></p>}
      {(shown.warnings ?? []).map((said) => <p key={said} class="small soft"><Said text={said} told={shown.told?.[said]} /></p>)}
    </section>
  );
}

function Bracket({ event, now }: { event: SiteEvent; now: SiteView }) {
  const [from, to] = [event.after, event.until];
  const share = (at: string): number => from === null || to === null ? 50 : Math.max(2, Math.min(98, ((Date.parse(at) - Date.parse(from)) / (Date.parse(to) - Date.parse(from))) * 100));
  const hidden = event.between_could_not.flatMap((one) => now.images.filter((each) => one.images.includes(each.id)).map((each) => ({ each, why: one.why })));
  const ends = [event.last_before?.images[0], event.first_after?.images[0]] as const;
  return (
    <section>
      <h3>{t("sites.bracket", { what: eventWords(event.event) })}</h3>
      {event.conflicts.map((said) => <div key={said} class="note note-bad"><p><Said text={said} told={event.told?.[said]} /></p></div>)}
      <div class="bracket-line" aria-hidden="true"><span class="bracket" style={{ "--a": "4%", "--b": "96%" }}>{hidden.map(({ each }) => each.taken !== null && <i key={each.id} style={{ "--c": `${share(each.taken.from)}%` }} />)}</span></div>
      <ol class="bracket-ends">
        <li>{ends[0] === undefined ? t("sites.open") : <button type="button" class="link" onClick={() => choose(ends[0] ?? null, event.feature)}>{from === null ? "" : day(from)}</button>}<span class="soft">{t("sites.bracket.before")}</span></li>
        {hidden.map(({ each, why }) => <li key={each.id} class="unseen-end"><button type="button" class="link" onClick={() => choose(each.id, event.feature)}>{nameOf(each, now)}</button><span class="soft">{listed(why.map(reasonWords))}</span></li>)}
        <li>{ends[1] === undefined ? t("sites.open") : <button type="button" class="link" onClick={() => choose(ends[1] ?? null, event.feature)}>{to === null ? "" : day(to)}</button>}<span class="soft">{t("sites.bracket.after")}</span></li>
      </ol>
    </section>
  );
}

function Agreement({ now }: { now: SiteView }) {
  const found = now.agreement;
  if (found === undefined || found.pairs === 0) return null;
  const words = ({ value, lo, hi }: Measure): string => value === null ? t("sites.unknown") : lo === null || hi === null ? number(value, 2) : t("sites.agree.range", { value: number(value, 2), lo: number(lo, 2), hi: number(hi, 2) });
  return (
    <section>
      <h3>{t("sites.agree")}</h3>
      <p class="small">{t("sites.agree.equal", { equal: found.equal, count: found.pairs })}</p>
      <dl class="facts"><dt>{t("sites.agree.kappa")}</dt><dd>{words(found.kappa)}</dd><dt>{t("sites.agree.ac1")}</dt><dd>{words(found.ac1)}</dd></dl>
    </section>
  );
}

function Who({ now }: { now: SiteView }) {
  const alias = useSignal(now.by);
  return (
    <section aria-label={t("sites.who")}>
      <h3>{t("sites.who")}</h3>
      <TextField label={t("sites.who.alias")} value={alias.value} onValue={(value) => { alias.value = value; }} onDone={(value) => { if (value.trim() !== "" && value.trim() !== now.by) setReader({ by: value.trim() }); }} hint={t("sites.who.hint")} />
      <Choice label={t("sites.stage.label")} value={reader.value.stage} options={STAGES.map((stage) => ({ value: stage, label: t(`sites.stage.${stage}`) }))} onValue={(stage) => setReader({ stage })} />
      <Check label={t("sites.blind")} on={reader.value.blind} onTurn={(blind) => setReader({ blind })} />
      <p class="small soft">{t("sites.blind.hint")}</p>
    </section>
  );
}
