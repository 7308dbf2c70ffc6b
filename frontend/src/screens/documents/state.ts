/** What the Documents screen shows: the list, the page that the address names, what is quoted from it, and what was searched for. */
import { computed, effect, signal } from "@preact/signals";
import { address, go, stay } from "../../shell/address.ts";
import { Newest } from "../../newest.ts";
import { fail, during } from "../../store/notices.ts";
import { caseState, items } from "../../store/signals.ts";
import { elsewhere } from "../../store/tabs.ts";
import { t } from "../../i18n/index.ts";
import { documents, type Chosen, type ClaimLine, type DocumentRow, type Found, type Hit, type Passage, type Reading } from "./api.ts";

export const VIEWS = ["lists", "replies"] as const;
export type View = "read" | (typeof VIEWS)[number];
const onScreen = computed(() => caseState.value !== null && address.value.screen === "documents");
export const view = computed<View>(() => {
  const first = address.value.rest[0];
  return first === "lists" || first === "replies" ? first : "read";
});

export const list = signal<DocumentRow[] | null>(null);
export const claims = signal<ClaimLine[]>([]);
export const listed = computed(() => list.value ?? []);

/** The document and page of the address; the first document where it names none. */
export const shown = computed<DocumentRow | null>(() => listed.value.find((one) => one.sha256 === address.value.rest[0]) ?? listed.value[0] ?? null);
export const pageNumber = computed(() => Math.max(1, Number(address.value.rest[1] ?? "1") || 1));
export const readings = signal<Reading[] | null>(null);
/** Why the page has no text, in the words of the server; null while there is some or none was asked for. */
export const unreadable = signal<string | null>(null);
export const passages = signal<Passage[]>([]);
export const reader = signal<string | null>(null);
export const reading = computed<Reading | null>(() => readings.value?.find((one) => one.producer === reader.value) ?? readings.value?.[0] ?? null);
/** The passage that the address names. */
export const passage = computed(() => passages.value.find((one) => one.id === address.value.at) ?? null);
// A link to a passage leads to its page.
effect(() => {
  const [item, wanted] = address.value.rest;
  const one = passages.value.find((each) => each.id === wanted);
  if (item !== undefined && one !== undefined) stay([item, String(one.page)], one.id);
});
// A passage is shown in the text that it counts in.
effect(() => {
  const own = readings.value?.find((one) => one.text_sha256 === passage.value?.text_sha256);
  if (own !== undefined) reader.value = own.producer;
});
/** The words chosen on the page, not quoted yet. */
export const chosen = signal<Chosen | null>(null);
/** Whether translations stand below the words. */
export const translated = signal(true);
/** Boxes of the search hit that was followed. */
export const hit = signal<Hit | null>(null);

export const found = signal<Found | null>(null);
export const searching = signal(false);

const lists = new Newest();
export async function reload(): Promise<void> {
  try {
    const told = await documents.list({ signal: lists.begin() });
    list.value = told.documents;
    claims.value = told.claims;
  } catch (error) {
    fail(error);
  }
}

const quoted = new Newest();
export async function reloadPassages(): Promise<void> {
  const item = shown.peek()?.sha256;
  if (item === undefined) return;
  try {
    passages.value = (await documents.passages(item, { signal: quoted.begin() })).passages;
  } catch (error) {
    fail(error);
  }
}

const count = computed(() => items.value.length);
effect(() => {
  void count.value; // a file that was dropped on the page is in the list at once
  void elsewhere.value;
  if (onScreen.value) void reload();
  else if (caseState.value === null) {
    list.value = null;
    found.value = null;
    hit.value = null;
  }
});

const item = computed(() => (onScreen.value ? shown.value?.sha256 ?? null : null));
effect(() => {
  void item.value;
  passages.value = [];
});
effect(() => {
  void elsewhere.value;
  if (item.value !== null) void reloadPassages();
});

const texts = new Newest();
const text = computed(() => (shown.value === null ? "" : `${shown.value.state} ${shown.value.readers.join()}`));
effect(() => {
  const sha = item.value;
  const number = pageNumber.value;
  readings.value = null;
  unreadable.value = null;
  chosen.value = null;
  void text.value; // read once more when another reader has read it
  texts.stop();
  if (sha === null || shown.peek()?.state === "unread") return;
  documents.page(sha, number, { signal: texts.begin() }).then((told) => {
    readings.value = told.readings;
  }).catch((error: unknown) => {
    readings.value = [];
    fail(error);
  });
});

export const openDocument = (sha: string, page = 1, at: string | null = null): void => go("documents", [sha, String(page)], at);
/** The passage is the chosen one, on its page. */
export function openPassage(one: Passage): void {
  hit.value = null;
  if (one.page === pageNumber.peek()) stay([one.item, String(one.page)], one.id);
  else openDocument(one.item, one.page, one.id);
}

/** Quotes what was chosen; the new passage is shown, or the one that quotes these words already. */
export async function quote(what: Chosen): Promise<void> {
  const same = passages.peek().find((one) => one.text_sha256 === what.text_sha256 && one.page === what.page && one.start === what.start && one.end === what.end);
  if (same !== undefined && what.over === undefined) {
    chosen.value = null;
    openPassage(same);
    return;
  }
  const told = await during(t("documents.quoting"), () => documents.quote(what));
  const id = told?.said[0]?.id;
  if (id === undefined) return;
  chosen.value = null;
  getSelection()?.removeAllRanges();
  await reloadPassages();
  stay([what.item, String(what.page)], id);
  void reload();
}

const searches = new Newest();
export async function search(words: string, variants: boolean, keep = false): Promise<void> {
  if (words.trim() === "") {
    searches.stop();
    searching.value = false;
    found.value = null;
    return;
  }
  searching.value = true;
  const signal = searches.begin();
  const told = await during(t("documents.searching"), (progress) => documents.find({ words, variants, exact: false, keep }, { signal, progress }));
  if (signal.aborted) return; // another search goes on
  searching.value = false;
  if (told !== null) found.value = told;
}
