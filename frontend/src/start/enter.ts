/** The ways into a case: each takes what the server opened, and shows the screen that one needs first. */
import { api, whileLeaving } from "../api.ts";
import { t } from "../i18n/index.ts";
import { upload } from "../items/upload.ts";
import { address, go, readAddress } from "../shell/address.ts";
import { calls } from "../shell/calls.ts";
import { flush } from "../store/autosave.ts";
import { during } from "../store/notices.ts";
import { forget, takeCase } from "../store/open_case.ts";
import { returned } from "../store/signals.ts";
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

/** Files dropped before any case is open make one. */
export async function beginWith(files: readonly File[]): Promise<void> {
  if (files.length > 0 && (await makeCase(""))) await upload(files);
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
  forget();
  takeCase(opened.state);
  go("overview");
}
