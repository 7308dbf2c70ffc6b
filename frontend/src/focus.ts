/** A place looked at (its calendar) and an instant looked at (its map): asked of the answer that is shown. */
import { effect, signal } from "@preact/signals";
import { api } from "./api.ts";
import * as decode from "./decode.ts";
import { answer, fail, selection } from "./state.ts";
import type { AnswerMap, Calendar } from "./types.ts";

export const placeCalendar = signal<Calendar | null>(null);
export const instantMap = signal<AnswerMap | null>(null);

export function startFocus(): void {
  let asking: AbortController | null = null;
  effect(() => {
    const { place } = selection.value;
    const id = answer.value?.id;
    asking?.abort();
    if (place === null || id === undefined) {
      placeCalendar.value = null;
      return;
    }
    asking = new AbortController();
    api
      .calendarAt(id, place[0], place[1], undefined, { signal: asking.signal })
      .then((reply) => {
        placeCalendar.value = decode.calendar(reply.calendar);
      })
      .catch(fail);
  });
  let looking: AbortController | null = null;
  effect(() => {
    const { from, to } = selection.value;
    const id = answer.value?.id;
    looking?.abort();
    if (from === null || to === null || id === undefined) {
      instantMap.value = null;
      return;
    }
    looking = new AbortController();
    api
      .mapAt(id, from, to, { signal: looking.signal })
      .then((reply) => {
        instantMap.value = decode.answerMap(reply.map);
      })
      .catch(fail);
  });
}
