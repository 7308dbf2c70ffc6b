/** A document read: the list, the picture with its boxes, the text with what is quoted and its translation. */
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { language, t } from "../../i18n/index.ts";
import { during, tell } from "../../store/notices.ts";
import { meant } from "../../shell/key_table.ts";
import { Button, Icon, TextField, Told } from "../../ui/parts.tsx";
import { Scrolls } from "../../ui/scrolls.tsx";
import { AddDialog } from "./add.tsx";
import { documents, type DocumentRow } from "./api.ts";
import { FindField, Results } from "./find.tsx";
import { Head, languageName } from "./parts.tsx";
import { PagePicture } from "./picture.tsx";
import { found, list, listed, openDocument, pageNumber, passages, readings, reload, shown } from "./state.ts";
import { PageText } from "./text.tsx";

export function Reader() {
  // A single sign works only inside of the reader, and never where one types.
  const keys = (event: KeyboardEvent): void => {
    if (meant("documents", event)?.does !== "find" || (event.target as HTMLElement).closest("input, textarea, select") !== null) return;
    event.preventDefault();
    document.getElementById("find-words")?.focus();
  };
  const one = shown.value;
  if (list.value === null) return <Head eyebrow={t("screen.documents")} title={t("documents.loading")} />;
  if (one === null) {
    return (
      <>
        <Head eyebrow={t("screen.documents")} title={t("documents.none")} />
        <section class="empty"><h2>{t("documents.noneWhat")}</h2><p>{t("documents.noneHow")}</p><Add kind="main" /></section>
      </>
    );
  }
  return (
    <>
      <ReaderHead one={one} />
      <div class={one.drawn ? "body reader" : "body reader reader-text"} onKeyDown={keys}>
        <section class="card doc-list" aria-label={t("documents.list")}>
          <div class="card-head"><h2>{t("screen.documents")}</h2><Add kind="plain" /></div>
          <FindField />
          {found.value === null ? <DocumentList /> : <Results />}
        </section>
        {one.state === "unread" || (one.state === "none" && readings.value?.length === 0) ? <Unread one={one} /> : <>{one.drawn && <PagePicture key={`${one.sha256} ${pageNumber.value}`} one={one} />}<PageText one={one} /></>}
      </div>
    </>
  );
}

function ReaderHead({ one }: { one: DocumentRow }) {
  const name = <bdi>{one.name}</bdi>;
  const loose = passages.value.filter((each) => each.state !== "exact").length;
  const title = one.state === "unread" ? t("documents.head.unread") : one.state === "none" ? t("documents.head.none") : passages.value.length === 0 ? t("documents.head.nothing") : t("documents.head.quoted", { count: passages.value.length });
  const where = loose > 0 ? t("documents.head.loose", { count: loose }) : one.state === "ocr" ? t("documents.head.ocr") : "";
  return <Head eyebrow={<><span>{t("screen.documents")}</span>{one.pages > 0 && <span>{t("documents.pageOf", { page: pageNumber.value, pages: one.pages })}</span>}</>} title={<>{name}: {title}</>} lede={where} />;
}

function Add({ kind }: { kind: "main" | "plain" }) {
  const adding = useSignal(false);
  return (
    <>
      <Button kind={kind} class={kind === "plain" ? "small-button" : ""} icon="plus" aria-label={t("documents.add")} onClick={() => { adding.value = true; }}>{kind === "plain" ? t("documents.addShort") : t("documents.add")}</Button>
      {adding.value && <AddDialog onClose={() => { adding.value = false; }} />}
    </>
  );
}

/** Rows that are made at once; of thousands the rest comes on demand. */
const MOST_ROWS = 300;
function DocumentList() {
  const most = useSignal(MOST_ROWS);
  const at = shown.value === null ? -1 : listed.value.indexOf(shown.value);
  const rows = listed.value.slice(0, Math.max(most.value, at + 1));
  const without = listed.value.filter((one) => one.state === "none" || one.state === "unread").length;
  return (
    <>
      <Scrolls class="doc-rows">
        <ul class="list">{rows.map((one) => (
          <li key={one.sha256} aria-current={shown.value === one ? "true" : undefined}>
            <button type="button" class="row-button" onClick={() => openDocument(one.sha256)}>
              <span class="row-name"><bdi>{one.name}</bdi></span>
              <span class="small soft">{about(one)}</span>
              {(one.state === "none" || one.state === "unread") && <span><span class="chip chip-unseen">{t(`documents.state.${one.state}`)}</span></span>}
              {one.loose > 0 && <span><span class="chip chip-warn">{t("documents.loose", { count: one.loose })}</span></span>}
            </button>
          </li>
        ))}</ul>
        {rows.length < listed.value.length && <p class="results-keep"><Button class="small-button" onClick={() => { most.value += MOST_ROWS; }}>{t("documents.more", { count: listed.value.length - rows.length })}</Button></p>}
      </Scrolls>
      {without > 0 && <p class="note note-warn doc-note"><Icon name="warn" /><span><b>{t("documents.withoutText", { count: without, all: listed.value.length })}</b> {t("documents.withoutTextThen")}</span></p>}
    </>
  );
}

function about(one: DocumentRow): string {
  const hint = one.language_hint.split(/[,+]/)[0] ?? "";
  return [one.pages > 0 ? t("documents.pages", { count: one.pages }) : "", one.state === "ocr" ? t("documents.state.ocr") : "", hint === "" ? "" : languageName(hint, language.value), one.passages > 0 ? t("documents.quotes", { count: one.passages }) : ""].filter((part) => part !== "").join(" · ");
}

/** A document without text yet: it is read here, with the languages of a scan where it is one. */
function Unread({ one }: { one: DocumentRow }) {
  const ocr = useSignal("");
  const why = useSignal<string | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const read = async (): Promise<void> => {
    why.value = null;
    const told = await during(t("documents.reading"), (progress) => documents.read(one.sha256, ocr.value, { progress }));
    if (told === null) return;
    const first = told.documents[0];
    if (first?.error != null) why.value = `${first.error.message}. ${first.error.hint ?? ""}`;
    else if ((first?.notes.length ?? 0) > 0) why.value = first?.notes.join("; ") ?? null;
    else tell("done", t("documents.readDone"));
    await reload();
  };
  return (
    <section class="card unread">
      <form ref={form} class="card-body stack" onSubmit={(event) => { event.preventDefault(); void read(); }}>
        <h2>{t(`documents.state.${one.state}`)}</h2>
        <p>{t("documents.unread.what")}</p>
        <TextField label={t("documents.unread.ocr")} value={ocr.value} onValue={(text) => { ocr.value = text; }} hint={t("documents.unread.ocrHint")} ltr />
        {why.value !== null && <p class="note note-warn" role="alert"><Icon name="warn" /><Told>{why.value}</Told></p>}
        <p><Button type="submit" kind="main">{t("documents.unread.read")}</Button></p>
      </form>
    </section>
  );
}

