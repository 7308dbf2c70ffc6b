/** Search over everything of the case: Ctrl K, type, arrows, Enter. While an input method composes, nothing is searched. */
import { batch, signal, useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { nameKey } from "../clues/kinds.ts";
import { plain, t } from "../i18n/index.ts";
import { Delay, Newest } from "../newest.ts";
import { fail } from "../store/notices.ts";
import { inquiry, select, selectFrame } from "../store/signals.ts";
import { useModalFocus } from "../ui/dialog.tsx";
import { Letters } from "../ui/letters.tsx";
import { Button, Icon } from "../ui/parts.tsx";
import { go, screenNames, type ScreenName } from "./address.ts";
import { turnSide } from "./inspector.ts";
import { calls, inOwnWords, type Found, type SiteName } from "./calls.ts";
import { ScreenIcon } from "./rail.tsx";

export const searching = signal(false);

interface Hit {
  key: string;
  group: "screens" | "items" | "clues" | "sites" | "said" | "pages";
  screen: ScreenName;
  text: string;
  /** Safe to show: words of others in it are made plain. */
  second?: string;
  visit: () => void;
}

/** A pause between two letters that is worth a question [ms]. */
const SOON_MS = 30;

const folded = (text: string): string => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const holds = (text: string, words: string): boolean => folded(words).split(/\s+/).every((word) => folded(text).includes(word));

/** What the page itself knows: its screens and the clues. */
function ownHits(words: string): Hit[] {
  const screens = screenNames.filter((name) => holds(t(`screen.${name}`), words)).map((name): Hit => (
    { key: name, group: "screens", screen: name, text: t(`screen.${name}`), visit: () => go(name) }));
  const clues = inquiry.value.clues.flatMap((kept): Hit[] => {
    const kind = String(kept.clue["kind"] ?? "");
    const note = String(kept.clue["note"] ?? "");
    const visit = (): void => {
      go("footage");
      turnSide(true);
      if (kept.frame !== undefined) selectFrame(kept.frame.slice(0, 64), Number(kept.frame.slice(65)));
      select({ clue: kept.id });
    };
    return holds(`${t(nameKey(kind))} ${note}`, words) ? [{ key: kept.id, group: "clues", screen: "footage", text: t(nameKey(kind)), second: plain(note), visit }] : [];
  });
  return [...screens.slice(0, 3), ...clues.slice(0, 5)];
}

/** Sites lie in folders of their own: their names are asked once, when the search is opened. */
const siteHits = (sites: readonly SiteName[], words: string): Hit[] =>
  sites.filter((site) => holds(site.name, words)).slice(0, 5).map((site) => ({ key: site.id, group: "sites", screen: "sites", text: site.name, visit: () => go("sites", [site.id]) }));

/** Whether a hit comes from the server: until it has answered, that is one of the words before. */
const isAsked = (hit: Hit): boolean => hit.group === "items" || hit.group === "said" || hit.group === "pages";

function foundHits(found: Found): Hit[] {
  return [
    ...found.items.map((item): Hit => (
      { key: item.sha256, group: "items", screen: item.kind === "other" ? "documents" : "footage", text: item.name, visit: () => go(item.kind === "other" ? "documents" : "footage", [item.sha256]) })),
    ...found.said.map((one): Hit => (
      { key: one.id, group: "said", screen: one.screen, text: inOwnWords(one.title), ...(one.snippet === undefined ? {} : { second: plain(one.snippet) }), visit: () => go(one.screen, one.screen === "overview" ? [] : [one.id]) })),
    ...found.pages.map((page): Hit => (
      { key: `${page.item} ${page.page}`, group: "pages", screen: "documents", text: page.snippet.replace(/\s+/g, " ").trim(), second: t("search.page", { name: plain(page.name), page: page.label }), visit: () => go("documents", [page.item, String(page.page + 1)]) })),
  ];
}

export function Palette() {
  const dialog = useModalFocus();
  const field = useRef<HTMLInputElement>(null);
  const words = useSignal("");
  const found = useSignal<Found | null>(null);
  /** Whether what was found is of the words that stand in the field. */
  const fresh = useSignal(true);
  /** Enter was pressed before the answer was there: its first hit is visited when it comes. */
  const entered = useRef(false);
  const at = useSignal(0);
  const letters = useSignal(false);
  const work = useRef({ soon: new Delay(SOON_MS), call: new Newest() }).current;
  const sites = useSignal<SiteName[]>([]);
  const hits = useComputed(() => (words.value === "" ? [] : [...ownHits(words.value), ...siteHits(sites.value, words.value), ...(found.value === null ? [] : foundHits(found.value))]));
  useEffect(() => {
    field.current?.focus();
    void calls.sites().then((told) => { sites.value = told.sites; }, () => undefined);
    return () => {
      work.soon.stop();
      work.call.stop();
    };
  }, []);

  const ask = async (text: string): Promise<void> => {
    const signal = work.call.begin();
    try {
      const reply = await calls.search(text, { signal });
      if (signal.aborted) return;
      batch(() => { found.value = reply; fresh.value = true; at.value = 0; });
      const hit = hits.value[0];
      if (entered.current && hit !== undefined) visit(hit);
    } catch (error) {
      if (!signal.aborted) fail(error);
    }
  };
  const type = (text: string): void => {
    const wanted = text.trim();
    batch(() => { words.value = wanted; at.value = 0; fresh.value = wanted === ""; });
    entered.current = false;
    work.call.stop();
    if (wanted === "") {
      work.soon.stop();
      found.value = null;
    } else work.soon.start(() => void ask(wanted));
  };
  const close = (): void => { searching.value = false; };
  const visit = (hit: Hit): void => {
    close();
    hit.visit();
  };
  const keys = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const count = hits.value.length;
    const hit = hits.value[at.value];
    if (step !== undefined && count > 0) {
      entered.current = false;
      at.value = (at.value + step + count) % count;
      document.getElementById(`hit-${at.value}`)?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && !fresh.value && (hit === undefined || isAsked(hit))) entered.current = true;
    else if (event.key === "Enter" && hit !== undefined) visit(hit);
    else return;
    event.preventDefault();
  };
  return (
    <dialog ref={dialog} class="palette" aria-label={t("search.everything")} onCancel={(event) => { event.preventDefault(); close(); }} onClick={(event) => { if (event.target === event.currentTarget) close(); }}>
      <div class="palette-in">
        <Icon name="search" />
        <input
          ref={field} type="text" role="combobox" aria-expanded={hits.value.length > 0} aria-controls="hits" aria-autocomplete="list" aria-label={t("search.everything")}
          aria-activedescendant={hits.value.length > 0 ? `hit-${at.value}` : undefined} autocomplete="off" spellcheck={false} dir="auto" placeholder={t("search.everything")}
          onInput={(event) => { if (!(event as InputEvent).isComposing) type(event.currentTarget.value); }}
          onCompositionEnd={(event) => type(event.currentTarget.value)} onKeyDown={keys}
        />
        <Button class="small-button" aria-pressed={letters.value} onClick={() => { letters.value = !letters.value; }}>{t("letters.show")}</Button>
        <kbd>Esc</kbd>
      </div>
      {letters.value && <Letters field={field} onText={type} />}
      <Hits hits={hits.value} at={at.value} onVisit={visit} />
      <p class="palette-foot" role="status">{status(words.value, hits.value.length, fresh.value ? found.value : null, sites.value.length)}</p>
    </dialog>
  );
}

function status(words: string, count: number, found: Found | null, sites: number): string {
  if (words === "") return t("search.what");
  if (found === null) return t("search.looking");
  const { items, said, pages, without_text } = found.looked_in;
  const where = t("search.lookedIn", { items, said, pages, sites });
  return [count === 0 ? t("search.none") : "", where, without_text > 0 ? t("search.noText", { count: without_text }) : ""].filter((part) => part !== "").join(" ");
}

function Hits({ hits, at, onVisit }: { hits: readonly Hit[]; at: number; onVisit: (hit: Hit) => void }) {
  return (
    <ul id="hits" role="listbox" aria-label={t("search.hits")}>
      {hits.map((hit, index) => (
        <li key={`${hit.group} ${hit.key}`} id={`hit-${index}`} role="option" aria-selected={index === at} data-group={hit.group} onClick={() => onVisit(hit)}>
          <ScreenIcon name={hit.screen} />
          <span class="grow"><bdi>{plain(hit.text)}</bdi>{hit.second !== undefined && hit.second !== "" && <small class="soft">{hit.group === "pages" ? hit.second : <bdi>{hit.second}</bdi>}</small>}</span>
          <span class="chip chip-plain">{t(hit.group === "said" ? `screen.${hit.screen}` : `search.group.${hit.group}`)}</span>
        </li>
      ))}
    </ul>
  );
}
