/** A place looked at (its calendar) and an instant looked at (its map): asked of the answer that is shown. */
import { effect, signal, type Signal } from "@preact/signals";
import { api } from "./api.ts";
import * as decode from "./decode.ts";
import { Newest } from "./newest.ts";
import { fail } from "./store/notices.ts";
import { answer, selection } from "./store/signals.ts";
import type { AnswerMap, Calendar } from "./types.ts";

export const placeCalendar = signal<Calendar | null>(null);
export const instantMap = signal<AnswerMap | null>(null);

/** A call to be made, with the signal that ends it. */
type Question<T> = (signal: AbortSignal) => Promise<T>;

/** Asks anew whenever the question changes; without one there is no answer. */
function follow<T>(reply: Signal<T | null>, question: () => Question<T> | null): void {
  const call = new Newest();
  effect(() => {
    const ask = question();
    call.stop();
    if (ask === null) {
      reply.value = null;
      return;
    }
    ask(call.begin()).then((found) => {
      reply.value = found;
    }).catch(fail);
  });
}

export function startFocus(): void {
  follow(placeCalendar, () => {
    const { place } = selection.value;
    const id = answer.value?.id;
    if (place === null || id === undefined) return null;
    return async (signal) => decode.calendar((await api.calendarAt(id, place[0], place[1], undefined, { signal })).calendar);
  });
  follow(instantMap, () => {
    const { from, to } = selection.value;
    const id = answer.value?.id;
    if (from === null || to === null || id === undefined) return null;
    return async (signal) => decode.answerMap((await api.mapAt(id, from, to, { signal })).map);
  });
}
