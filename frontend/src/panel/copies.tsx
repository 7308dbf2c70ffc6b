/** Copies of the item in its case, found by the computer: leads, each of which counts for nothing until a person keeps it as a link. */
import { signal, useSignal } from "@preact/signals";
import { act, post, type Options } from "../api.ts";
import { number, percent, plain, t, type Key } from "../i18n/index.ts";
import { layBeside, pair, setOffset } from "../items/pair.ts";
import { go } from "../shell/address.ts";
import { during } from "../store/notices.ts";
import { forgotten, items } from "../store/signals.ts";
import type { Item } from "../types.ts";
import { Button, Check, Choice } from "../ui/parts.tsx";

interface Link { form: "link"; child: string; parent: string; relation: string; certainty: string; looked_at: string; basis: string }
interface Match {
  sha256: string; query_s: [number, number]; reference_s: [number, number]; matched_times: number; mirrored: boolean; inliers: number;
  /** Null for the very same bytes. */
  link: Link | null;
  said: { relation: string; certainty: string }[];
}
interface Copies { found: Match[]; unproved: number; searched: { films: number }; frames_asked: number; frames_left_out: number }

const copiesOf = (item: string, o?: Options) => post<Copies>("/api/items/copies", { item }, o);
const sayLink = (link: Link) => act<object>("/api/claims/say", { forms: [link] });

/** By item, what was found in this tab. */
const found = signal<Record<string, Copies>>({});
const looking = signal<{ item: string; share: number | null } | null>(null);
let stop = new AbortController();
forgotten.subscribe(() => {
  stop.abort();
  found.value = {};
  looking.value = null;
});

async function look(item: string): Promise<void> {
  if (looking.peek() !== null) return;
  const mine = (stop = new AbortController());
  looking.value = { item, share: null };
  const told = await during(t("footage.copies.running"), (progress) => copiesOf(item, {
    signal: mine.signal,
    progress: (share) => {
      looking.value = { item, share };
      progress(share, "");
    },
  }));
  if (stop !== mine) return;
  looking.value = null;
  if (told !== null) found.value = { ...found.peek(), [item]: told };
}

export function CopiesPart({ item }: { item: Item }) {
  const told = found.value[item.sha256];
  const now = looking.value;
  return (
    <section class="copies" aria-labelledby="copies-title" aria-busy={now?.item === item.sha256}>
      <h3 id="copies-title">{t("footage.copies.title")}</h3>
      <p class="hint">{t("footage.copies.what")}</p>
      {told !== undefined && <Told told={told} item={item} />}
      {now === null ? <p><Button kind="quiet" onClick={() => void look(item.sha256)}>{t(told === undefined ? "footage.copies.start" : "footage.copies.again")}</Button></p> : (
        <p class="copies-looking">
          <progress {...(now.share === null ? {} : { value: now.share })} max={1} aria-label={t("footage.copies.running")} />
          <span class="num">{now.share === null ? "" : percent(now.share)}</span>
          <Button kind="quiet" onClick={() => stop.abort()}>{t("footage.copies.stop")}</Button>
        </p>
      )}
    </section>
  );
}

function Told({ told, item }: { told: Copies; item: Item }) {
  if (told.frames_asked > 0 && told.frames_left_out === told.frames_asked) return <p>{t("footage.copies.plain")}</p>;
  if (told.found.length === 0) return <p>{t("footage.copies.none", { count: told.searched.films })}</p>;
  return <ul class="copies-list">{told.found.map((match) => <Lead key={`${match.sha256}${match.query_s[0]}`} match={match} item={item} />)}</ul>;
}

/** A match: what agrees, a way to look at both, and what the person makes of it. */
function Lead({ match, item }: { match: Match; item: Item }) {
  const other = items.value.find((one) => one.sha256 === match.sha256);
  const name = plain(other?.name ?? match.sha256.slice(0, 12));
  const both = other?.kind === "video" && item.kind === "video";
  const beside = (): void => {
    layBeside(item.sha256, match.sha256);
    if (pair.peek() !== null) setOffset(item.sha256, match.reference_s[0] - match.query_s[0]);
  };
  const [from, to] = match.query_s.map((at) => number(at, 1));
  const [otherFrom, otherTo] = match.reference_s.map((at) => number(at, 1));
  return (
    <li class="note lead">
      <p><b><bdi>{name}</bdi></b></p>
      <p class="small">
        {match.matched_times === 1 ? t("footage.copies.once") : t("footage.copies.times", { count: match.matched_times, from: from ?? "", to: to ?? "", otherFrom: otherFrom ?? "", otherTo: otherTo ?? "" })}
        {" "}{t("footage.copies.agree", { count: match.inliers })}{match.mirrored && ` ${t("footage.copies.mirrored")}`}
      </p>
      <p class="form-acts">
        <Button kind="quiet" onClick={() => go("footage", [match.sha256])}>{t("footage.copies.look")}</Button>
        {both && <Button kind="quiet" onClick={beside}>{t("footage.pair.open")}</Button>}
      </p>
      {match.said.length > 0 ? <p class="small">{match.said.map(({ relation, certainty }) => (relation === "none" ? t("footage.copies.keptNone") : t("footage.copies.kept", { certainty: t(`footage.copies.${certainty}` as Key) }))).join(" ")}</p>
        : match.link !== null && <Judge match={match} link={match.link} item={item} />}
    </li>
  );
}

const SURE = ["unsure", "likely", "certain"] as const;

function Judge({ match, link, item }: { match: Match; link: Link; item: Item }) {
  const turned = useSignal(false);
  const certainty = useSignal<string>(link.certainty);
  const looked = useSignal(false);
  const busy = useSignal(false);
  const keep = async (more: Partial<Link>): Promise<void> => {
    if (busy.value) return;
    busy.value = true;
    const ends = turned.value ? { child: link.parent, parent: link.child } : {};
    const basis = looked.value ? link.basis.replace("nobody has looked at it yet", "both were looked at") : link.basis;
    const said = { ...link, ...ends, basis, certainty: certainty.value, looked_at: looked.value ? "yes" : "no", ...more };
    const done = await during(t("footage.copies.keeping"), () => sayLink(said));
    busy.value = false;
    const told = found.peek()[item.sha256];
    if (done === null || told === undefined) return;
    const matches = told.found.map((one) => (one.sha256 === match.sha256 ? { ...one, said: [{ relation: said.relation, certainty: said.certainty }] } : one));
    found.value = { ...found.peek(), [item.sha256]: { ...told, found: matches } };
  };
  return (
    <>
      <Choice label={t("footage.copies.which")} value={turned.value ? "other" : "this"} onValue={(which) => { turned.value = which === "other"; }} options={(["this", "other"] as const).map((value) => ({ value, label: t(`footage.copies.which.${value}` as Key) }))} />
      <Choice label={t("footage.copies.sure")} value={certainty.value} onValue={(value) => { certainty.value = value; }} options={SURE.map((value) => ({ value, label: t(`footage.copies.${value}` as Key) }))} />
      <Check label={t("footage.copies.looked")} on={looked.value} onTurn={(on) => { looked.value = on; }} />
      <p class="form-acts">
        <Button disabled={busy.value} onClick={() => void keep({})}>{t("footage.copies.keep")}</Button>
        <Button kind="quiet" disabled={busy.value || !looked.value} onClick={() => void keep({ relation: "none", basis: "both were looked at: they show different things" })}>{t("footage.copies.different")}</Button>
      </p>
    </>
  );
}
