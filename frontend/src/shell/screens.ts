/** The screens, each fetched when it is first looked at: the first load stays small. */
import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { screenNames, type ScreenName } from "./address.ts";

export interface ScreenParts {
  Screen: ComponentType;
  /** What the inspector on the right holds. */
  Side?: ComponentType;
}
export type ScreenState = ScreenParts | "coming" | "missing" | "failed";

const found = import.meta.glob<ScreenParts>("../screens/*/index.tsx");
const loaded = signal<Partial<Record<ScreenName, ScreenState>>>({});

/** The parts of a screen, or how far they are; asks for them where nobody has yet. */
export function screenParts(name: ScreenName): ScreenState {
  const known = loaded.value[name];
  if (known === undefined) queueMicrotask(() => void load(name));
  return known ?? "coming";
}

/** Fetches a screen, once; again where that failed. */
export async function load(name: ScreenName): Promise<void> {
  const state = loaded.peek()[name];
  if (state !== undefined && state !== "failed") return;
  const ask = found[`../screens/${name}/index.tsx`];
  put(name, ask === undefined ? "missing" : "coming");
  if (ask === undefined) return;
  try {
    put(name, await ask());
  } catch {
    put(name, "failed");
  }
}

function put(name: ScreenName, state: ScreenState): void {
  loaded.value = { ...loaded.value, [name]: state };
}

/** The screens after which the rail draws a line: looking, then saying. */
export const LAST_OF_GROUP: readonly ScreenName[] = ["overview", "accounts"];
export { screenNames };
