/** Claims are checked by Python whenever the clues or the claims change; what it says of each stands in `verdicts`. */
import { effect, signal } from "@preact/signals";
import { api, isGone, isOfQuestion, Refused } from "../api.ts";
import { faultWords, type Words } from "../i18n/faults.ts";
import { Delay } from "../newest.ts";
import { stable } from "../stable.ts";
import { fail } from "../store/notices.ts";
import { addAct, answerStale, caseState, document_, draft, inquiry, returned } from "../store/signals.ts";
import { unfinished } from "../store/unfinished.ts";
import type { CheckReply, ClueDocument, Pin } from "../types.ts";

const AFTER_MS = 200;

/** Null: the claim is being checked. */
export type Verdict = { reply: CheckReply } | { trouble: Words } | null;
/** By the claim's id. */
export const verdicts = signal<Record<string, Verdict>>({});

/** What was last asked of each claim, by its id. */
const asked = new Map<string, string>();

export function startChecking(): void {
  const soon = new Delay(AFTER_MS);
  effect(() => {
    const document = document_.value;
    const { pins } = inquiry.value;
    void returned.value;
    soon.stop();
    if (caseState.value === null) {
      asked.clear();
      verdicts.value = {};
      return;
    }
    // The answer goes first: it is what everybody waits for.
    if (draft.value !== null || answerStale.value || Object.keys(unfinished.value).length > 0 || document.clue.length === 0) return;
    soon.start(() => {
      for (const pin of pins) void check(document, pin);
    });
  });
}

async function check(document: ClueDocument, { id, place, km, from, to }: Pin): Promise<void> {
  const text = stable([document, place, km, from, to]);
  if (asked.get(id) === text || (place === null && from === null)) return;
  asked.set(id, text);
  const take = (verdict: Verdict): void => {
    if (asked.get(id) === text) verdicts.value = { ...verdicts.value, [id]: verdict };
  };
  take(null);
  try {
    const reply = await api.check(document, { place, km, from, to });
    addAct(reply.act);
    take({ reply });
  } catch (error) {
    if (error instanceof Refused && !isGone(error)) take({ trouble: faultWords(error) });
    else fail(error);
    if (!isOfQuestion(error)) asked.delete(id);
  }
}
