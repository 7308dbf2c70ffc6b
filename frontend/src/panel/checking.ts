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
/** The claims still to be checked, one call after the other: if all were asked at once, whatever else the page asks would wait for them. */
let waiting: (() => Promise<void>)[] = [];
let running = false;

export function startChecking(): void {
  const soon = new Delay(AFTER_MS);
  effect(() => {
    const document = document_.value;
    const { pins } = inquiry.value;
    void returned.value;
    soon.stop();
    waiting = [];
    if (caseState.value === null) {
      asked.clear();
      verdicts.value = {};
      return;
    }
    // The answer goes first: it is what everybody waits for.
    if (draft.value !== null || answerStale.value || Object.keys(unfinished.value).length > 0 || document.clue.length === 0) return;
    soon.start(() => {
      const open = pins.filter((pin) => asked.get(pin.id) !== question(document, pin) && (pin.place !== null || pin.from !== null));
      if (open.length === 0) return;
      verdicts.value = { ...verdicts.value, ...Object.fromEntries(open.map(({ id }) => [id, null])) };
      waiting = open.map((pin) => () => check(document, pin));
      void checkWaiting();
    });
  });
}

async function checkWaiting(): Promise<void> {
  if (running) return;
  running = true;
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next();
  running = false;
}

const question = (document: ClueDocument, { place, km, from, to }: Pin): string => stable([document, place, km, from, to]);

async function check(document: ClueDocument, pin: Pin): Promise<void> {
  const { id, place, km, from, to } = pin;
  const text = question(document, pin);
  asked.set(id, text);
  const take = (verdict: Verdict): void => {
    if (asked.get(id) === text) verdicts.value = { ...verdicts.value, [id]: verdict };
  };
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
