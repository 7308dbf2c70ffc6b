/** Who may know an account, where it comes from, and what to do with the sentence that is chosen. */
import { useSignal } from "@preact/signals";
import { day, language, listed, t } from "../../i18n/index.ts";
import { KeyLine } from "../../shell/key_list.tsx";
import { linkTo } from "../../shell/address.ts";
import { during, tell } from "../../store/notices.ts";
import { items } from "../../store/signals.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { readTime } from "../../ui/entry_formats.ts";
import { Button, Choice, Icon, TextField } from "../../ui/parts.tsx";
import { CiteDialog, TranslateDialog } from "../documents/dialogs.tsx";
import { aliasName, languageName } from "../documents/parts.tsx";
import { accounts, type Account } from "./api.ts";
import { account, chosen, recording, reload, reloadAccount } from "./state.ts";
import { timeCode } from "./times.ts";
import { accountName, givenAt, Quote } from "./transcript.tsx";
import { sayWords, WordDialogs } from "./words_said.tsx";

export function AccountSide() {
  const told = account.value;
  if (told === null) return <><div class="side-head"><h2>{t("screen.accounts")}</h2></div><div class="side-body"><p class="small soft">{t("accounts.rule")}</p></div></>;
  return (
    <>
      <div class="side-head"><h2><bdi>{accountName({ number: told.number, source: told.told.source })}</bdi></h2></div>
      <div class="side-body">
        {chosen.value !== null && <Sentence />}
        <WordDialogs told={told} one={chosen.value} />
        <Seen told={told} />
        <Origin told={told} />
        <KeyLine part="accounts" />
      </div>
    </>
  );
}

/** Pressing a button leaves the words selected. */
const keepSelection = (event: MouseEvent): void => event.preventDefault();

function Sentence() {
  const one = chosen.value;
  const citing = useSignal(false);
  const translating = useSignal(false);
  if (one === null) return null;
  return (
    <section>
      <h3 class="num"><span dir="ltr">{timeCode(one.start_ms)}–{timeCode(one.end_ms)}</span></h3>
      <blockquote lang={one.language} dir={one.dir} class="spoken">{one.text ?? t("accounts.withdrawn")}</blockquote>
      {one.note !== undefined && <p class="small soft"><bdi lang="en">{one.note}</bdi></p>}
      <p class="buttons">
        <Button kind="main" class="small-button" onClick={() => { citing.value = true; }}>{t("accounts.cite")}</Button>
        <Button class="small-button" onClick={() => { translating.value = true; }}>{t("accounts.translate")}</Button>
        {one.text !== null && <Button class="small-button" aria-keyshortcuts="W" onMouseDown={keepSelection} onClick={() => sayWords("code")}>{t("accounts.code.title")}</Button>}
      </p>
      {citing.value && <CiteDialog on={{ segment: one.id }} words={one.text ?? ""} onClose={() => { citing.value = false; }} onDone={() => void reloadAccount()} />}
      {translating.value && <TranslateDialog of={one.id} words={one.text ?? ""} lang={one.language} onClose={() => { translating.value = false; void reloadAccount(); }} />}
    </section>
  );
}

/** From the account's own forms: consent, restriction, and what may go out. */
function Seen({ told }: { told: Account }) {
  const { consent, restriction } = told;
  const taking = useSignal(false);
  return (
    <section>
      <h3>{t("accounts.seen")}</h3>
      <dl class="facts">
        <dt>{t("accounts.fact.public")}</dt><dd><Quote quotable={told.quotable} /></dd>
        <dt>{t("accounts.fact.inside")}</dt><dd>{restriction === null ? t("accounts.level.open") : <>{t(`accounts.level.${restriction.level}`)}: <bdi>{restriction.why}</bdi></>}</dd>
        <dt>{t("accounts.fact.consent")}</dt>
        <dd>{consent === null ? t("accounts.consent.none") : consent.withdrawn !== undefined ? <b>{t("accounts.consent.withdrawn", { day: day(consent.withdrawn) })}</b> : listed([t(`accounts.publish.${consent.publish}`), ...(consent.until === undefined ? [] : [t("accounts.consent.until", { day: day(consent.until) })])])}</dd>
        {consent !== null && <><dt>{t("accounts.fact.court")}</dt><dd>{t(`accounts.court.${consent.court}`)}</dd></>}
      </dl>
      {consent !== null && consent.withdrawn === undefined && <p class="buttons"><Button class="small-button" onClick={() => { taking.value = true; }}>{t("accounts.takenBack")}</Button></p>}
      {told.segments.length > 0 && <p class="buttons"><Button class="small-button" aria-keyshortcuts="H" onMouseDown={keepSelection} onClick={() => sayWords("hide")}>{t("accounts.copy.title")}</Button></p>}
      {taking.value && <TakenBack of={told.account} onClose={() => { taking.value = false; }} />}
    </section>
  );
}

function TakenBack({ of, onClose }: { of: string; onClose: () => void }) {
  const at = useSignal("");
  const wrong = useSignal<string | null>(null);
  const send = async (): Promise<void> => {
    const when = readTime(at.value);
    if (when === null) return void (wrong.value = t("accounts.dayWrong"));
    if ((await during(t("accounts.saying"), () => accounts.withdrawal(of, when))) === null) return;
    tell("done", t("accounts.takenBackDone"));
    onClose();
    await reload();
    await reloadAccount();
  };
  return (
    <Dialog title={t("accounts.takenBack")} onClose={onClose}>
      <form class="stack" onSubmit={(event) => { event.preventDefault(); void send(); }}>
        <p>{t("accounts.takenBackWhat")}</p>
        <TextField label={t("accounts.takenBackDay")} value={at.value} onValue={(text) => { at.value = text; wrong.value = null; }} error={wrong.value ?? undefined} placeholder="2026-11-11" ltr />
        <p class="buttons"><Button type="submit" kind="main">{t("accounts.takenBackSay")}</Button></p>
      </form>
    </Dialog>
  );
}

function Origin({ told }: { told: Account }) {
  const facts = told.told;
  const tying = useSignal("");
  const free = items.value.filter((one) => /\.(mp3|m4a|wav|ogg|opus|flac|aac|amr|3gp|mp4|mov|mkv|webm|avi|wma)$/i.test(one.name));
  const tie = async (): Promise<void> => {
    if ((await during(t("accounts.saying"), () => accounts.recording(told.account, tying.value))) === null) return;
    tell("done", t("accounts.tied"));
    await reloadAccount();
  };
  return (
    <section>
      <h3>{t("accounts.origin")}</h3>
      <dl class="facts">
        <dt>{t("accounts.fact.how")}</dt><dd>{listed([t(`accounts.how.${facts.how}`), givenAt(facts.given_at)])}</dd>
        <dt>{t("accounts.fact.language")}</dt><dd>{listed(facts.languages.map((tag) => languageName(tag, language.value)))}</dd>
        {facts.interviewer !== undefined && <><dt>{t("accounts.fact.interviewer")}</dt><dd><bdi>{aliasName(facts.interviewer)}</bdi></dd></>}
        {facts.interpreter !== undefined && <><dt>{t("accounts.fact.interpreter")}</dt><dd><bdi>{aliasName(facts.interpreter)}</bdi></dd></>}
        <dt>{t("accounts.fact.heard")}</dt><dd>{t(`accounts.answer.${facts.heard_others}`)}</dd>
        <dt>{t("accounts.fact.paid")}</dt><dd>{t(`accounts.answer.${facts.paid}`)}</dd>
      </dl>
      {facts.heard_others === "unknown" && <p class="note"><Icon name="warn" /><span>{t("accounts.ask")}</span></p>}
      {told.used_in.length > 0 && <ul class="used small">{told.used_in.map((use, index) => <li key={index}><a href={linkTo("claims", [use.claim])}><bdi>{use.text}</bdi></a></li>)}</ul>}
      {recording.value === null && told.segments.length > 0 && free.length > 0 && (
        <form class="stack" onSubmit={(event) => { event.preventDefault(); if (tying.value !== "") void tie(); }}>
          <Choice label={t("accounts.tie")} value={tying.value} options={[{ value: "", label: t("accounts.tieNone") }, ...free.map((one) => ({ value: one.sha256, label: one.name }))]} onValue={(value) => { tying.value = value; }} hint={t("accounts.tieHint")} />
          <p class="buttons"><Button type="submit" class="small-button" disabled={tying.value === ""}>{t("accounts.tieSay")}</Button></p>
        </form>
      )}
    </section>
  );
}
