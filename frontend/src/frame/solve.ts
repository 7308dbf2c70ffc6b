/** The solved frame, live: marks go to Python a moment after they change, the newest wins, and its clue goes into the inquiry. */
import { effect, signal } from "@preact/signals";
import { api, isOfQuestion } from "../api.ts";
import { faultWords, type Words } from "../i18n/faults.ts";
import { Delay, Newest } from "../newest.ts";
import { stable } from "../stable.ts";
import { saveInquiry } from "../store/autosave.ts";
import { fail } from "../store/notices.ts";
import { caseState, forgotten, frameKey, frameReplies, inquiry, newId, returned } from "../store/signals.ts";
import type { Clue, FrameKey, FrameReply, Inquiry, KeptClue, Marks } from "../types.ts";
import { lacking } from "./points.ts";

const NONE: Words = { text: "", hint: null, lang: null };
const AFTER_MS = 150;
const MOST_KEPT = 60;

export interface Solving {
  readonly key: FrameKey;
  readonly state: "working" | "solved" | "refused" | "idle";
  /** Why not. */
  readonly words: Words;
}
export const solving = signal<Solving | null>(null);

const known = new Map<string, FrameReply>();
const call = new Newest();
const soon = new Delay(AFTER_MS);
let asked = "";

/** The marks that can be solved with; those that lack something wait. */
export function readyMarks(marks: Marks): Marks {
  return { ...marks, mark: marks.mark.filter((mark) => lacking(mark).length === 0) };
}

/** Indexes of the reply brought back to those of all marks. */
export function reindexed(reply: FrameReply, ready: readonly number[]): FrameReply {
  const back = (index: number): number => ready[index] ?? index;
  return {
    ...reply,
    marks: reply.marks.map((mark) => ({ ...mark, index: back(mark.index) })),
    overlay: {
      ...reply.overlay,
      plumbs: reply.overlay.plumbs.map((plumb) => ({ ...plumb, mark: back(plumb.mark) })),
      shadows: reply.overlay.shadows.map((shadow) => ({ ...shadow, mark: back(shadow.mark) })),
    },
    conflicts: reply.conflicts.map((conflict) => (typeof conflict["mark"] === "number" ? { ...conflict, mark: back(conflict["mark"]) } : conflict)),
  };
}

function take(key: FrameKey, marks: Marks, reply: FrameReply): void {
  const ready = marks.mark.flatMap((mark, index) => (lacking(mark).length === 0 ? [index] : []));
  frameReplies.value = { ...frameReplies.peek(), [key]: reindexed(reply, ready) };
  solving.value = { key, state: "solved", words: NONE };
  takeClues(key, reply.clues);
}

/** The inquiry with the clues solved from a frame in place of those solved from it before; on or off stays as it was. */
export function withFrameClues(now: Inquiry, key: FrameKey, clues: readonly Clue[]): Inquiry {
  const before = now.clues.filter((kept) => kept.frame === key);
  const fresh = clues.map((clue, index): KeptClue => {
    const old = before[index];
    return { id: old?.id ?? newId("clue"), on: old?.on ?? true, frame: key, clue };
  });
  if (stable(before) === stable(fresh)) return now;
  const others = now.clues.filter((kept) => kept.frame !== key);
  const first = now.clues.findIndex((kept) => kept.frame === key);
  const at = first === -1 ? others.length : Math.min(first, others.length);
  return { ...now, clues: [...others.slice(0, at), ...fresh, ...others.slice(at)] };
}

/** Not a step of its own to undo: it follows from the marks. */
function takeClues(key: FrameKey, clues: Clue[]): void {
  const next = withFrameClues(inquiry.peek(), key, clues);
  if (next === inquiry.peek()) return;
  inquiry.value = next;
  saveInquiry(clues.length > 0 ? "solved the frame" : "the frame says nothing of the sun");
}

function drop(key: FrameKey): void {
  if (frameReplies.peek()[key] === undefined) return;
  const { [key]: _, ...others } = frameReplies.peek();
  frameReplies.value = others;
}

async function ask(key: FrameKey, marks: Marks, text: string): Promise<void> {
  const stop = call.begin();
  solving.value = { key, state: "working", words: NONE };
  try {
    const reply = await api.frame(JSON.parse(text) as Marks, { signal: stop });
    known.set(text, reply);
    if (known.size > MOST_KEPT) known.delete(known.keys().next().value!);
    if (!stop.aborted) take(key, marks, reply);
  } catch (error) {
    if (stop.aborted) return;
    if (isOfQuestion(error)) {
      drop(key);
      takeClues(key, []);
      solving.value = { key, state: "refused", words: faultWords(error) };
      return;
    }
    asked = "";
    solving.value = { key, state: "idle", words: NONE };
    fail(error);
  }
}

function follow(): void {
  const key = frameKey.value;
  const marks = key === null ? undefined : inquiry.value.frames[key]?.marks;
  void returned.value;
  soon.stop();
  if (caseState.value === null || key === null) {
    call.stop();
    asked = "";
    return;
  }
  const ready = marks === undefined ? null : readyMarks(marks);
  if (marks === undefined || ready === null || ready.mark.length === 0) {
    call.stop();
    asked = "";
    drop(key);
    if (inquiry.peek().clues.some((clue) => clue.frame === key)) takeClues(key, []);
    solving.value = { key, state: "idle", words: NONE };
    return;
  }
  const text = JSON.stringify(ready);
  if (`${key} ${text}` === asked) return;
  const before = known.get(text);
  const go = (): void => {
    asked = `${key} ${text}`;
    if (before !== undefined) {
      call.stop();
      take(key, marks, before);
    } else void ask(key, marks, text);
  };
  if (before !== undefined) queueMicrotask(go);
  else soon.start(go);
}

let started = false;
/** Begins to follow the marks; once. */
export function startSolving(): void {
  if (started) return;
  started = true;
  effect(follow);
  effect(() => {
    if (forgotten.value > 0) known.clear();
  });
}
