/** The exact answer: asked of Python whenever the clue document on screen changes and no hand holds anything. */
import { batch, effect } from "@preact/signals";
import { api, Refused } from "./api.ts";
import * as decode from "./decode.ts";
import { stable } from "./stable.ts";
import { addAct, answer, answerCalendar, answerMap, answerStale, answerTrouble, caseState, document_, draft, fail, returned } from "./state.ts";

let asked = "";
let running: AbortController | null = null;
let timer: ReturnType<typeof setTimeout> | null = null;

function drop(): void {
  batch(() => {
    answer.value = null;
    answerMap.value = null;
    answerCalendar.value = null;
    answerTrouble.value = null;
    answerStale.value = false;
  });
}

async function ask(text: string): Promise<void> {
  running?.abort();
  running = new AbortController();
  const { signal } = running;
  performance.mark("noonmark-ask");
  try {
    const reply = await api.locate(JSON.parse(text), { signal });
    const map = decode.answerMap({ ...reply.map, modes: reply.answer.modes });
    const calendar = decode.calendar(reply.calendar);
    batch(() => {
      answer.value = reply;
      answerMap.value = map;
      answerCalendar.value = calendar;
      answerTrouble.value = null;
      answerStale.value = false;
    });
    addAct(reply.act);
    performance.measure("noonmark-answer", "noonmark-ask");
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof Refused && error.code !== "gone") {
      const { message, hint } = error;
      batch(() => {
        drop();
        answerTrouble.value = { message, hint };
      });
      return;
    }
    asked = "";
    fail(error);
  }
}

export function startAnswering(): void {
  effect(() => {
    const text = stable(document_.value);
    const open = caseState.value !== null;
    const clues = document_.value.clue.length;
    const held = draft.value !== null;
    void returned.value;
    if (timer !== null) clearTimeout(timer);
    if (!open || clues === 0) {
      running?.abort();
      asked = "";
      if (answer.peek() !== null || answerTrouble.peek() !== null) drop();
      return;
    }
    if (text === asked) return;
    answerStale.value = true;
    if (held) return;
    timer = setTimeout(() => {
      asked = text;
      void ask(text);
    }, 60);
  });
}
