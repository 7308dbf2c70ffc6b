/** What is done in one tab is seen in the others that show the same case: each tells them, and they look again. */
import { effect, signal } from "@preact/signals";
import { acts, isGone } from "../api.ts";
import { Delay } from "../newest.ts";
import { unsaved } from "./autosave.ts";
import { fail } from "./notices.ts";
import { refresh } from "./open_case.ts";
import { caseElsewhere, caseState, draft } from "./signals.ts";

/** Counts what other tabs did in this case: a screen then reads again what it shows. */
export const elsewhere = signal(0);

const SOON_MS = 200;
const AGAIN_MS = 1000;

/** Begins to tell the other tabs and to listen to them; once. */
export function startTabs(): void {
  const others = new BroadcastChannel("noonmark-acts");
  const soon = new Delay(SOON_MS);
  effect(() => {
    if (acts.value > 0) others.postMessage(caseState.peek()?.path ?? "");
  });
  const look = (): void => {
    if (caseState.peek() === null || caseElsewhere.peek()) return;
    if (amidst()) return soon.start(look, AGAIN_MS); // nothing changes under the user's hand
    refresh().then(() => { elsewhere.value += 1; }).catch((error: unknown) => { if (!isGone(error)) fail(error); });
  };
  others.onmessage = ({ data }) => {
    if (data === caseState.peek()?.path) soon.start(look);
  };
}

/** Whether something is being typed, dragged or saved in this tab. */
const amidst = (): boolean => draft.peek() !== null || unsaved() || document.activeElement?.matches("input:not([type=checkbox], [type=radio]), textarea") === true;
