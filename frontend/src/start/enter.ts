/** The ways into a case: each takes what the server opened, and shows the screen that one needs first. */
import { signal } from "@preact/signals";
import { api, whileLeaving } from "../api.ts";
import { t } from "../i18n/index.ts";
import { upload } from "../items/upload.ts";
import { address, go, readAddress } from "../shell/address.ts";
import { calls } from "../shell/calls.ts";
import { flush } from "../store/autosave.ts";
import { during, fail } from "../store/notices.ts";
import { leaveCase, takeCase, takeOpened } from "../store/open_case.ts";
import { caseState, hello, returned } from "../store/signals.ts";
import type { CaseState } from "../types.ts";

type Opened = { state: CaseState };

async function enter(words: string, ask: () => Promise<Opened>, screen: "footage" | "overview"): Promise<boolean> {
  const reply = await during(words, ask);
  if (reply === null) return false;
  takeCase(reply.state);
  // A link that named a screen is followed to it.
  if (readAddress(location.hash) === null && address.peek().screen !== screen) go(screen);
  return true;
}

export const openSample = (): Promise<boolean> => enter(t("start.opening"), () => api.openCase({ sample: true }), "footage");
export const openPath = (path: string): Promise<boolean> => enter(t("start.opening"), () => api.openCase({ path }), "overview");
export const makeCase = (path: string): Promise<boolean> => enter(t("start.making"), () => (path === "" ? calls.newCase() : api.newCase(path)), "footage");

/** Whether it is known what the server has open. */
export const asked = signal(false);
let asking: Promise<boolean> = Promise.resolve(false);

async function ask(): Promise<boolean> {
  try {
    const told = await api.hello();
    hello.value = told;
    if (told.case !== null) await takeOpened();
    return true;
  } catch (error) {
    fail(error);
    return false;
  }
}

/** Asks what the server has open, and takes it. Resolves to whether that is known. */
export function askWhichCase(): Promise<boolean> {
  asked.value = false;
  const now = ask();
  asking = now;
  void now.then(() => { if (asking === now) asked.value = true; });
  return now;
}

/** Files go into the case that is open, and make one where none is; they wait until that is known. */
export async function takeFiles(files: readonly File[]): Promise<void> {
  if (files.length === 0) return;
  if (caseState.peek() === null && !(await asking) && !(await askWhichCase())) return;
  if (caseState.peek() !== null || (await makeCase(""))) await upload(files);
}

/** From one case to another, once what was typed is saved. Where the other can't be opened, this one goes on. */
export async function changeCase(path: string): Promise<void> {
  await flush();
  let opened: Opened;
  try {
    opened = await whileLeaving(() => api.openCase({ path }));
  } catch (error) {
    returned.value += 1; // what was asked of this case is asked again
    void flush();
    throw error;
  }
  leaveCase();
  takeCase(opened.state);
  go("overview");
}
