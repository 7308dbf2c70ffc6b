/** The open case at a glance, asked again soon after something was done in it. */
import { computed, effect, signal } from "@preact/signals";
import { acts, Refused } from "../api.ts";
import { Delay, Newest } from "../newest.ts";
import { fail } from "../store/notices.ts";
import { caseState, returned } from "../store/signals.ts";
import { elsewhere } from "../store/tabs.ts";
import { address } from "./address.ts";
import { calls, type CaseEvent, type Overview } from "./calls.ts";

export const overview = signal<Overview | null>(null);
export const events = computed<CaseEvent[]>(() => overview.value?.events ?? []);
export const event = computed<CaseEvent | null>(() => events.value.find((one) => one.id === address.value.event) ?? null);

const SOON_MS = 600;
const soon = new Delay(SOON_MS);
const call = new Newest();

export async function askOverview(): Promise<void> {
  const signal = call.begin();
  try {
    const found = await calls.overview({ signal });
    if (!signal.aborted) overview.value = found;
  } catch (error) {
    // Whoever acts is told that the server is gone, or that the case is closed; a glance is no act.
    if (!signal.aborted && !(error instanceof Refused && ["gone", "no-case-open"].includes(error.code))) fail(error);
  }
}

/** Begins to follow the case; once. */
export function startOverview(): void {
  let of: string | null = null;
  effect(() => {
    const path = caseState.value?.path ?? null;
    void acts.value;
    void elsewhere.value;
    void returned.value;
    soon.stop();
    if (path === null) {
      call.stop();
      overview.value = null;
    } else if (path !== of) void askOverview();
    else soon.start(() => void askOverview());
    of = path;
  });
}
