/** What the series itself suggests, for people to read: asked for here, shown with how often such a change would have been found. */
import { useEffect } from "preact/hooks";
import { day, percent, t } from "../../i18n/index.ts";
import { Button, Said } from "../../ui/parts.tsx";
import type { JudgedSeries, Proposal, SiteView } from "./api.ts";
import { looking, lookForChanges, proposalsOf, stopLooking } from "./machine.ts";
import { choose, siteId } from "./state.ts";
import { nameOf, seriesName } from "./words.ts";

export function Proposals({ now, part }: { now: SiteView; part: string }) {
  const own = proposalsOf(now, part);
  const judged = (now.looked_for?.series ?? []).filter((one) => one.feature === part);
  const isOld = judged.length > 0 && now.looked_for?.current === false;
  // The server may be looking since before this page was opened.
  useEffect(() => { if (now.proposing === true) void lookForChanges(); }, [now]);
  return (
    <section aria-label={t("sites.suggests")} aria-busy={looking.value?.site === siteId.value}>
      <h3>{t("sites.suggests")}</h3>
      {judged.length === 0 && <p class="small soft">{t("sites.look.what")}</p>}
      {isOld && <div class="note note-warn"><p>{t("sites.look.old")}</p></div>}
      {own.map((one) => <ProposalNote key={`${one.stack}${one.order}`} one={one} now={now} />)}
      {judged.filter((one) => one.events === 0).map((one) => <NoProposal key={one.stack} one={one} now={now} />)}
      <Looking again={judged.length > 0} />
    </section>
  );
}

/** The button that starts it; while it runs, how far it is, and the button that ends it. */
function Looking({ again }: { again: boolean }) {
  const now = looking.value;
  if (now === null) return <p><Button class="small-button" onClick={() => void lookForChanges()}>{t(again ? "sites.look.again" : "sites.look.start")}</Button></p>;
  if (now.site !== siteId.value) return <p class="small soft">{t("sites.look.elsewhere")}</p>;
  return (
    <p class="looking">
      <progress {...(now.share === null ? {} : { value: now.share })} max={1} aria-label={t("sites.look.running")} />
      <span class="num">{now.share === null ? "" : percent(now.share)}</span>
      <Button class="small-button" onClick={stopLooking}>{t("sites.look.stop")}</Button>
    </p>
  );
}

const stacksOf = (now: SiteView): string[] => now.images.flatMap((one) => one.stack ?? []);

function ProposalNote({ one, now }: { one: Proposal; now: SiteView }) {
  const next = now.images.find((each) => each.id === one.unread[0]);
  return (
    <div class="note proposal" data-unread={one.unread.length}>
      <div>
        <p class="small soft" title={one.stack}>{t("sites.proposal.what", { series: seriesName(one.stack, stacksOf(now)) })}</p>
        {one.modes.map((mode) => <p key={mode.from.image}><b>{t("sites.taken.span", { from: day(mode.from.taken), to: day(mode.to.taken) })}</b> {one.modes.length > 1 && percent(mode.p)}</p>)}
        <p class="small">{t("sites.injected", { found: one.injected.found, all: one.injected.n, held: one.injected.held })}</p>
        <p><span class={one.unread.length > 0 ? "chip chip-unseen" : "chip chip-plain"}>{t(one.unread.length > 0 ? "sites.proposal.unread" : "sites.proposal.read")}</span></p>
        {next !== undefined && <Button class="small-button" onClick={() => choose(next.id, one.feature)}>{t("sites.proposal.next", { image: nameOf(next, now) })}</Button>}
      </div>
    </div>
  );
}

/** A series without a proposal: how many changes it would have shown, or why it was not judged. */
function NoProposal({ one, now }: { one: JudgedSeries; now: SiteView }) {
  const series = seriesName(one.stack, stacksOf(now));
  if (one.why_not !== null) return <p class="small" title={one.stack}>{t("sites.look.notJudged", { series })} <Said text={one.why_not} told={one.told?.[one.why_not]} /></p>;
  return <p class="small" title={one.stack}>{t("sites.look.none", { series, found: one.found, all: one.injected })}</p>;
}
