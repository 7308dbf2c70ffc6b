/** What is chosen to go out, kept as a draft in the case, and what the server says of it. */
import { effect, signal } from "@preact/signals";
import { Refused } from "../../api.ts";
import { faultWords, type Words } from "../../i18n/faults.ts";
import { Delay, Newest } from "../../newest.ts";
import { fail } from "../../store/notices.ts";
import { caseState, items } from "../../store/signals.ts";
import { elsewhere } from "../../store/tabs.ts";
import type { Item } from "../../types.ts";
import { checkRelease, keepDraft, readDraft, type Check, type Choice, type Choices } from "./api.ts";

const fresh: Choices = { claims: null, items: {}, title: "", text: "", overrides: {} };
export const chosen = signal<Choices>(fresh);
export const check = signal<Check | null>(null);
export const checking = signal(false);
/** Why the choices can't be checked at all; null where they can. */
export const trouble = signal<Words | null>(null);
const MOST_AT_FIRST = 50;

const asking = new Newest();
const soon = new Delay(120);
let keeping = false;
let newer = false;

/** Keeps the draft in the case, one call after the other: what was chosen last is what stays. */
async function keep(): Promise<void> {
  newer = true;
  if (keeping) return;
  keeping = true;
  try {
    while (newer) {
      newer = false;
      await keepDraft(chosen.peek());
    }
  } catch (error) {
    fail(error);
  } finally {
    keeping = false;
  }
}

export async function ask(): Promise<void> {
  checking.value = true;
  try {
    const found = await checkRelease(chosen.peek(), { signal: asking.begin() });
    check.value = found;
    trouble.value = null;
    checking.value = false;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return;
    checking.value = false;
    if (error instanceof Refused && error.code !== "gone") trouble.value = faultWords(error);
    else fail(error);
  }
}

/** Changes what is chosen; the draft is kept and the check asked again. What was asked before is no check of it. */
export function put(part: Partial<Choices>): void {
  asking.stop();
  checking.value = true;
  chosen.value = { ...chosen.value, ...part };
  soon.start(() => void ask());
  void keep();
}

export function chooseItem(sha256: string, as: Choice, why = ""): void {
  const others = Object.fromEntries(Object.entries(chosen.value.items).filter(([one]) => one !== sha256));
  // "Out" is what an item is that nobody chose.
  put({ items: as === "out" ? others : { ...others, [sha256]: why === "" ? { as } : { as, why } } });
}

export const addItems = (found: Item[]): void => put({ items: { ...chosen.value.items, ...Object.fromEntries(found.map((one) => [one.sha256, { as: usual(one.sha256) }])) } });

/** The hidden copy where there is one. */
const usual = (sha256: string): Choice => (check.peek()?.copies[sha256] === undefined ? "original" : "hidden");

export const forget = (): void => put(fresh);

/** Drops what was chosen in the case that is left. */
function leave(): void {
  asking.stop();
  soon.stop();
  check.value = null;
  trouble.value = null;
  checking.value = false;
  chosen.value = fresh;
}

async function begin(): Promise<void> {
  try {
    const { draft } = await readDraft();
    chosen.value = draft === null ? fresh : { ...fresh, ...draft };
    await ask();
    // Without claims and without a draft, the files of the case are what can go out.
    if (draft === null && check.peek()?.every_claim.length === 0) {
      const copies = new Set(Object.values(check.peek()?.copies ?? {}).flat());
      chosen.value = { ...fresh, claims: [], items: Object.fromEntries(items.peek().filter((one) => !copies.has(one.sha256)).slice(0, MOST_AT_FIRST).map((one) => [one.sha256, { as: usual(one.sha256) }])) };
      await ask();
    }
  } catch (error) {
    fail(error);
  }
}

let started = false;
/** Reads the draft when a case is shown, and asks for the check again when it has gained something; once. */
export function startReport(): void {
  if (started) return;
  started = true;
  let of: string | undefined;
  effect(() => {
    const path = caseState.value?.path;
    if (path !== of) leave();
    if (path !== undefined && path !== of) void begin();
    else if (check.peek() !== null) void ask();
    of = path;
  });
  effect(() => {
    if (elsewhere.value > 0 && check.peek() !== null && !keeping) void begin();
  });
}
