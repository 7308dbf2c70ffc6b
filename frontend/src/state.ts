/**
 * What the page knows, as signals, and the few verbs that change it.
 *
 * One rule: an inquiry changes only through `edit()`, which remembers the step for undo and saves it. The exact answer follows by
 * itself (src/answer.ts). Nothing here outlives the tab but the token, in session storage.
 */
import { batch, computed, effect, signal } from "@preact/signals";
import { api, dropCalls, Refused, setToken } from "./api.ts";
import { faultWords, type Words } from "./i18n/faults.ts";
import { merge } from "./merge.ts";
import { stable } from "./stable.ts";
import { t } from "./i18n/index.ts";
import type { Draft, Preview, Selection, TrialSun } from "./contract.ts";
import type { Act, AnswerMap, Calendar, CaseState, Clue, ClueDocument, FrameKey, FrameReply, Hello, Inquiry, Item, LocateReply } from "./types.ts";

export const emptyInquiry: Inquiry = { version: 1, prior: {}, clues: [], frames: {}, pins: [], layers: [], notes: "" };
const nothing: Selection = { item: null, frame: 0, mark: null, clue: null, place: null, from: null, to: null };

export const token = signal("");
export const hello = signal<Hello | null>(null);
/** The open case as the server last told it; null: the first screen. */
export const caseState = signal<CaseState | null>(null);
export const items = computed<Item[]>(() => caseState.value?.items ?? []);
export const record = signal<Act[]>([]);
export const inquiry = signal<Inquiry>(emptyInquiry);
export const selection = signal<Selection>(nothing);
export const frameKey = computed<FrameKey | null>(() =>
  selection.value.item === null ? null : `${selection.value.item}:${selection.value.frame}`);
export const selectedItem = computed<Item | null>(() => items.value.find((item) => item.sha256 === selection.value.item) ?? null);

/** The exact answer, and whether it still belongs to the inquiry on screen. */
export const answer = signal<LocateReply | null>(null);
export const answerMap = signal<AnswerMap | null>(null);
export const answerCalendar = signal<Calendar | null>(null);
export const answerStale = signal(false);
/** The exact area [km2] of the 90 % region of what is being asked, while its times and the rest are worked out; the map shows it. */
export const answerFirst = signal<number | null>(null);
/** Why there is no answer, in one sentence; "" if there is one, or nothing was asked. */
export const answerTrouble = signal<Words | null>(null);
/** What `noonmark frame` said of the marks, by frame. */
export const frameReplies = signal<Record<FrameKey, FrameReply>>({});

/** Held right now: see contract.ts. */
export const draft = signal<Draft | null>(null);
export const trialSun = signal<TrialSun | null>(null);
export const preview = signal<Preview | null>(null);

/** Names of what is under way; the status line shows the last. */
export const busy = signal<{ id: number; words: string; share: number | null }[]>([]);

export interface Notice {
  id: number;
  tone: "error" | "warn" | "done";
  text: string;
  hint: string | null;
  /** Of the text, where it may differ from the page's. */
  lang: "en" | null;
  /** A notice with the same code takes the place of the older one. */
  code: string;
  actions: { label: string; act: () => void }[];
}
export const notices = signal<Notice[]>([]);
export const serverGone = signal(false);
export const saving = signal<"saved" | "unsaved" | "saving" | "read-only">("saved");

export const document_ = computed<ClueDocument>(() => ({
  prior: inquiry.value.prior,
  clue: inquiry.value.clues.filter((kept) => kept.on).map((kept) => kept.clue),
}));

let nextId = 1;

export function tell(tone: Notice["tone"], text: string, more: Partial<Omit<Notice, "tone" | "text">> = {}): void {
  const code = more.code ?? text;
  const notice: Notice = { id: nextId++, tone, text, hint: more.hint ?? null, lang: more.lang ?? null, code, actions: more.actions ?? [] };
  notices.value = [...notices.value.filter((old) => old.code !== code), notice].slice(-3);
  if (tone === "done") setTimeout(() => dismiss(notice.id), 6000);
}

export function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}

export function clearNotice(code: string): void {
  if (notices.value.some((notice) => notice.code === code)) notices.value = notices.value.filter((notice) => notice.code !== code);
}

/** Shows an error once, in its own words; a server that is gone is waited for. */
export function fail(error: unknown): void {
  if (error instanceof DOMException && error.name === "AbortError") return;
  if (error instanceof Refused) {
    if (error.code === "gone") return waitForServer();
    const { text, hint, lang } = faultWords(error);
    tell("error", text, { code: error.code, hint, lang });
    return;
  }
  tell("error", error instanceof Error ? error.message : String(error), { code: "page" });
}

/** Runs slow work with a line in the status bar; errors are shown and swallowed. */
export async function during<T>(words: string, work: (progress: (share: number, words: string) => void) => Promise<T>): Promise<T | null> {
  const id = nextId++;
  busy.value = [...busy.value, { id, words, share: null }];
  const progress = (share: number, told: string): void => {
    busy.value = busy.value.map((entry) => (entry.id === id ? { id, words: told === "" ? words : told, share } : entry));
  };
  try {
    return await work(progress);
  } catch (error) {
    fail(error);
    return null;
  } finally {
    busy.value = busy.value.filter((entry) => entry.id !== id);
  }
}

export function select(part: Partial<Selection>): void {
  selection.value = { ...selection.value, ...part };
}

export function selectFrame(item: string, frame: number): void {
  const now = selection.value;
  if (now.item !== item || now.frame !== frame) select({ item, frame, mark: null });
}

// ---- editing, undo, redo

interface Step {
  inquiry: Inquiry;
  said: string;
}
const past = signal<Step[]>([]);
const future = signal<Step[]>([]);
export const canUndo = computed(() => past.value.length > 0);
export const canRedo = computed(() => future.value.length > 0);
let merging: { key: string; at: number } | null = null;

/**
 * Changes the inquiry. `said` is the line for the record. Steps with the same `mergeKey` within a second are one step back: a mark
 * nudged ten times is undone at once.
 */
export function edit(said: string, change: (now: Inquiry) => Inquiry, mergeKey: string | null = null): void {
  const before = inquiry.value;
  const after = change(before);
  if (after === before) return;
  const now = performance.now();
  const together = mergeKey !== null && merging?.key === mergeKey && now - merging.at < 1000;
  merging = mergeKey === null ? null : { key: mergeKey, at: now };
  batch(() => {
    if (!together) past.value = [...past.value.slice(-199), { inquiry: before, said }];
    future.value = [];
    inquiry.value = after;
  });
  saveInquiry(said);
}

function travel(from: typeof past, to: typeof past, said: (words: string) => string): void {
  const step = from.value.at(-1);
  if (step === undefined) return;
  merging = null;
  batch(() => {
    to.value = [...to.value, { inquiry: inquiry.value, said: step.said }];
    from.value = from.value.slice(0, -1);
    inquiry.value = step.inquiry;
  });
  saveInquiry(said(step.said));
}
export const undo = (): void => travel(past, future, (words) => `undid: ${words}`);
export const redo = (): void => travel(future, past, (words) => `did again: ${words}`);

/** The clues solved from a frame's marks take the place of those solved before; on or off stays as it was. */
export function withFrameClues(now: Inquiry, key: FrameKey, clues: Clue[]): Inquiry {
  const before = now.clues.filter((kept) => kept.frame === key);
  const fresh = clues.map((clue, index) => ({ id: before[index]?.id ?? newId("clue"), on: before[index]?.on ?? true, frame: key, clue }));
  const unchanged = stable(before) === stable(fresh);
  if (unchanged) return now;
  const at = now.clues.findIndex((kept) => kept.frame === key);
  const others = now.clues.filter((kept) => kept.frame !== key);
  const place = at === -1 ? others.length : Math.min(at, others.length);
  return { ...now, clues: [...others.slice(0, place), ...fresh, ...others.slice(place)] };
}

export const newId = (what: string): string => `${what}-${crypto.randomUUID().slice(0, 8)}`;

// ---- saving

let kept: { revision: number; inquiry: Inquiry } = { revision: 0, inquiry: emptyInquiry };
let said: string[] = [];
let timer: ReturnType<typeof setTimeout> | null = null;
let sending: Promise<void> | null = null;

/** Two tabs said different things of one: nothing is saved until the hand has chosen, or gone on. */
let clashed = false;

/** Saves soon; lines said meanwhile go together. */
export function saveInquiry(words: string): void {
  if (caseState.value === null) return;
  clashed = false;
  if (said.at(-1) !== words) said.push(words);
  if (caseState.value.read_only) {
    saving.value = "read-only";
    return;
  }
  saving.value = "unsaved";
  if (timer !== null) clearTimeout(timer);
  timer = setTimeout(() => void flush(), 400);
}

/** Saves now; resolves when the server has it (or can't be reached). */
export async function flush(): Promise<void> {
  if (timer !== null) clearTimeout(timer);
  timer = null;
  if (sending !== null) await sending;
  if (said.length === 0 || caseState.value === null || caseState.value.read_only) return;
  sending = push();
  await sending;
  sending = null;
  if (saving.value === "unsaved" && timer === null && !serverGone.value && !clashed) await flush();
}

async function push(): Promise<void> {
  const lines = said;
  const sent = inquiry.value;
  said = [];
  saving.value = "saving";
  try {
    const reply = await api.saveInquiry(kept.revision, sent, lines.join("; "));
    kept = { revision: reply.revision, inquiry: sent };
    addAct(reply.act);
    // By content: a merge with what the server holds may have put an equal inquiry in its place.
    saving.value = stable(inquiry.value) === stable(sent) ? "saved" : "unsaved";
    clearNotice("save");
  } catch (error) {
    said = [...lines, ...said];
    saving.value = "unsaved";
    if (error instanceof Refused && error.status === 409) return takeNewer(error.state);
    if (error instanceof Refused && error.code === "gone") return waitForServer();
    said = said.length === 0 ? lines : said;
    saving.value = "read-only";
    const words = error instanceof Refused ? faultWords(error).text : String(error);
    tell("error", t("save.failed", { why: words }), { code: "save", hint: t("save.kept"), actions: [{ label: t("save.again"), act: () => void flush() }] });
  }
}

/** Another tab was first: put both together, or, where both touched one thing, ask. */
async function takeNewer(told: CaseState | null): Promise<void> {
  const state = told ?? (await api.state()).state;
  const mine = inquiry.value;
  const merged = merge(kept.inquiry, mine, state.inquiry);
  kept = { revision: state.revision, inquiry: state.inquiry };
  batch(() => {
    caseState.value = state;
    record.value = state.record;
    inquiry.value = merged.inquiry;
  });
  if (merged.clashes === 0) {
    if (said.length > 0 && timer === null) timer = setTimeout(() => void flush(), 50);
    else if (said.length === 0 && sending === null && stable(merged.inquiry) === stable(state.inquiry)) saving.value = "saved";
    if (stable(merged.inquiry) !== stable(mine)) tell("done", t("tabs.merged"), { code: "tabs" });
    return;
  }
  clashed = true;
  tell("warn", t("tabs.clash"), {
    code: "tabs",
    actions: [
      { label: t("tabs.mine"), act: () => { clearNotice("tabs"); saveInquiry("kept this tab's version"); } },
      { label: t("tabs.theirs"), act: () => { clearNotice("tabs"); edit("took the other tab's version", () => state.inquiry); } },
    ],
  });
}

export function addAct(act: Act | null | undefined): void {
  if (act !== null && act !== undefined && !record.value.some((old) => old.number === act.number)) record.value = [...record.value, act];
}

// ---- the server goes and comes back

let waiting = false;

export function waitForServer(): void {
  serverGone.value = true;
  tell("error", t("server.gone"), { code: "gone", hint: t("server.kept") });
  if (waiting) return;
  waiting = true;
  const ask = async (): Promise<void> => {
    try {
      const state = caseState.value === null ? null : (await api.state()).state;
      hello.value = await api.hello();
      waiting = false;
      serverGone.value = false;
      clearNotice("gone");
      tell("done", t("server.back"), { code: "back" });
      if (state !== null && state.revision !== kept.revision) await takeNewer(state);
      if (said.length > 0) await flush();
      returned.value += 1;
    } catch (error) {
      if (error instanceof Refused && error.code !== "gone") {
        tell("error", t("server.new"), { code: "gone", hint: t("server.newHint"), actions: [{ label: t("server.tryAgain"), act: () => void ask() }] });
        waiting = false;
        return;
      }
      setTimeout(() => void ask(), 1500);
    }
  };
  setTimeout(() => void ask(), 1000);
}
/** A new address was opened in this tab: the server was started anew, and what is on screen goes on there. */
export async function freshAddress(): Promise<void> {
  readToken();
  clearNotice("gone");
  try {
    const told = await api.hello();
    hello.value = told;
    const mine = caseState.value;
    if (mine === null) {
      if (told.case !== null) takeCase((await api.state()).state);
      return;
    }
    const { state } = told.case === mine.path ? await api.state() : await api.openCase({ path: mine.path });
    serverGone.value = false;
    waiting = false;
    await takeNewer(state);
    if (said.length > 0) await flush();
    tell("done", t("server.back"), { code: "back" });
    returned.value += 1;
  } catch (error) {
    fail(error);
  }
}

/** Resolves when the server that is gone has come back; rejects where the case is closed before that. */
export function cameBack(): Promise<void> {
  const [before, here] = [returned.peek(), forgotten.peek()];
  return new Promise((done, stopped) => {
    const stop = effect(() => {
      if (returned.value === before && forgotten.value === here) return;
      queueMicrotask(() => stop());
      if (forgotten.value === here) done();
      else stopped(new DOMException("the case was closed", "AbortError"));
    });
  });
}

/** Counts the times the server came back, so that what waited for it asks again. */
export const returned = signal(0);

// ---- opening and closing

export function takeCase(state: CaseState): void {
  kept = { revision: state.revision, inquiry: state.inquiry };
  said = [];
  clashed = false;
  batch(() => {
    caseState.value = state;
    record.value = state.record;
    inquiry.value = state.inquiry;
    past.value = [];
    future.value = [];
    saving.value = state.read_only ? "read-only" : "saved";
    const marked = Object.values(state.inquiry.frames)[0];
    const shown = state.items.find((item) => item.kind !== "other");
    selection.value = { ...nothing, item: marked?.item ?? shown?.sha256 ?? null, frame: marked?.number ?? 0 };
  });
  if (state.read_only) tell("warn", t("case.readOnly"), { code: "read-only", hint: state.read_only_why ?? null, actions: [{ label: t("save.again"), act: tryWriting }] });
  requestAnimationFrame(() => setTimeout(() => performance.mark("noonmark-case")));
}

/** The server may have gained items or acts. */
export async function refresh(): Promise<void> {
  const { state } = await api.state();
  batch(() => {
    caseState.value = state;
    record.value = state.record;
  });
  if (state.revision !== kept.revision) await takeNewer(state);
}

/** Everything the tab holds of the case is dropped. */
export function forget(): void {
  dropCalls();
  kept = { revision: 0, inquiry: emptyInquiry };
  said = [];
  if (timer !== null) clearTimeout(timer);
  timer = null;
  batch(() => {
    caseState.value = null;
    record.value = [];
    inquiry.value = emptyInquiry;
    selection.value = nothing;
    answer.value = null;
    answerMap.value = null;
    answerCalendar.value = null;
    answerTrouble.value = null;
    answerStale.value = false;
    answerFirst.value = null;
    frameReplies.value = {};
    draft.value = null;
    trialSun.value = null;
    preview.value = null;
    past.value = [];
    future.value = [];
    notices.value = [];
    forgotten.value += 1;
  });
}
/** Counts closings: whoever keeps a cache (pictures, blobs) clears it when this changes. */
export const forgotten = signal(0);

/** Whether something that was said is not in the case yet. */
export const unsaved = (): boolean => caseState.peek() !== null && said.length > 0;

/** What could not be written at first is tried again: the disk may have been freed meanwhile. */
function tryWriting(): void {
  if (caseState.value === null) return;
  caseState.value = { ...caseState.value, read_only: false, read_only_why: null };
  clearNotice("read-only");
  saving.value = unsaved() ? "unsaved" : "saved";
  void flush();
}

export async function closeCase(anyway = false): Promise<void> {
  await flush();
  if (unsaved() && !anyway) {
    tell("warn", t("close.unsaved"), { code: "close", actions: [{ label: t("close.anyway"), act: () => void closeCase(true) }] });
    return;
  }
  try {
    await api.closeCase();
  } catch (error) {
    fail(error);
  }
  forget();
}

/** Takes the token from the address (and hides it), or from this tab's session. */
export function readToken(): void {
  const found = /[#&]t=([A-Za-z0-9_-]+)/.exec(location.hash)?.[1] ?? sessionStorage.getItem("noonmark-token") ?? "";
  if (location.hash !== "") history.replaceState(null, "", location.pathname);
  if (found !== "") sessionStorage.setItem("noonmark-token", found);
  token.value = found;
  setToken(found);
}
