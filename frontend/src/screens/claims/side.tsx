/** The chosen claim in the inspector: its words, likelihood, confidence apart, origins, review, replies, disputes. */
import { day, listed, moment, t } from "../../i18n/index.ts";
import { shownEnd } from "../../ui/entry_formats.ts";
import { KeyLine } from "../../shell/key_list.tsx";
import { Button, Icon, Quote } from "../../ui/parts.tsx";
import { confidences, type Claim, type Confidence, type Judgement } from "./api.ts";
import { openForm } from "./forms.tsx";
import { chosen, detail, numberOf, table } from "./store.ts";
import { aliasTitle, bandsOf, bandWords, claimText, originsText } from "./words.ts";

export function Side() {
  const claim = chosen.value;
  if (claim === null) return <div class="side-body"><section><h2>{t("claims.side")}</h2><p class="soft">{t("claims.sideEmpty")}</p></section></div>;
  return (
    <>
      <div class="side-head"><h2>{t("claims.number", { number: numberOf(claim) })}</h2></div>
      <div class="side-body">
        <Said claim={claim} />
        {claim.judgements.length === 0 && <Unjudged claim={claim} />}
        {claim.judgements.map((one) => <Judged key={one.id} claim={claim} judgement={one} />)}
        <Origins claim={claim} />
        <Disputed claim={claim} />
        <Replies claim={claim} />
        <KeyLine part="claims" />
      </div>
    </>
  );
}

/** A date that a claim states: its day where that is all it says, else the moment in UTC. */
function dateOf(stated: string | null): string {
  if (stated === null) return "…";
  return stated.endsWith("T00:00:00Z") ? day(stated) : `${moment(stated)} UTC`;
}

/** The end of what a claim states: its last day where it ends at midnight, unless it is that instant alone. */
function endOf({ earliest, latest }: Claim): string {
  return latest === null || latest === earliest || !latest.endsWith("T00:00:00Z") ? dateOf(latest) : day(shownEnd(latest));
}

/** Both ends of what a claim says of its time; a moment, or one day, once. */
function datesSaid(claim: Claim): string {
  const [from, to] = [dateOf(claim.earliest), endOf(claim)];
  return from === to ? t("claims.saysDate", { at: from }) : t("claims.saysDates", { from, to });
}

function Said({ claim }: { claim: Claim }) {
  const bounds = detail.value?.claim === claim.id ? detail.value.bounds : null;
  const conflicts = bounds === null ? 0 : bounds.time_conflicts.length + bounds.place_conflicts.length;
  return (
    <section>
      <p class="claims-text"><Quote>{`“${claimText(claim)}”`}</Quote></p>
      <p class="small soft">{t("claims.written", { by: aliasTitle(claim.by), on: day(claim.at) })}</p>
      <p class="small soft">{t("claims.standardIs")} <bdi>{claim.standard}</bdi></p>
      {(claim.earliest !== null || claim.latest !== null) && <p class="small">{datesSaid(claim)}</p>}
      {bounds !== null && (bounds.earliest !== null || bounds.latest !== null) && (
        <p class="small">{t("claims.bounds", { from: bounds.earliest === null ? "…" : day(bounds.earliest), to: bounds.latest === null ? "…" : day(bounds.latest) })}</p>
      )}
      {conflicts > 0 && <div class="note note-bad"><Icon name="warn" /><p>{t("claims.conflict", { count: conflicts })}</p></div>}
      {claim.greyed !== null && <div class="note note-warn"><Icon name="warn" /><p>{t("claims.claimGreyed")}</p></div>}
      <p class="claims-acts">
        <Button kind="quiet" icon="edit" onClick={() => openForm({ form: "claim", claim })}>{t("claims.sayAnew")}</Button>
        {claim.by === table.value?.me && <Button kind="quiet" icon="bin" onClick={() => openForm({ form: "withdraw", claim, weighing: null })}>{t("claims.withdrawClaim")}</Button>}
      </p>
    </section>
  );
}

function Unjudged({ claim }: { claim: Claim }) {
  return (
    <section>
      <h3>{t("claims.likelihood")}</h3>
      <p class="soft">{t("claims.unjudged")}</p>
      <p><Button onClick={() => openForm({ form: "judgement", claim, judgement: null })}>{t("claims.judge")}</Button></p>
    </section>
  );
}

/** Likelihood and confidence under two headings, in two sentences. */
function Judged({ claim, judgement }: { claim: Claim; judgement: Judgement }) {
  const me = table.value?.me;
  const own = judgement.by === me;
  const reviewed = judgement.reviews.some((one) => one.by === me);
  return (
    <>
      <section>
        <h3>{t("claims.likelihood")}</h3>
        <p><b>{capital(bandWords(judgement))}</b> <span class="soft small">{t("claims.inHundred", { low: judgement.low_pct, high: judgement.high_pct, by: aliasTitle(judgement.by) })}</span></p>
        <div class="lik">
          <div class="lik-bar" role="img" aria-label={bandWords(judgement)}>{Array.from({ length: 7 }, (_, at) => <i key={at} class={bandsOf(judgement).includes(at) ? "on" : ""} />)}</div>
          <div class="lik-ends"><span>{t("claims.band.0")}</span><span>{t("claims.band.6")}</span></div>
        </div>
      </section>
      <section>
        <h3>{t("claims.confidence")}</h3>
        <p><Boxes of={judgement.confidence} /> <b>{t(`claims.confidence.${judgement.confidence}`)}</b></p>
        <p class="small soft"><bdi>{judgement.why}</bdi></p>
        {own && <p><Button kind="quiet" icon="edit" onClick={() => openForm({ form: "judgement", claim, judgement })}>{t("claims.judgeAnew")}</Button></p>}
      </section>
      <section>
        <h3>{t("claims.review")}</h3>
        {judgement.reviews.map((one) => (
          <div key={one.id} class={one.verdict === "agree" ? "note note-good" : "note note-bad"}>
            <Icon name={one.verdict === "agree" ? "check" : "warn"} />
            <p><b>{t(`claims.verdict.${one.verdict}`, { by: aliasTitle(one.by) })}</b> <bdi>{one.why}</bdi></p>
          </div>
        ))}
        {own && judgement.reviews.length === 0 && <div class="note note-warn"><Icon name="warn" /><p><b>{t("claims.waits")}</b> {t("claims.ownReview")}</p></div>}
        {!own && !reviewed && <p><Button onClick={() => openForm({ form: "review", claim, judgement })}>{t("claims.reviewIt")}</Button></p>}
        {!own && <p><Button kind="quiet" onClick={() => openForm({ form: "judgement", claim, judgement: null })}>{t("claims.judgeToo")}</Button></p>}
      </section>
    </>
  );
}

export const capital = (text: string): string => text.slice(0, 1).toLocaleUpperCase() + text.slice(1);

export function Boxes({ of }: { of: Confidence }) {
  const on = confidences.indexOf(of) + 1;
  return <span class="conf" role="img" aria-label={t("claims.boxes", { on })}>{confidences.map((one, at) => <i key={one} class={at < on ? "on" : ""} />)}</span>;
}

const MOST_RINGS = 12;

function Origins({ claim }: { claim: Claim }) {
  const { fewest, most } = claim.origins;
  const found = detail.value?.claim === claim.id ? detail.value.origins : null;
  const pair = found?.unexamined[0];
  const name = (id: string): string => found?.origins.flat().find((one) => one.id === id)?.said ?? id.slice(0, 12);
  const supporting = claim.evidence.filter((one) => one.stance === "supports").length;
  return (
    <section>
      <h3>{t("claims.origins")}</h3>
      <p class="row">
        <span class="origins" role="img" aria-label={t("claims.originsLabel", { fewest, most })}>
          {Array.from({ length: Math.min(most, MOST_RINGS) }, (_, at) => <i key={at} class={at < fewest ? "sure" : "maybe"} />)}
        </span>
        <b class="num">{originsText(claim)}</b>
      </p>
      <p class="small">{t("claims.supporting", { count: supporting })}</p>
      {found?.origins.filter((group) => group.length > 1).map((group) => (
        <p key={group[0]?.id} class="small soft">{t("claims.oneOrigin")} {listed(group.map((one) => aliasTitle(one.said)))}</p>
      ))}
      {pair !== undefined && (
        <>
          <p class="small soft">{t("claims.unexamined", { a: name(pair[0]), b: name(pair[1]), count: found?.unexamined.length ?? 0 })}</p>
          <p><Button kind="quiet" onClick={() => openForm({ form: "link", claim, pair: [{ id: pair[0], said: name(pair[0]) }, { id: pair[1], said: name(pair[1]) }] })}>{t("claims.examine")}</Button></p>
        </>
      )}
    </section>
  );
}

function Disputed({ claim }: { claim: Claim }) {
  const ids = [claim.id, ...claim.judgements.map((one) => one.id)];
  const found = (table.value?.disputes ?? []).filter((one) => ids.some((id) => one.about.split(" ").includes(id)));
  if (found.length === 0) return null;
  return (
    <section>
      <h3>{t("claims.dispute")}</h3>
      {found.map((one) => (
        <div key={one.about + one.kind} class="note note-bad">
          <Icon name="warn" />
          <div>
            <p><b>{t(`claims.dispute.${one.kind}`)}</b></p>
            <ul class="small">{one.told.map((side) => <li key={side.side}><Quote>{aliasTitle(side.by)}</Quote>: <bdi>{side.said}</bdi></li>)}</ul>
          </div>
        </div>
      ))}
      <p class="small soft">{t("claims.disputeMend")}</p>
    </section>
  );
}

function Replies({ claim }: { claim: Claim }) {
  if (claim.replies.length === 0) return null;
  return (
    <section>
      <h3>{t("claims.reply")}</h3>
      {claim.replies.map((one) => (
        <div key={one.id} class="small">
          <p><b><Quote>{one.to.name}</Quote></b></p>
          <p class="soft">{t(`claims.outcome.${one.outcome}`, { until: day(one.deadline) })}</p>
          {one.answer_text !== null && <blockquote dir="auto">{one.answer_text}</blockquote>}
        </div>
      ))}
    </section>
  );
}
