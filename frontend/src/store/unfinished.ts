/** What is being typed into the question itself: while it is unfinished no old value stands in for it, so no answer is told. */
import { signal } from "@preact/signals";
import { forgotten } from "./signals.ts";

/** "typing": the field has not been left; "wrong": it was, and can't be read or is empty. */
export type Unfinished = "typing" | "wrong";

/** By the name of the field. */
export const unfinished = signal<Readonly<Record<string, Unfinished>>>({});
forgotten.subscribe(() => {
  unfinished.value = {};
});

/** Says that a field is unfinished; null: it is whole again. */
export function setUnfinished(field: string, state: Unfinished | null): void {
  const { [field]: before, ...others } = unfinished.peek();
  if (before === (state ?? undefined)) return;
  unfinished.value = state === null ? others : { ...others, [field]: state };
}

/** Whether one of them was left as it can't be: then there is nothing to ask. */
export const anyWrong = (states: Readonly<Record<string, Unfinished>>): boolean => Object.values(states).includes("wrong");
