/** What is known of the quoted passage that is chosen; or of the document, and what is quoted from it. */
import { useSignal } from "@preact/signals";
import { day, language, listed, t } from "../../i18n/index.ts";
import { KeyLine } from "../../shell/key_list.tsx";
import { linkTo } from "../../shell/address.ts";
import { tell } from "../../store/notices.ts";
import { Button, Icon, Said } from "../../ui/parts.tsx";
import type { Passage } from "./api.ts";
import { CiteDialog, TranslateDialog } from "./dialogs.tsx";
import { aliasName, languageName } from "./parts.tsx";
import { openPassage, passage, passages, quote, reading, readings, shown } from "./state.ts";

export function PassageSide() {
  const one = passage.value;
  const doc = shown.value;
  return (
    <>
      <div class="side-head"><h2>{one !== null ? t("documents.side.passage") : t("documents.side.document")}</h2></div>
      <div class="side-body">
        {one !== null ? <Chosen key={one.id} one={one} /> : doc !== null ? <About /> : <p class="soft small">{t("documents.side.nothing")}</p>}
        {passages.value.length > 0 && <Quoted now={one} />}
        <KeyLine part="documents" />
      </div>
    </>
  );
}

function Chosen({ one }: { one: Passage }) {
  const citing = useSignal(false);
  const translating = useSignal(false);
  const copy = async (): Promise<void> => {
    const where = t("documents.copied.where", { name: shown.value?.name ?? "", page: one.label === "" ? one.page : one.label });
    try {
      await navigator.clipboard.writeText(`“${one.quote ?? ""}”\n${where}\nsha256 ${one.item}, ${one.start}–${one.end}`);
      tell("done", t("documents.copied"));
    } catch {
      tell("error", t("documents.copiedNot"));
    }
  };
  return (
    <>
      <section>
        <blockquote class="passage-words" lang={one.language === "und" ? undefined : one.language} dir="auto">{one.quote ?? t("documents.withdrawn")}</blockquote>
        {one.translations.map((said) => (
          <div key={said.id} class="said">
            <p lang={said.language} dir="auto">“{said.text ?? t("documents.withdrawn")}”</p>
            <p class="small soft">{t(`documents.translated.${said.kind}`, { by: aliasName(said.by ?? "") })}{said.tool !== undefined && ` (${said.tool})`}{said.checked_by !== undefined && `, ${t("documents.checkedBy", { by: aliasName(said.checked_by) })}`}</p>
          </div>
        ))}
      </section>
      <Place one={one} />
      <section>
        <dl class="facts">
          <dt>{t("documents.fact.where")}</dt><dd>{listed([t("documents.page", { page: one.label === "" ? one.page : one.label }), ...(one.boxes.length > 0 ? [t("documents.boxed")] : [])])}</dd>
          <dt>{t("documents.fact.used")}</dt>
          <dd>{one.used_in.length === 0 ? t("documents.usedNowhere") : <ul class="used">{one.used_in.map((use, index) => <li key={index}><a href={linkTo("claims", [use.claim])}><bdi>{use.text}</bdi></a> <span class="soft">{t(`documents.stance.${use.stance}`)}</span></li>)}</ul>}</dd>
          <dt>{t("documents.fact.language")}</dt><dd>{languageName(one.language, language.value)}</dd>
          <dt>{t("documents.fact.by")}</dt><dd>{listed([aliasName(one.by), day(one.said_at)])}</dd>
          <dt>{t("documents.fact.digest")}</dt><dd class="mono" dir="ltr">{one.item.slice(0, 4)} {one.item.slice(4, 8)} … {one.item.slice(-4)}</dd>
        </dl>
        <p class="buttons">
          <Button kind="main" class="small-button" onClick={() => { citing.value = true; }}>{t("documents.cite")}</Button>
          <Button class="small-button" onClick={() => { translating.value = true; }}>{t("documents.translate")}</Button>
          <Button class="small-button" onClick={() => void copy()}>{t("documents.copy")}</Button>
        </p>
      </section>
      {citing.value && <CiteDialog on={{ passage: one.id }} words={one.quote ?? ""} onClose={() => { citing.value = false; }} />}
      {translating.value && <TranslateDialog of={one.id} words={one.quote ?? ""} lang={one.language} onClose={() => { translating.value = false; }} />}
    </>
  );
}

/** What became of the place of a passage whose text is not there any more. Nothing is moved by itself. */
function Place({ one }: { one: Passage }) {
  if (one.state === "exact" || one.state === "unread") return null;
  if (one.state === "orphan") return <section><p class="note note-bad"><Icon name="warn" /><span><b>{t("documents.orphan")}</b> {t("documents.orphanThen")}</span></p></section>;
  return (
    <section>
      <p class="note note-warn"><Icon name="warn" /><span><b>{t("documents.proposal")}</b> {t("documents.proposalThen")}</span></p>
      <ul class="stack small">
        {one.proposals.slice(0, 5).map((each, index) => (
          <li key={index}>
            <p>{t("documents.page", { page: each.page })}: <bdi>“{each.quote}”</bdi> <span class="soft"><Said text={each.why} told={each.told?.[each.why]} /></span></p>
            <Button class="small-button" onClick={() => void quote({ item: one.item, text_sha256: each.text_sha256, page: each.page, start: each.start, end: each.end, words: each.quote, language: one.language, over: one.id })}>{t("documents.takePlace")}</Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function About() {
  const doc = shown.value;
  if (doc === null) return null;
  const text = reading.value;
  return (
    <section>
      <p class="doc-name"><bdi>{doc.name}</bdi></p>
      <dl class="facts">
        <dt>{t("documents.fact.added")}</dt><dd>{day(doc.added)}</dd>
        {doc.pages > 0 && <><dt>{t("documents.fact.pages")}</dt><dd>{listed([t("documents.pages", { count: doc.pages }), ...(doc.without_text > 0 ? [t("documents.pagesWithout", { count: doc.without_text })] : [])])}</dd></>}
        {readings.value !== null && readings.value.length > 0 && <><dt>{t("documents.fact.readers")}</dt><dd>{listed(readings.value.map((one) => (one.producer === "text" ? t("documents.fact.ownText") : one.producer)))}</dd></>}
        {text !== null && <><dt>{t("documents.fact.language")}</dt><dd>{languageName(text.language, language.value)}</dd></>}
        <dt>{t("documents.fact.digest")}</dt><dd class="mono" dir="ltr">{doc.sha256.slice(0, 4)} {doc.sha256.slice(4, 8)} … {doc.sha256.slice(-4)}</dd>
      </dl>
      {doc.notes.length > 0 && <ul class="stack small soft">{doc.notes.map((note) => <li key={note}><Said text={note} told={doc.told?.[note]} /></li>)}</ul>}
    </section>
  );
}

function Quoted({ now }: { now: Passage | null }) {
  return (
    <section>
      <h3>{t("documents.quotedHere")}</h3>
      <ul class="quoted">
        {passages.value.map((one) => (
          <li key={one.id} aria-current={one === now ? "true" : undefined}>
            <button type="button" class="row-button" onClick={() => openPassage(one)}>
              <span dir="auto" lang={one.language === "und" ? undefined : one.language} class="quoted-words">{one.quote ?? t("documents.withdrawn")}</span>
              <span class="small soft">{t("documents.page", { page: one.label === "" ? one.page : one.label })}</span>
              {one.state !== "exact" && <span><span class={one.state === "orphan" ? "chip chip-bad" : "chip chip-warn"}>{t(`documents.place.${one.state}`)}</span></span>}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
