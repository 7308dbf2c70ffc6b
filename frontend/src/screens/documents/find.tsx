/** Search over all documents, in every script; what is being composed is not searched for. */
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { number, t } from "../../i18n/index.ts";
import { toldOf } from "../../i18n/said.ts";
import { tell } from "../../store/notices.ts";
import { Letters } from "../../ui/letters.tsx";
import { Button, Check, Icon, Said } from "../../ui/parts.tsx";
import { Scrolls } from "../../ui/scrolls.tsx";
import type { Hit } from "./api.ts";
import { draft } from "./draft.ts";
import { found, hit, listed, openDocument, reader, search, searching } from "./state.ts";

export function FindField() {
  const words = useSignal(found.value?.query ?? "");
  const kept = useRef(draft("find", ""));
  const variants = useSignal(false);
  const letters = useSignal(false);
  const field = useRef<HTMLInputElement>(null);
  if (words.value === "" && kept.current.value.peek() !== "") words.value = kept.current.value.peek();
  const type = (text: string): void => {
    words.value = text;
    kept.current.put(text);
    if (text === "") void search("", false); // nor is what was asked before wanted any more
  };
  const go = (): void => void search(words.value, variants.value);
  // Enter also takes a word that is being composed: then it is no wish to search.
  const keys = (event: KeyboardEvent): void => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape" && words.value !== "") {
      event.preventDefault();
      type("");
    }
    if (event.key !== "Enter") return;
    event.preventDefault();
    go();
  };
  return (
    <search class="find">
      <div class="find-line">
        <input ref={field} id="find-words" class="input" type="search" dir="auto" autocomplete="off" spellcheck={false} value={words.value} placeholder={t("documents.find.hint")} aria-label={t("documents.find.label")} aria-keyshortcuts="/" onInput={(event) => type(event.currentTarget.value)} onKeyDown={keys} />
        <Button kind="plain" onClick={go} disabled={words.value.trim() === "" || searching.value}>{t("documents.find.go")}</Button>
      </div>
      <div class="find-line find-more">
        <Check label={t("documents.find.variants")} on={variants.value} onTurn={(on) => { variants.value = on; }} />
        <Button class="small-button" aria-pressed={letters.value} onClick={() => { letters.value = !letters.value; }}>{t("letters.show")}</Button>
      </div>
      {letters.value && <Letters field={field} onText={type} />}
    </search>
  );
}

export function Results() {
  const told = found.value;
  if (told === null) return null;
  const { documents, pages, without_text } = told.searched;
  const keep = async (): Promise<void> => {
    await search(told.query, false, true);
    const kept = found.value?.recorded?.kept;
    if (kept !== undefined) tell(kept ? "done" : "error", t(kept ? "documents.find.kept" : "fault.case-read-only"));
  };
  return (
    <section class="results" aria-label={t("documents.find.results")}>
      <p class="results-head" role="status">
        {told.pages_found === 0 ? t("documents.find.none", { query: told.query }) : t("documents.find.found", { count: told.pages_found, query: told.query })}{" "}
        <span class="soft">{t("documents.find.looked", { count: documents, pages: number(pages, 0) })}{without_text > 0 && ` ${t("documents.find.without", { count: without_text })}`}</span>
      </p>
      {told.pages_found === 0 && (
        told.recorded?.kept === true
          ? <p class="small results-kept">{t("documents.find.kept")}</p>
          : <p class="results-keep"><Button class="small-button" onClick={() => void keep()}>{t("documents.find.keep")}</Button></p>
      )}
      <p class="results-keep"><Button class="small-button" kind="quiet" onClick={() => { found.value = null; hit.value = null; }}>{t("documents.find.all")}</Button></p>
      <Scrolls class="doc-rows"><ul class="list">{told.hits.map((one) => <HitRow key={`${one.item} ${one.page} ${one.producers.join()}`} one={one} />)}</ul></Scrolls>
    </section>
  );
}

function HitRow({ one }: { one: Hit }) {
  const name = listed.value.find((row) => row.sha256 === one.item)?.name ?? one.item.slice(0, 12);
  const open = (): void => {
    hit.value = one;
    reader.value = one.producers[0] ?? null;
    openDocument(one.item, one.page + 1);
  };
  const at = one.snippet.indexOf(one.quote, Math.max(0, one.snippet.indexOf(one.prefix)));
  return (
    <li aria-current={hit.value === one ? "true" : undefined}>
      <button type="button" class="row-button" onClick={open}>
        <span class="row-name"><bdi>{name}</bdi> <span class="soft">{t("documents.page", { page: one.label })}</span></span>
        <span class="snippet" dir="auto" lang={one.language === "unknown" ? undefined : one.language}>{one.snippet.slice(0, at)}<mark>{one.quote}</mark>{one.snippet.slice(at + one.quote.length)}</span>
        {one.why.length > 0 && <span class="small soft"><Icon name="check" /> <Said text={one.why.join("; ")} told={toldOf(one.why, one.told)} /></span>}
      </button>
    </li>
  );
}
