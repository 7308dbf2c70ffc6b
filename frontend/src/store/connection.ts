/** The server goes and comes back: the token of its address, waiting for it, and going on where the tab was. */
import { effect, signal, untracked } from "@preact/signals";
import { api, Refused, setToken } from "../api.ts";
import { t } from "../i18n/index.ts";
import { TOKEN_PART } from "../shell/address.ts";
import type { CaseState } from "../types.ts";
import { flush, isNewer, takeNewer, unsaved } from "./autosave.ts";
import { clearNotice, fail, isElsewhere, reportElsewhere, tell } from "./notices.ts";
import { takeOpened } from "./open_case.ts";
import { caseElsewhere, caseState, forgotten, hello, reopenAsked, returned, serverGone, unanswered } from "./signals.ts";

const FIRST_ASKED_MS = 1000;
const ASKED_AGAIN_MS = 1500;
const TOKEN_KEY = "noonmark-token";

/** The server's token, kept in the tab's session storage; "": the address had none. */
export const token = signal("");

/** Begins to follow the address and the server; once. */
export function startConnection(): void {
  readToken();
  addEventListener("hashchange", () => {
    if (TOKEN_PART.test(location.hash)) void freshAddress();
  });
  effect(() => {
    if (unanswered.value > 0) untracked(waitForServer);
  });
  effect(() => {
    if (reopenAsked.value > 0) untracked(() => void reopen());
  });
  effect(() => {
    if (caseElsewhere.value) untracked(() => void lookAgain());
  });
}

/** Takes the token from the address (and hides it there), or from this tab's session. */
function readToken(): void {
  const handed = TOKEN_PART.exec(location.hash);
  const found = handed?.[1] ?? sessionStorage.getItem(TOKEN_KEY) ?? "";
  if (handed !== null) history.replaceState(null, "", location.pathname + location.hash.slice(0, handed.index));
  if (found !== "") sessionStorage.setItem(TOKEN_KEY, found);
  token.value = found;
  setToken(found);
}

let waiting = false;

function waitForServer(): void {
  if (waiting) return;
  waiting = true;
  setTimeout(() => void ask(), FIRST_ASKED_MS);
}

/** Asks whether the server is back, and asks again later where nobody answers. */
async function ask(): Promise<void> {
  try {
    const told = await api.hello();
    hello.value = told;
    clearNotice("gone");
    const mine = caseState.value;
    if (mine === null) return await goOn(null);
    if (told.case !== null && told.case !== mine.path) return elsewhere();
    const { state } = told.case === null ? await api.openCase({ path: mine.path }) : await api.state();
    await goOn(isNewer(state) ? state : null);
  } catch (error) {
    if (error instanceof Refused && error.status === 403) return askForAddress();
    if (error instanceof Refused && error.code !== "gone") {
      waiting = false;
      serverGone.value = false;
      if (isElsewhere(error)) return reportElsewhere(error.code);
      fail(error);
      returned.value += 1; // it does answer: what was not answered before is asked again
      return;
    }
    setTimeout(() => void ask(), ASKED_AGAIN_MS);
  }
}

/** The server is back with another case: it is not taken from whoever opened that. */
function elsewhere(): void {
  waiting = false;
  serverGone.value = false;
  reportElsewhere();
}

/** Opens this tab's case again, after another tab closed it or opened another. */
async function reopen(): Promise<void> {
  const mine = caseState.value;
  if (mine === null) return;
  try {
    const { state } = await api.openCase({ path: mine.path });
    mayBeLate = true;
    clearNotice("elsewhere");
    await goOn(isNewer(state) ? state : null);
  } catch (error) {
    fail(error);
  }
}

/** The case was just opened here again: what was asked before may still be refused. */
let mayBeLate = false;

/** Where a refusal came late and the server does hold this tab's case, the tab goes on; once for each opening. */
async function lookAgain(): Promise<void> {
  if (!mayBeLate) return;
  mayBeLate = false;
  try {
    const told = await api.hello();
    if (!caseElsewhere.value || told.case === null || told.case !== caseState.value?.path) return;
    clearNotice("elsewhere");
    await goOn(null);
  } catch {
    // What was told stands, with its way to open the case here again.
  }
}

/** The server was started anew and refuses this tab's token: only its new address helps. */
function askForAddress(): void {
  waiting = false;
  const again = { label: t("server.tryAgain"), act: () => void ask() };
  tell("error", t("server.new"), { code: "gone", hint: t("server.newHint"), actions: [again] });
}

/** Takes what the server holds that is newer, then saves what is left here; that it is back is said if it had been gone. */
async function goOn(newer: CaseState | null): Promise<void> {
  if (serverGone.value) tell("done", t("server.back"), { code: "back" });
  caseElsewhere.value = false;
  waiting = false;
  serverGone.value = false;
  if (newer !== null) takeNewer(newer);
  if (unsaved()) await flush();
  returned.value += 1;
}

/** A new address was opened in this tab: the server was started anew, and what is on screen goes on there; the same address changes nothing. */
async function freshAddress(): Promise<void> {
  const before = token.value;
  readToken();
  if (token.value === before && !serverGone.value) return;
  clearNotice("gone");
  try {
    const told = await api.hello();
    hello.value = told;
    const mine = caseState.value;
    if (mine !== null) {
      const { state } = told.case === mine.path ? await api.state() : await api.openCase({ path: mine.path });
      await goOn(state);
    } else if (told.case !== null) await takeOpened();
  } catch (error) {
    fail(error);
  }
}

/** Resolves when the server that is gone has come back; rejects where the case is closed before that. */
export function cameBack(): Promise<void> {
  const [before, here] = [returned.peek(), forgotten.peek()];
  return new Promise((done, stopped) => {
    const stop = effect(() => {
      if (returned.value === before && forgotten.value === here) return;
      queueMicrotask(() => stop());
      if (forgotten.value === here) done();
      else stopped(new DOMException("the case was closed", "AbortError"));
    });
  });
}
