/** What a reader has decided about two lists so far: kept until the result is written down. Nothing is paired by itself. */
import { computed, effect, signal } from "@preact/signals";
import { t } from "../../i18n/index.ts";
import { Newest } from "../../newest.ts";
import { during, fail, tell } from "../../store/notices.ts";
import { caseState } from "../../store/signals.ts";
import { documents, type Comparison, type ListTold, type Pair, type ProposedRow, type Verdict } from "./api.ts";
import { draft, type Draft } from "./draft.ts";
import { isAlias, readAlias, type SignKind } from "./parts.tsx";
import { view } from "./state.ts";

export interface Decided { b: number[]; verdict: Verdict | ""; why: string }
interface Kept { by: string; first: string; rows: Record<string, Decided> }
export interface Row { key: string; a: number | null; b: number[]; verdict: Verdict | ""; why: string }

export const candidates = signal<{ sha256: string; name: string }[] | null>(null);
export const comparisons = signal<Comparison[]>([]);
export const pairOf = signal<{ a: ListTold; b: ListTold; proposals: ProposedRow[] } | null>(null);
/** A result that was written down and is looked at; while one decides it is null. */
export const result = signal<Comparison | null>(null);
export const chosenRow = signal<string | null>(null);
const EMPTY: Kept = { by: "", first: "", rows: {} };
export const decided = signal<Draft<Kept> | null>(null);
export const current = computed<Kept>(() => decided.value?.value.value ?? EMPTY);

export const signOf = (verdict: Verdict | ""): SignKind =>
  verdict === "same" ? "holds" : verdict === "narrower" || verdict === "wider" || verdict === "overlaps" ? "near" : verdict === "only_a" || verdict === "only_b" ? "absent" : "unmapped";

/** One row for each entry of A, then one for each entry of B that no row names. */
export const rows = computed<Row[]>(() => {
  const lists = pairOf.value;
  if (lists === null) return [];
  const of = (key: string): Decided => current.value.rows[key] ?? { b: [], verdict: "", why: "" };
  const first = lists.a.entries.map((entry) => ({ key: `a${entry.number}`, a: entry.number, ...of(`a${entry.number}`) }));
  const named = new Set(first.flatMap((row) => row.b));
  const rest = lists.b.entries.filter((entry) => !named.has(entry.number)).map((entry) => {
    const said = of(`b${entry.number}`);
    return { key: `b${entry.number}`, a: null, b: [entry.number], verdict: said.verdict === "" ? ("" as const) : said.verdict, why: said.why };
  });
  return [...first, ...rest];
});
export const open = computed(() => rows.value.filter((row) => row.verdict === "" || row.why.trim() === ""));

const reading = new Newest();
export async function reloadLists(): Promise<void> {
  try {
    const told = await documents.lists({ signal: reading.begin() });
    candidates.value = told.lists;
    comparisons.value = told.comparisons;
  } catch (error) {
    fail(error);
  }
}
effect(() => {
  if (caseState.value !== null && view.value === "lists") void reloadLists();
  else if (caseState.value === null) {
    candidates.value = null;
    pairOf.value = null;
    result.value = null;
  }
});

/** Begins to decide about two lists; with `first` blind, after another reader. */
export async function begin(a: string, b: string, first = ""): Promise<void> {
  const told = await during(t("documents.lists.comparing"), () => documents.proposals(a, b));
  if (told === null) return;
  const kept = draft<Kept>(`lists ${a} ${b} ${first}`, { ...EMPTY, first });
  decided.value = kept;
  pairOf.value = told;
  result.value = null;
  chosenRow.value = rows.value[0]?.key ?? null;
}

export function decide(key: string, part: Partial<Decided>): void {
  const kept = decided.peek();
  if (kept === null) return;
  const now = kept.value.peek();
  const old = now.rows[key] ?? { b: [], verdict: "", why: "" };
  const next = { ...old, ...part };
  if (next.verdict === "only_a") next.b = [];
  kept.put({ ...now, rows: { ...now.rows, [key]: next } });
}
export function putReader(by: string): void {
  const kept = decided.peek();
  if (kept !== null) kept.put({ ...kept.value.peek(), by });
}

export function nextOpen(): void {
  const at = rows.value.findIndex((row) => row.key === chosenRow.value);
  const order = [...rows.value.slice(at + 1), ...rows.value.slice(0, at + 1)];
  const to = order.find((row) => row.verdict === "" || row.why.trim() === "");
  if (to !== undefined) chosenRow.value = to.key;
}

/** Why the result can't be written down yet; empty where it can. */
export const stops = computed<string[]>(() => [
  ...(open.value.length > 0 ? [t("documents.lists.stop.open", { count: open.value.length })] : []),
  ...(rows.value.some((row) => (row.verdict === "same" || row.verdict === "narrower" || row.verdict === "wider" || row.verdict === "overlaps") && row.b.length === 0) ? [t("documents.lists.stop.partner")] : []),
  ...(isAlias(readAlias(current.value.by)) ? [] : [t("documents.lists.stop.by")]),
]);

export async function writeDown(): Promise<void> {
  const lists = pairOf.peek();
  const kept = decided.peek();
  if (lists === null || kept === null) return;
  const pairs: Pair[] = rows.peek().map((row) => ({ a: row.a === null ? [] : [row.a], b: row.b, verdict: row.verdict as Verdict, why: row.why.trim() }));
  const { by, first } = kept.value.peek();
  const told = await during(t("documents.saying"), () => documents.decide({ a: lists.a.sha256, b: lists.b.sha256, by: readAlias(by), pairs, ...(first === "" ? {} : { first }) }));
  if (told === null) return;
  kept.clear();
  tell("done", t("documents.lists.written"));
  decided.value = null;
  pairOf.value = null;
  await reloadLists();
  result.value = comparisons.value.find((one) => one.sha256 === told.kept.sha256) ?? null;
}
