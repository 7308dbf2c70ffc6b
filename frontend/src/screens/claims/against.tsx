/** What bears on the chosen claim, contrary first; and why, for the chosen cell. */
import { t } from "../../i18n/index.ts";
import { linkTo, type ScreenName } from "../../shell/address.ts";
import { Button, Quote } from "../../ui/parts.tsx";
import type { Claim, Stance, Weighing } from "./api.ts";
import { cell, chosen, chosenColumn, numberOf, table } from "./store.ts";
import { openForm } from "./forms.tsx";
import { Sign, stanceWord } from "./sign.tsx";
import { aliasTitle, columnTitle } from "./words.ts";

const contrary: readonly Stance[] = ["contradicts", "strains", "cannot_be_tested"];

export function Bearing() {
  const claim = chosen.value;
  if (claim === null) return null;
  const number = numberOf(claim);
  const against = claim.evidence.filter((one) => contrary.includes(one.stance));
  const rest = claim.evidence.filter((one) => !contrary.includes(one.stance));
  // Escape leads back to the cell that Enter or A was pressed on.
  const back = (event: KeyboardEvent): void => {
    if (event.key === "Escape") document.querySelector<HTMLElement>('.matrix [tabindex="0"]')?.focus();
  };
  return (
    <div class="claims-bearing" onKeyDown={back}>
      <Why claim={claim} />
      <section class="card" aria-labelledby="claims-against">
        <div class="card-head"><h2 id="claims-against" tabIndex={-1}>{t("claims.against", { number })}</h2></div>
        {against.length === 0 ? <p class="card-body soft">{t("claims.againstNone")}</p> : <List claim={claim} found={against} />}
      </section>
      <section class="card" aria-labelledby="claims-for">
        <div class="card-head">
          <h2 id="claims-for">{t("claims.for", { number })}</h2>
          <Button icon="plus" onClick={() => openForm({ form: "weigh", claim })}>{t("claims.weigh")}</Button>
        </div>
        {rest.length === 0 ? <p class="card-body soft">{t("claims.forNone")}</p> : <List claim={claim} found={rest} />}
      </section>
    </div>
  );
}

function Why({ claim }: { claim: Claim }) {
  const column = chosenColumn.value;
  if (column === null) return null;
  const found = cell(claim, column.key);
  const title = columnTitle(column);
  return (
    <section class="card" aria-labelledby="claims-why">
      <div class="card-head"><h2 id="claims-why" tabIndex={-1}>{t("claims.why", { number: numberOf(claim), source: title })}</h2></div>
      {found.length === 0 ? <p class="card-body soft">{t("claims.whyNone")}</p> : <List claim={claim} found={found} />}
    </section>
  );
}

function List({ claim, found }: { claim: Claim; found: Weighing[] }) {
  return <ul class="list">{found.map((one) => <Piece key={one.id} claim={claim} one={one} />)}</ul>;
}

function Piece({ claim, one }: { claim: Claim; one: Weighing }) {
  const answer = claim.judgements.find((judgement) => judgement.contrary.includes(one.id));
  const { cited } = one;
  return (
    <li class="claims-piece">
      <Sign stance={one.stance} />
      <div class="grow">
        <p><span class="unseen">{stanceWord(one.stance)}: </span><bdi>{one.why}</bdi></p>
        {cited.said !== null && cited.said !== cited.kind && <blockquote class="small" dir="auto">{cited.said}</blockquote>}
        <p class="small soft">
          {t(`claims.kind.${cited.kind}`)}{" · "}{t("claims.credibility", { grade: one.credibility })}{" · "}<Quote>{aliasTitle(one.by)}</Quote>
        </p>
        {one.greyed !== null && <p class="small"><span class="chip chip-unseen">{t("claims.greyed")}</span></p>}
        {one.stance === "contradicts" && (
          answer !== undefined || one.answered_by !== null
            ? <p class="small">{t("claims.answered")} {answer !== undefined && <bdi>{answer.why}</bdi>}</p>
            : <p class="small"><span class="chip chip-bad">{t("claims.unanswered")}</span></p>
        )}
      </div>
      {one.by === table.value?.me && <Button kind="quiet" icon="bin" bare aria-label={t("claims.withdrawWhat", { what: one.why.slice(0, 80) })} onClick={() => openForm({ form: "withdraw", claim, weighing: one })}>{t("claims.withdraw")}</Button>}
      <a class="small claims-open" href={linkOf(one)} aria-label={t("claims.openWhat", { what: one.why.slice(0, 80) })}>{t("claims.open")}</a>
    </li>
  );
}

const screens: Record<string, ScreenName> = { passage: "documents", search: "documents", segment: "accounts", account: "accounts", timeline: "sites", answer: "footage", observation: "footage", item: "footage" };

function linkOf({ cited }: Weighing): string {
  const screen = screens[cited.kind] ?? "footage";
  const where = screen === "footage" ? [cited.item ?? cited.id] : screen === "documents" && cited.item !== null ? [cited.item, cited.id] : [cited.id];
  return linkTo(screen, where);
}
