/** The accounts of a case, and one of them by time: as spoken, and in translation. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { day, language, listed, t } from "../../i18n/index.ts";
import { meant, modified } from "../../shell/key_table.ts";
import { linkTo } from "../../shell/address.ts";
import { Button, Icon } from "../../ui/parts.tsx";
import { Scrolls } from "../../ui/scrolls.tsx";
import { aliasName, languageName } from "../documents/parts.tsx";
import { AddAccount } from "./add.tsx";
import type { AccountRow, Segment } from "./api.ts";
import { play, playing, stop } from "./player.ts";
import { account, choose, chosen, list, openAccount, recording, reveal, revealed, shown } from "./state.ts";
import { timeCode } from "./times.ts";
import { Player } from "./wave.tsx";
import { sayWords } from "./words_said.tsx";

export const accountName = (one: { number: number; source?: string | undefined }): string => (one.source === undefined ? t("accounts.numbered", { number: one.number }) : aliasName(one.source));

export function Transcript() {
  useEffect(() => stop, []);
  if (list.value === null) return <header class="screen-head"><div class="grow"><h1>{t("accounts.loading")}</h1></div></header>;
  const one = shown.value;
  if (one === null) {
    return (
      <>
        <header class="screen-head"><div class="grow"><p class="eyebrow">{t("screen.accounts")}</p><h1>{t("accounts.none")}</h1></div></header>
        <section class="empty"><h2>{t("accounts.noneWhat")}</h2><p>{t("accounts.noneHow")}</p><Add kind="main" /></section>
      </>
    );
  }
  const closed = list.value.filter((each) => each.quotable === "no").length;
  return (
    <>
      <header class="screen-head">
        <div class="grow">
          <p class="eyebrow"><span>{t("screen.accounts")}</span><span><bdi>{accountName(one)}</bdi></span></p>
          <h1>{closed === 0 ? t("accounts.head.all", { count: list.value.length }) : t("accounts.head.closed", { count: closed, all: list.value.length })}</h1>
          <p class="lede">{revealed.value ? t("accounts.head.shown") : t("accounts.head.hidden")}</p>
        </div>
        <div class="acts"><Button aria-pressed={revealed.value} onClick={() => reveal(!revealed.value)}>{revealed.value ? t("accounts.hide") : t("accounts.show")}</Button></div>
      </header>
      <div class="body accounts-body">
        <section class="card account-list" aria-label={t("screen.accounts")}>
          <div class="card-head"><h2>{t("screen.accounts")}</h2><Add kind="plain" /></div>
          <Scrolls class="account-rows"><ul class="list">{list.value.map((each) => <Row key={each.id} one={each} />)}</ul></Scrolls>
        </section>
        <section class="card transcript" aria-label={t("accounts.transcript")}>
          {one.restriction?.level === "sealed" && !revealed.value && <p class="note note-warn sealed"><Icon name="hide" /><span>{t("accounts.sealed")}</span></p>}
          <Player />
          <Segments />
        </section>
      </div>
    </>
  );
}

function Add({ kind }: { kind: "main" | "plain" }) {
  const adding = useSignal(false);
  return (
    <>
      <Button kind={kind} class={kind === "plain" ? "small-button" : ""} icon="plus" aria-label={t("accounts.add")} onClick={() => { adding.value = true; }}>{kind === "plain" ? t("accounts.addShort") : t("accounts.add")}</Button>
      {adding.value && <AddAccount onClose={() => { adding.value = false; }} />}
    </>
  );
}

function Row({ one }: { one: AccountRow }) {
  const length = one.ends_ms > 0 ? timeCode(one.ends_ms) : t(`accounts.how.${one.how}`);
  return (
    <li aria-current={one === shown.value ? "true" : undefined}>
      <button type="button" class="row-button" onClick={() => openAccount(one.id)}>
        <span class="row-name"><bdi>{accountName(one)}</bdi></span>
        <span class="small soft">{listed(one.languages.map((tag) => languageName(tag, language.value)))} · <span dir={one.ends_ms > 0 ? "ltr" : undefined}>{length}</span></span>
        {one.heard_others === "yes" && <span class="small">{t("accounts.heard")}</span>}
        <span><Quote quotable={one.quotable} /></span>
      </button>
    </li>
  );
}

export function Quote({ quotable }: { quotable: AccountRow["quotable"] }) {
  const word = quotable === "altered voice" ? "altered" : quotable;
  return <span class={quotable === "no" ? "chip chip-warn" : "chip chip-good"}>{quotable === "no" && <Icon name="hide" />}{t(`accounts.quotable.${word}`)}</span>;
}

function Segments() {
  const box = useRef<HTMLOListElement>(null);
  const told = account.value;
  if (told === null) return <p class="page-none" role="status">{t("accounts.loading")}</p>;
  if (told.segments.length === 0) return <Written />;
  const segments = told.segments;
  const step = (by: number): void => {
    const at = segments.findIndex((one) => one.id === chosen.peek()?.id);
    const to = segments[Math.min(segments.length - 1, Math.max(0, at + by))];
    if (to === undefined) return;
    choose(to);
    box.current?.querySelector<HTMLElement>(`[data-segment="${to.id}"]`)?.focus();
  };
  const keys = (event: KeyboardEvent): void => {
    if (modified(event) || (event.target as HTMLElement).closest("a, button") !== null) return;
    const found = meant("accounts", event);
    if (found?.does === "sentence") step(2 * found.at - 1);
    else if (found?.does === "play") hear(chosen.peek());
    else if (found !== null) sayWords(found.does);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") step(event.key === "ArrowDown" ? 1 : -1);
    else return;
    event.preventDefault();
  };
  const tongue = segments[0]?.language ?? "";
  const into = segments.flatMap((one) => one.translations)[0]?.language ?? "";
  return (
    <>
      <div class="seg-row seg-head small soft"><span>{t("accounts.time")}</span><span>{t("accounts.spoken", { language: languageName(tongue, language.value) })}</span><span>{into === "" ? t("accounts.noTranslation") : t("accounts.translation", { language: languageName(into, language.value) })}</span></div>
      <Scrolls class="segs-frame"><ol ref={box} class="segs" onKeyDown={keys}>{segments.map((one, index) => <SegmentRow key={one.id} one={one} first={chosen.value === null && index === 0} />)}</ol></Scrolls>
    </>
  );
}

function hear(one: Segment | null): void {
  const item = recording.peek();
  if (playing.peek() !== null) return stop();
  if (item !== null && one !== null) void play(item.sha256, one.start_ms, one.end_ms);
}

function SegmentRow({ one, first }: { one: Segment; first: boolean }) {
  const now = chosen.value?.id === one.id;
  const heard = playing.value !== null && playing.value.at >= one.start_ms && playing.value.at < one.end_ms;
  const speaker = revealed.value ? aliasName(one.speaker) : t("accounts.voiceNumber", { number: one.speaker });
  return (
    <li class={`seg-row${now ? " cited" : ""}${heard ? " heard" : ""}`} data-segment={one.id} tabIndex={now || first ? 0 : -1} aria-current={now ? "true" : undefined} onClick={() => choose(one)} onFocus={() => { if (!now) choose(one); }}>
      <span class="num soft small" dir="ltr">{timeCode(one.start_ms)}</span>
      <div>
        <p class="small soft"><bdi>{speaker}</bdi></p>
        <p lang={one.language} dir={one.dir} class="spoken">{one.text === null ? t("accounts.withdrawn") : <Coded one={one} />}</p>
        {one.has_code_word === true && <p class="small soft">{t("accounts.codeHidden")}</p>}
        {one.spoken_as_code !== undefined && <p class="small soft">{t("accounts.code", { means: one.spoken_as_code.means, basis: one.spoken_as_code.basis })}</p>}
      </div>
      <div>
        {one.translations.map((said) => <p key={said.id} lang={said.language} dir="auto">{said.text ?? t("accounts.withdrawn")}</p>)}
        {one.used_in.map((use, index) => <p key={index} class="small"><a href={linkTo("claims", [use.claim])}><bdi>{use.text}</bdi></a> <span class="soft">{t(`documents.stance.${use.stance}`)}</span></p>)}
      </div>
    </li>
  );
}

/** The words with the code word marked, where it is shown. */
function Coded({ one }: { one: Segment }) {
  const text = one.text ?? "";
  const word = one.spoken_as_code?.word ?? "";
  const at = word === "" ? -1 : text.indexOf(word);
  return at < 0 ? <>{text}</> : <>{text.slice(0, at)}<mark>{word}</mark>{text.slice(at + word.length)}</>;
}

/** An account that was written down: what is quoted from it. */
function Written() {
  const told = account.value;
  if (told === null) return null;
  if (told.words.length === 0) return <section class="empty"><h2>{t("accounts.noWords")}</h2><p>{t("accounts.noWordsHow")}</p></section>;
  return (
    <Scrolls class="segs-frame"><ol class="segs">
      {told.words.map((one) => (
        <li key={one.id} class="seg-row seg-written">
          <div><p lang={one.language} dir="auto" class="spoken">{one.text ?? t("accounts.withdrawn")}</p><p class="small"><a href={linkTo("documents", [one.item, "1"], one.id)}>{t("accounts.inDocument")}</a></p></div>
          <div>{one.translations.map((said) => <p key={said.id} lang={said.language} dir="auto">{said.text ?? t("accounts.withdrawn")}</p>)}{one.used_in.map((use, index) => <p key={index} class="small"><a href={linkTo("claims", [use.claim])}><bdi>{use.text}</bdi></a> <span class="soft">{t(`documents.stance.${use.stance}`)}</span></p>)}</div>
        </li>
      ))}
    </ol></Scrolls>
  );
}

export const givenAt = (at: string): string => (at === "unknown" ? t("accounts.unknown") : day(at));
