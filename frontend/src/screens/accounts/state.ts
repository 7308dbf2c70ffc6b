/** What the Accounts screen shows. Aliases and code words are not asked for until somebody wants to see them. */
import { batch, computed, effect, signal } from "@preact/signals";
import { address, go, stay } from "../../shell/address.ts";
import { Newest } from "../../newest.ts";
import { fail } from "../../store/notices.ts";
import { caseState } from "../../store/signals.ts";
import { elsewhere } from "../../store/tabs.ts";
import { documents, type ClaimLine } from "../documents/api.ts";
import { claims } from "../documents/state.ts";
import { accounts, type Account, type AccountRow, type Peaks, type Segment } from "./api.ts";

const onScreen = computed(() => caseState.value !== null && address.value.screen === "accounts");
/** Whether aliases and code words are shown; not remembered. */
export const revealed = signal(false);
export const list = signal<AccountRow[] | null>(null);
export const shown = computed<AccountRow | null>(() => list.value?.find((one) => one.id === address.value.rest[0]) ?? list.value?.[0] ?? null);
export const account = signal<Account | null>(null);
export const peaks = signal<Peaks | null>(null);
/** Why no sound is drawn, in words. */
export const soundless = signal<unknown>(null);
export const chosen = computed<Segment | null>(() => account.value?.segments.find((one) => one.id === address.value.at) ?? null);
export const recording = computed(() => account.value?.recordings[0] ?? null);

/** Shows aliases and code words once the server has told them; hides them at once. */
export function reveal(on: boolean): void {
  batch(() => {
    revealed.value = on;
    if (on) return;
    account.value = null;
    list.value = list.value?.map(({ source: _, ...one }) => one) ?? null;
  });
}

const lists = new Newest();
const ones = new Newest();
export async function reload(): Promise<void> {
  try {
    const told = await accounts.list(revealed.peek(), { signal: lists.begin() });
    list.value = told.accounts;
  } catch (error) {
    fail(error);
  }
}
export async function reloadAccount(): Promise<void> {
  const id = shown.peek()?.id;
  if (id === undefined) return;
  try {
    account.value = await accounts.one(id, revealed.peek(), { signal: ones.begin() });
  } catch (error) {
    fail(error);
  }
}
async function loadClaims(): Promise<void> {
  try {
    const told: { claims: ClaimLine[] } = await documents.list();
    claims.value = told.claims;
  } catch (error) {
    fail(error);
  }
}

effect(() => {
  void revealed.value;
  void elsewhere.value;
  if (onScreen.value) {
    void reload();
    void loadClaims();
  } else {
    lists.stop();
    // Nor are aliases there for a moment when one comes back.
    if (revealed.value || caseState.value === null) list.value = null;
    revealed.value = false;
  }
});
const id = computed(() => (onScreen.value ? shown.value?.id ?? null : null));
effect(() => {
  const now = id.value;
  void revealed.value;
  void elsewhere.value;
  if (account.peek()?.account !== now) account.value = null;
  if (now !== null) void reloadAccount();
});

// A link to a sentence leads to its account.
effect(() => {
  const wanted = address.value.rest[0];
  if (!onScreen.value || wanted === undefined || list.value === null || list.value.some((one) => one.id === wanted)) return;
  accounts.one(wanted, false).then((told) => {
    if (address.peek().rest[0] === wanted) stay([told.account], wanted);
  }).catch(fail);
});

const drawn = new Newest();
const sound = computed(() => (onScreen.value ? recording.value?.sha256 ?? null : null));
effect(() => {
  const sha = sound.value;
  peaks.value = null;
  soundless.value = null;
  drawn.stop();
  if (sha === null) return;
  accounts.peaks(sha, { signal: drawn.begin() }).then((told) => {
    peaks.value = told;
  }).catch((error: unknown) => {
    if (!(error instanceof DOMException && error.name === "AbortError")) soundless.value = error;
  });
});

export const openAccount = (account: string): void => go("accounts", [account]);
export const choose = (one: Segment): void => stay([shown.peek()?.id ?? ""], one.id);
