/** What the screen shows: the table as last read, and what is chosen by the address `#/claims/CLAIM/COLUMN`. */
import { computed, effect, signal } from "@preact/signals";
import { t } from "../../i18n/index.ts";
import { Newest } from "../../newest.ts";
import { address, stay } from "../../shell/address.ts";
import { during, fail, tell } from "../../store/notices.ts";
import { caseState } from "../../store/signals.ts";
import { elsewhere } from "../../store/tabs.ts";
import { claimDetail, claimTable, sayForms, withdrawSaid, type Claim, type ClaimDetail, type ClaimTable, type Column, type Form, type Weighing } from "./api.ts";

export const table = signal<ClaimTable | null>(null);
export const detail = signal<ClaimDetail | null>(null);

const mine = computed(() => (address.value.screen === "claims" ? address.value.rest : []));
/** The claims of the event that the address names; all where it names none. */
export const shown = computed<Claim[]>(() => {
  const { event } = address.value;
  const every = table.value?.claims ?? [];
  const known = table.value?.events.some((one) => one.id === event) ?? false;
  return event === null || !known ? every : every.filter((one) => one.event === event);
});
export const columns = computed<Column[]>(() => {
  const used = new Set(shown.value.flatMap((claim) => claim.evidence.map((one) => one.column)));
  return (table.value?.columns ?? []).filter((column) => used.has(column.key));
});
export const chosen = computed<Claim | null>(() => shown.value.find((one) => one.id === mine.value[0]) ?? shown.value[0] ?? null);
export const chosenColumn = computed<Column | null>(() => columns.value.find((one) => one.key === mine.value[1]) ?? null);
export const numberOf = (claim: Claim): number => shown.value.indexOf(claim) + 1;

export const choose = (claim: string, column: string | null): void => stay(column === null ? [claim] : [claim, column]);

/** The weighings of a cell, contrary first. */
export const cell = (claim: Claim, column: string): Weighing[] => claim.evidence.filter((one) => one.column === column);

const reading = new Newest();
export async function readTable(): Promise<void> {
  try {
    table.value = await claimTable({ signal: reading.begin() });
  } catch (error) {
    fail(error);
  }
}

/** Says forms, reads the table again; true when they were said. */
export async function say(forms: Form[]): Promise<boolean> {
  const done = await during(t("claims.saying"), () => sayForms(forms));
  if (done === null) return false;
  await readTable();
  const claim = done.said.find((one) => one.form === "claim");
  if (claim !== undefined) choose(claim.id, null);
  return true;
}

/** Withdraws a claim or a weighing, reads the table again; true when it was withdrawn. */
export async function withdraw(id: string, reason: string): Promise<boolean> {
  if (await during(t("claims.withdrawing"), () => withdrawSaid(id, reason)) === null) return false;
  tell("done", t("claims.withdrawn.done"));
  await readTable();
  return true;
}

const path = computed(() => caseState.value?.path);
let started = false;
/** Drops the table of a case that is left, and reads the origins of whatever claim is chosen; once. */
export function startClaims(): void {
  if (started) return;
  started = true;
  effect(() => {
    void path.value;
    reading.stop();
    table.value = null;
    drafts.clear(); // what was typed in one case is not shown in another
  });
  effect(() => {
    if (elsewhere.value > 0 && table.peek() !== null) void readTable();
  });
  const call = new Newest();
  effect(() => {
    const claim = chosen.value;
    if (detail.peek()?.claim !== claim?.id) detail.value = null;
    call.stop();
    if (claim === null) return;
    claimDetail(claim.id, { signal: call.begin() }).then((found) => {
      detail.value = found;
    }).catch(fail);
  });
}

/** What was typed and not yet said, by form: a dialog that is closed loses nothing. */
const drafts = new Map<string, Record<string, unknown>>();
export const draftOf = <T extends Record<string, unknown>>(key: string, fresh: T): T => ({ ...fresh, ...drafts.get(key) });
export const keepDraft = (key: string, draft: Record<string, unknown>): void => void drafts.set(key, draft);
export const dropDraft = (key: string): void => void drafts.delete(key);
