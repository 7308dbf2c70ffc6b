/** The text of a page, line by line: what is quoted is marked, a translation stands below the words it is of. */
import { useEffect, useRef } from "preact/hooks";
import { dir, language, t } from "../../i18n/index.ts";
import { meant, modified } from "../../shell/key_table.ts";
import { useMore } from "../../ui/hooks.ts";
import { Button, Icon } from "../../ui/parts.tsx";
import { aliasName } from "./parts.tsx";
import type { DocumentRow, Line, Passage, Reading } from "./api.ts";
import { chosenWords, isVertical, onPage, placeOf, runs } from "./lines.ts";
import { chosen, hit, openDocument, openPassage, pageNumber, passage, passages, quote, reader, reading, readings, translated } from "./state.ts";

export function PageText({ one }: { one: DocumentRow }) {
  const text = reading.value;
  return (
    <section class="card text-card">
      <div class="card-head">
        <h2>{t("documents.text")}</h2>
        <Readers />
        {one.pages > 1 && <Pager one={one} />}
      </div>
      {text === null ? <p class="page-none" role="status">{t("documents.loading")}</p> : <><Doubts text={text} /><Lines text={text} item={one.sha256} /></>}
      {text !== null && <QuoteBar />}
    </section>
  );
}

function Readers() {
  const all = readings.value ?? [];
  if (all.length < 2) return null;
  return (
    <span class="segments" role="group" aria-label={t("documents.readers")}>
      {all.map((one) => <button key={one.producer} type="button" aria-pressed={one === reading.value} onClick={() => { reader.value = one.producer; }}>{readerName(one.producer)}</button>)}
    </span>
  );
}

const readerName = (producer: string): string => (producer.startsWith("tesseract") ? t("documents.reader.ocr") : producer === "poppler" ? "Poppler" : producer === "pdfium" ? "PDFium" : producer);

function Pager({ one }: { one: DocumentRow }) {
  const at = pageNumber.value;
  return (
    <span class="pager" role="group" aria-label={t("documents.pager")}>
      <Button icon="prev" turn kind="quiet" bare disabled={at <= 1} onClick={() => openDocument(one.sha256, at - 1)}>{t("documents.before")}</Button>
      <span class="num small" dir="ltr">{at}/{one.pages}</span>
      <Button icon="next" turn kind="quiet" bare disabled={at >= one.pages} onClick={() => openDocument(one.sha256, at + 1)}>{t("documents.after")}</Button>
    </span>
  );
}

/** What makes the text of this page doubtful, where something does. */
function Doubts({ text }: { text: Reading }) {
  const { other_reader, confidence, damaged } = text.meta;
  const said = damaged !== undefined ? t("documents.doubt.damaged")
    : confidence !== undefined ? t(confidence < 70 ? "documents.doubt.unsure" : "documents.doubt.ocr", { percent: confidence })
      : other_reader === "letters" ? t("documents.doubt.letters") : other_reader === "order" ? t("documents.doubt.order") : null;
  if (said === null) return null;
  const warn = damaged !== undefined || other_reader === "letters" || (confidence !== undefined && confidence < 70);
  return <p class={warn ? "note note-warn doubt" : "note doubt"}><Icon name={warn ? "warn" : "check"} /><span>{said}</span></p>;
}

function Lines({ text, item }: { text: Reading; item: string }) {
  const list = useRef<HTMLOListElement>(null);
  useMore(list);
  const quoted = onPage(passages.value, text, pageNumber.value);
  const followed = hit.value !== null && hit.value.item === item && hit.value.page + 1 === pageNumber.value && hit.value.producers.includes(text.producer) ? hit.value.original_offsets.map(([start, end]) => ({ id: "hit", start, end })) : [];
  useEffect(() => {
    const watch = (): void => {
      const now = getSelection();
      if (now === null || now.isCollapsed || now.anchorNode === null || now.focusNode === null) {
        if (document.activeElement?.closest(".quote-bar") == null) chosen.value = null;
        return;
      }
      if (!list.current?.contains(now.anchorNode) || !list.current.contains(now.focusNode)) return;
      const ends = [placeOf(now.anchorNode, now.anchorOffset), placeOf(now.focusNode, now.focusOffset)];
      if (ends[0] == null || ends[1] == null) return;
      chosen.value = chosenWords(text, item, pageNumber.peek(), Math.min(ends[0], ends[1]), Math.max(ends[0], ends[1]));
    };
    document.addEventListener("selectionchange", watch);
    return () => document.removeEventListener("selectionchange", watch);
  }, [text, item]);
  useEffect(() => {
    list.current?.querySelector(followed.length > 0 ? ".run-hit" : ".run-chosen")?.scrollIntoView({ block: "nearest" });
  }, [passage.value?.id, hit.value, text]);
  const move = (event: KeyboardEvent): void => {
    if (modified(event)) return;
    const found = meant("documents", event);
    const lines = [...(list.current?.querySelectorAll<HTMLElement>("li") ?? [])];
    const at = lines.indexOf(document.activeElement as HTMLElement);
    const to = found?.does === "line" ? at + 2 * found.at - 1 : event.key === "Home" ? 0 : event.key === "End" ? lines.length - 1 : null;
    if (to !== null) {
      event.preventDefault();
      lines[Math.min(lines.length - 1, Math.max(0, to))]?.focus();
    }
    if (found?.does === "translation") {
      event.preventDefault();
      translated.value = !translated.value;
    }
    const line = text.lines[at];
    if (found?.does === "quote" && (chosen.peek() !== null || line !== undefined)) {
      event.preventDefault();
      const what = chosen.peek() ?? chosenWords(text, item, pageNumber.peek(), line?.start ?? 0, line?.end ?? 0);
      if (what !== null) void quote(what);
    }
  };
  const lang = text.language === "" || text.language === "latin" ? undefined : text.language;
  const vertical = isVertical(text.lines.map((line) => line.text).join(""));
  return (
    <div class="more-frame scrolls lines-frame" dir={vertical ? "ltr" : undefined}>
      <ol ref={list} class={vertical ? "lines lines-vertical" : "lines"} aria-label={t("documents.lines")} onKeyDown={move}>
        {text.lines.map((line, index) => <LineRow key={line.start} line={line} lang={lang} quoted={quoted} followed={followed} first={index === 0} />)}
      </ol>
    </div>
  );
}

interface RowProps { line: Line; lang: string | undefined; quoted: Passage[]; followed: { id: string; start: number; end: number }[]; first: boolean }
function LineRow({ line, lang, quoted, followed, first }: RowProps) {
  const here = quoted.filter((one) => one.start < line.end && one.end > line.start);
  const own = here.filter((one) => one.start >= line.start);
  const now = passage.value?.id;
  const kind = here.some((one) => one.id === now) ? "cited" : here.length > 0 ? "cited2" : "";
  const open = here.find((one) => one.id !== now) ?? here[0];
  return (
    <li class={kind} tabIndex={first ? 0 : -1} onDblClick={open === undefined ? undefined : () => openPassage(open)} onKeyDown={open === undefined ? undefined : (event) => { if (event.key === "Enter") openPassage(open); }}>
      <p lang={lang} dir="auto" data-start={line.start}>
        {runs(line, [...quoted, ...followed]).map((run, index) => run.marks.length === 0 ? run.text : <span key={index} class={run.marks.includes("hit") ? "run run-hit" : now !== undefined && run.marks.includes(now) ? "run run-chosen" : "run"}>{run.text}</span>)}
      </p>
      {translated.value && own.map((one) => one.translations.map((said) => (
        <p key={said.id} class="small soft translated" lang={said.language} dir="auto">{said.text ?? t("documents.withdrawn")} <span class="by" lang={language.value} dir={dir.value}>{t(`documents.translated.${said.kind}`, { by: aliasName(said.by ?? "") })}</span></p>
      )))}
    </li>
  );
}

/** What is chosen, and the one act on it. */
function QuoteBar() {
  const what = chosen.value;
  return (
    <div class="quote-bar">
      <p class="grow small" dir="auto">{what === null ? <span class="soft">{t("documents.choose")}</span> : <bdi>“{what.words}”</bdi>}</p>
      <Button kind="main" class="small-button" disabled={what === null} onMouseDown={(event) => event.preventDefault()} onClick={() => { if (what !== null) void quote(what); }}>{t("documents.quote")}</Button>
    </div>
  );
}
