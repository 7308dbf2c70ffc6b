/**
 * What the page knows, as signals. The modules beside this one change it: history.ts and edit.ts the inquiry, autosave.ts what is
 * saved, connection.ts whether the server answers, open_case.ts which case is open. Nothing here outlives the tab.
 */
import { batch, computed, signal } from "@preact/signals";
import { stable } from "../stable.ts";
import type { Draft, Preview, Selection, TrialSun } from "../contract.ts";
import type { Words } from "../i18n/faults.ts";
import type {
  Act, AnswerMap, Calendar, CaseState, ClueDocument, FrameKey, FrameReply, Hello, Inquiry, Item, KeptClue, LocateReply,
} from "../types.ts";

export const emptyInquiry: Inquiry = { version: 1, prior: {}, clues: [], frames: {}, pins: [], layers: [], notes: "" };
export const emptySelection: Selection = { item: null, frame: 0, mark: null, clue: null, place: null, from: null, to: null };

export const hello = signal<Hello | null>(null);
/** The open case as the server last told it; null: the first screen. */
export const caseState = signal<CaseState | null>(null);
export const items = computed<Item[]>(() => caseState.value?.items ?? []);
export const record = signal<Act[]>([]);
export const inquiry = signal<Inquiry>(emptyInquiry);
/** Clues that Python can't read, by id: what stood in them then, and why. They are left out, so that the others are still answered. */
export const leftOut = signal<Readonly<Record<string, { of: string; words: Words }>>>({});
/** Why a clue is left out; null if it is not, or was changed since. */
export const whyLeftOut = ({ id, clue }: KeptClue): Words | null => {
  const known = leftOut.value[id];
  return known !== undefined && known.of === stable(clue) ? known.words : null;
};
/** The clues that are asked about: those that are on and can be read. */
export const askedClues = computed<KeptClue[]>(() => inquiry.value.clues.filter((kept) => kept.on && whyLeftOut(kept) === null));
/** The clue document that is asked: the prior, and the clues that are on. */
export const document_ = computed<ClueDocument>(() => ({ prior: inquiry.value.prior, clue: askedClues.value.map((kept) => kept.clue) }));

export const selection = signal<Selection>(emptySelection);
export const frameKey = computed<FrameKey | null>(() =>
  selection.value.item === null ? null : `${selection.value.item}:${selection.value.frame}`);
export const selectedItem = computed<Item | null>(() =>
  items.value.find((item) => item.sha256 === selection.value.item) ?? null);

/** The exact answer, and whether it still belongs to the inquiry on screen. */
export const answer = signal<LocateReply | null>(null);
export const answerMap = signal<AnswerMap | null>(null);
export const answerCalendar = signal<Calendar | null>(null);
export const answerStale = signal(false);
/** The exact area [km2] of the 90 % region, shown by the map while the times and the rest are still computed. */
export const answerFirst = signal<number | null>(null);
/** Why there is no answer; null if there is one, or nothing was asked. */
export const answerTrouble = signal<Words | null>(null);
/** What `noonmark frame` said of the marks, by frame. */
export const frameReplies = signal<Record<FrameKey, FrameReply>>({});

/** What is being dragged: see contract.ts. */
export const draft = signal<Draft | null>(null);
export const trialSun = signal<TrialSun | null>(null);
export const preview = signal<Preview | null>(null);

export const saving = signal<"saved" | "unsaved" | "saving" | "read-only">("saved");
export const serverGone = signal(false);
/** Counts the calls that nobody answered; connection.ts then waits for the server. */
export const unanswered = signal(0);
/** Whether another tab closed this case, or opened another: nothing is saved until it is opened here again. */
export const caseElsewhere = signal(false);
/** Counts how often the user asked to open this tab's case again. */
export const reopenAsked = signal(0);
/** Counts how often the server came back: whoever waited for it asks again. */
export const returned = signal(0);
/** Counts closed cases: whoever keeps a cache (pictures, blobs) clears it when this changes. */
export const forgotten = signal(0);

export function select(part: Partial<Selection>): void {
  selection.value = { ...selection.value, ...part };
}

export function selectFrame(item: string, frame: number): void {
  const now = selection.value;
  if (now.item !== item || now.frame !== frame) select({ item, frame, mark: null });
}

/** Appends an act to the record on screen, once. */
export function addAct(act: Act | null | undefined): void {
  if (act === null || act === undefined) return;
  if (!record.value.some((old) => old.number === act.number)) record.value = [...record.value, act];
}

export function clearAnswer(): void {
  batch(() => {
    answer.value = null;
    answerMap.value = null;
    answerCalendar.value = null;
    answerTrouble.value = null;
    answerStale.value = false;
    answerFirst.value = null;
  });
}

export const newId = (what: string): string => `${what}-${crypto.randomUUID().slice(0, 8)}`;
