/**
 * The exact answer: asked of Python whenever the clue document on screen changes and nothing is being dragged. The region is known in
 * half the time of all the rest, and is shown then.
 */
import { batch, effect } from "@preact/signals";
import { api, isGone, isOfQuestion, Refused } from "./api.ts";
import * as decode from "./decode.ts";
import { faultWords } from "./i18n/faults.ts";
import { t } from "./i18n/index.ts";
import { Delay, Newest } from "./newest.ts";
import { stable } from "./stable.ts";
import { fail, isElsewhere } from "./store/notices.ts";
import { anyWrong, unfinished } from "./store/unfinished.ts";
import {
  addAct, answer, answerCalendar, answerFirst, answerMap, answerStale, answerTrouble, askedClues, caseState, clearAnswer, document_, draft, leftOut, returned,
} from "./store/signals.ts";
import type { ClueDocument, KeptClue } from "./types.ts";

/** The question that is under way, or whose answer or refusal is on screen; "": the one on screen has still to be asked. */
let asked = "";
const call = new Newest();
/** While the question itself is being typed the last answer is dimmed. */
let paused = false;
let inFlight = false;
const soon = new Delay(60);

/** The clues that a refusal names as unreadable, by their place in the document; none where it names anything else. */
export function unreadable(error: Refused): Map<number, string> {
  const { problems } = error.details;
  const found = new Map<number, string>();
  for (const problem of Array.isArray(problems) ? problems : []) {
    const { where, expected, found: given } = problem as Record<string, string>;
    const at = /^clue\[(\d+)\]/.exec(where ?? "")?.[1];
    if (at === undefined) return new Map();
    if (!found.has(Number(at))) found.set(Number(at), `${where}: expected ${expected}, got ${given}`);
  }
  return found;
}

/** Leaves out what can't be read, so that the others are answered; false where nothing would be left. */
function leaveOut(error: Refused, clues: readonly KeptClue[]): boolean {
  const bad = unreadable(error);
  const entries = [...bad].flatMap(([at, text]) => (clues[at] === undefined ? [] : [[clues[at].id, { of: stable(clues[at].clue), words: { text, hint: null, lang: "en" as const } }] as const]));
  if (entries.length === 0) return false;
  leftOut.value = { ...leftOut.peek(), ...Object.fromEntries(entries) };
  return entries.length < clues.length;
}

async function ask(text: string, clues: readonly KeptClue[]): Promise<void> {
  const signal = call.begin();
  inFlight = true;
  performance.mark("noonmark-ask");
  try {
    const document = JSON.parse(text) as ClueDocument;
    const first = await api.locateFirst(document, { signal });
    const region = decode.answerMap(first.map);
    batch(() => {
      answerMap.value = region;
      answerFirst.value = first.credible["0.9"].area_km2;
      answerTrouble.value = null;
    });
    performance.measure("noonmark-region", "noonmark-ask");
    const reply = await api.locate(document, { signal });
    const map = decode.answerMap({ ...reply.map, modes: reply.answer.modes });
    const calendar = decode.calendar(reply.calendar);
    inFlight = false;
    batch(() => {
      answer.value = reply;
      answerMap.value = map;
      answerCalendar.value = calendar;
      answerTrouble.value = null;
      answerStale.value = paused || !isOnScreen(text);
      answerFirst.value = null;
    });
    addAct(reply.act);
    performance.measure("noonmark-answer", "noonmark-ask");
  } catch (error) {
    if (signal.aborted) return;
    inFlight = false;
    refused(error, text, clues);
  }
}

const isOnScreen = (text: string): boolean => text === stable(document_.peek());

/** No answer came: what can't be read is left out, a refusal is told, and what was no fault of the question leaves it to be asked again. */
function refused(error: unknown, text: string, clues: readonly KeptClue[]): void {
  const ofQuestion = isOfQuestion(error);
  if (!ofQuestion || !isOnScreen(text)) asked = "";
  if (!(error instanceof Refused) || isGone(error) || isElsewhere(error)) fail(error);
  const closing = error instanceof DOMException && error.name === "AbortError";
  if (closing || isGone(error) || !isOnScreen(text)) return;
  if (ofQuestion && leaveOut(error, clues)) return; // the document is another now, and is asked anew
  batch(() => {
    clearAnswer();
    answerTrouble.value = error instanceof Refused ? faultWords(error) : { text: t("error.unknown"), hint: null, lang: null };
  });
}

function stopAsking(): void {
  call.stop();
  asked = "";
  inFlight = false;
}

export function startAnswering(): void {
  effect(() => {
    const text = stable(document_.value);
    const open = caseState.value !== null;
    const clues = askedClues.value;
    const held = draft.value !== null;
    const fields = unfinished.value;
    void returned.value;
    soon.stop();
    if (!open || clues.length === 0) {
      stopAsking();
      if (answer.peek() !== null || answerTrouble.peek() !== null) clearAnswer();
      return;
    }
    if (anyWrong(fields)) {
      stopAsking();
      batch(() => {
        clearAnswer();
        answerTrouble.value = { text: t("readout.unfinished"), hint: null, lang: null };
      });
      return;
    }
    const typing = Object.keys(fields).length > 0;
    if (typing !== paused) {
      paused = typing;
      answerStale.value = answer.peek() !== null && (typing || inFlight);
    }
    if (typing) return;
    if (text === asked) { // changed and changed back, before anything else was asked
      answerStale.value = inFlight;
      return;
    }
    batch(() => {
      answerStale.value = true;
      answerFirst.value = null;
    });
    if (held) return;
    soon.start(() => {
      asked = text;
      void ask(text, clues);
    });
  });
}
