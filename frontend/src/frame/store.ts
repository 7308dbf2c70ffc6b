/** The state of the frame editor, and the verbs that change marks. The marks themselves are kept in the inquiry. */
import { computed, signal } from "@preact/signals";
import { t } from "../i18n/index.ts";
import { edit } from "../store/edit.ts";
import { frameKey, frameReplies, inquiry, items, select, selection } from "../store/signals.ts";
import type { FrameKey, Inquiry, KeptFrame, Mark, Marks, Point } from "../types.ts";
import { handles, isMeaning, lacking, moved, nextPath, pointAt, sigmaOf, steppedSigma, withSigma, without, type Meaning, type Path } from "./points.ts";
import { view } from "./stage_view.ts";
import { withSetSigma } from "./sureness.ts";
import { inside, tidyPoint, type Size } from "./view.ts";

/** What the next click marks, and for things that stand which part. */
export const meaning = signal<Meaning>("shadow");
export const role = signal<Path | null>(null);
/** The point that has the focus. */
export const active = signal<{ mark: number; path: Path } | null>(null);
/** A point that is being dragged, not kept yet. */
export const held = signal<{ mark: number; path: Path; at: Point } | null>(null);
/** Which sheet is open under the photo. */
export const sheet = signal<"marks" | "lens" | "found" | null>(null);
/** The size of the oriented original on screen, and the time of the frame. */
export const pictureSize = signal<Size | null>(null);
export const frameTime = signal<number | null>(null);

export const keptFrame = computed<KeptFrame | null>(() => (frameKey.value === null ? null : (inquiry.value.frames[frameKey.value] ?? null)));
const none: Mark[] = [];
/** The marks on screen: those kept, with a dragged point where it is now. */
export const marks = computed<Mark[]>(() => {
  const kept = keptFrame.value?.marks.mark ?? none;
  const now = held.value;
  return now === null ? kept : kept.map((mark, index) => (index === now.mark ? moved(mark, now.path, now.at) : mark));
});
export const reply = computed(() => (frameKey.value === null ? null : (frameReplies.value[frameKey.value] ?? null)));
/** Where the marks that can be solved with stand among all marks. */
export const readyIndexes = computed(() => marks.value.flatMap((mark, index) => (lacking(mark).length === 0 ? [index] : [])));

export function emptyMarks(size: Size): Marks {
  return { image: { width_px: size.width, height_px: size.height }, lens: { device: "unknown" }, mark: [] };
}

function frameLabel(key: FrameKey): string {
  const item = items.peek().find((one) => key.startsWith(one.sha256));
  const number = Number(key.split(":")[1] ?? 0);
  return item === undefined ? key.slice(0, 8) : item.kind === "video" ? `${item.name}, frame ${number}` : item.name;
}

/** Changes the marks of the frame on screen. `said` goes into the record, which is kept in English like the commands beside it. */
export function change(said: string, step: (marks: Marks) => Marks, mergeKey: string | null = null): void {
  const key = frameKey.peek();
  const size = pictureSize.peek();
  if (key === null || size === null) return;
  const [item = "", number = "0"] = key.split(":");
  const time_s = frameTime.peek();
  edit(`${said} on ${frameLabel(key)}`, (now: Inquiry) => {
    const before = now.frames[key] ?? { item, number: Number(number), time_s, marks: emptyMarks(size) };
    const after = step(before.marks);
    if (after === before.marks) return now;
    return { ...now, frames: { ...now.frames, [key]: { ...before, marks: after } } };
  }, mergeKey === null ? null : `${key} ${mergeKey}`);
}

const replaced = (marks: Marks, index: number, mark: Mark): Marks => ({ ...marks, mark: marks.mark.map((old, k) => (k === index ? mark : old)) });
const markWords = (mark: Mark): string => (typeof mark.what === "string" && mark.what !== "" ? `${mark.means} (${mark.what})` : mark.means.replace("_", " "));

/** The name of a point as the record says it. */
const pointWords = (path: Path): string => path.replace(/_px/, "").replace(/\./g, " ");

/** Places the next point of the chosen meaning, or the part that was asked for. Returns the point placed. */
export function place(px: Point): { mark: number; path: Path } | null {
  const size = pictureSize.peek();
  if (size === null) return null;
  const at = tidyPoint(inside(px, size));
  const chosen = selection.peek().mark;
  const list = keptFrame.peek()?.marks.mark ?? [];
  const current = chosen === null ? undefined : list[chosen];
  const goes = current !== undefined && current.means === meaning.peek() ? (role.peek() ?? nextPath(current)) : null;
  const target = goes !== null && chosen !== null ? { mark: chosen, path: goes } : fresh(list.length);
  if (goes !== null && current !== undefined) change(`marked the ${pointWords(goes)} of a ${markWords(current)}`, (marks) => replaced(marks, target.mark, set(current, target, at, true)));
  else {
    const mark = set(starting(meaning.peek()), target, at, true);
    change(`marked a ${meaning.peek().replace("_", " ")}`, (marks) => ({ ...marks, mark: [...marks.mark, mark] }));
  }
  role.value = null;
  select({ mark: target.mark });
  active.value = target;
  // What only typing can complete is asked for at once.
  const now = keptFrame.peek()?.marks.mark[target.mark];
  if (now !== undefined && lacking(now).some((field) => field !== "points") && nextPath(now) === null) sheet.value = "marks";
  return target;
}

/** A mark with a point set by hand, as sure as the zoom allows. */
function set(mark: Mark, { mark: index, path }: { mark: number; path: Path }, at: Point, isNew: boolean): Mark {
  return withSetSigma(moved(mark, path, at), frameKey.peek() ?? "", index, path, view.peek().scale, isNew);
}

function fresh(count: number): { mark: number; path: Path } {
  const path = role.peek() ?? nextPath(starting(meaning.peek())) ?? "px";
  return { mark: count, path };
}

function starting(means: Meaning): Mark {
  if (means === "parallel") return { means, level: true };
  return { means };
}

/** Moves a point to a pixel; steps in quick succession are one step back. */
export function put(mark: number, path: Path, px: Point, how: "drag" | "nudge" | "type"): void {
  const size = pictureSize.peek();
  const old = keptFrame.peek()?.marks.mark[mark];
  if (size === null || old === undefined) return;
  const at = tidyPoint(inside(px, size));
  const before = pointAt(old, path);
  if (before !== undefined && before[0] === at[0] && before[1] === at[1]) return;
  change(`moved the ${pointWords(path)} of a ${markWords(old)}`, (marks) => replaced(marks, mark, how === "type" ? moved(old, path, at) : set(old, { mark, path }, at, false)), how === "nudge" ? `move ${mark} ${path}` : null);
}

export function nudge(mark: number, path: Path, dx: number, dy: number): void {
  const old = keptFrame.peek()?.marks.mark[mark];
  const at = old === undefined ? undefined : pointAt(old, path);
  if (at !== undefined) put(mark, path, [at[0] + dx, at[1] + dy], "nudge");
}

/** A quarter more or less sure of a point. */
export function stepSigma(mark: number, path: Path, up: boolean): void {
  const old = keptFrame.peek()?.marks.mark[mark];
  if (old !== undefined) setSigma(mark, path, steppedSigma(sigmaOf(old, path), up));
}

export function setSigma(mark: number, path: Path, sigma: number): void {
  const old = keptFrame.peek()?.marks.mark[mark];
  if (old === undefined || !(sigma > 0) || sigmaOf(old, path) === sigma) return;
  change(`said how sure a ${markWords(old)} is`, (marks) => replaced(marks, mark, withSigma(old, path, sigma)), `sigma ${mark} ${path}`);
}

export function setField(mark: number, field: string, value: unknown): void {
  const old = keptFrame.peek()?.marks.mark[mark];
  if (old === undefined || old[field] === value) return;
  const next = { ...old };
  if (value === undefined) delete next[field];
  else next[field] = value;
  change(`said the ${field} of a ${markWords(old)}`, (marks) => replaced(marks, mark, next as Mark), `field ${mark} ${field}`);
}

/** Takes a point away; without a point the mark goes. Returns the point that comes next, to be focused. */
export function removePoint(mark: number, path: Path): { mark: number; path: Path } | null {
  const old = keptFrame.peek()?.marks.mark[mark];
  if (old === undefined) return null;
  const left = without(old, path);
  if (left === null) return removeMark(mark);
  change(`took the ${pointWords(path)} of a ${markWords(old)} away`, (marks) => replaced(marks, mark, left));
  const next = handles(left)[0];
  active.value = next === undefined ? null : { mark, path: next.path };
  return active.value;
}

export function removeMark(mark: number): { mark: number; path: Path } | null {
  const old = keptFrame.peek()?.marks.mark[mark];
  if (old === undefined) return null;
  change(`took a ${markWords(old)} away`, (marks) => ({ ...marks, mark: marks.mark.filter((_, k) => k !== mark) }));
  const list = keptFrame.peek()?.marks.mark ?? [];
  const index = Math.min(mark, list.length - 1);
  const next = index < 0 ? undefined : handles(list[index]!)[0];
  active.value = next === undefined ? null : { mark: index, path: next.path };
  select({ mark: next === undefined ? null : index });
  return active.value;
}

export function chooseMeaning(means: Meaning): void {
  meaning.value = means;
  role.value = null;
  select({ mark: null });
  active.value = null;
}

/** Gives the focus to a point, and takes up its meaning. */
export function choosePoint(mark: number, path: Path): void {
  const found = keptFrame.peek()?.marks.mark[mark];
  if (found === undefined) return;
  if (isMeaning(found.means)) meaning.value = found.means;
  active.value = { mark, path };
  if (selection.peek().mark !== mark) {
    role.value = null;
    select({ mark });
  }
}

/** Which part the next click places: 1, 2, 3 for base, top and tip. */
export function chooseRole(number: number): boolean {
  const roles = meaning.peek() === "shadow" ? ["base_px", "top_px", "tip_px"] : meaning.peek() === "vertical" ? ["base_px", "top_px"] : [];
  const path = roles[number - 1];
  if (path === undefined) return false;
  role.value = path;
  return true;
}

const capital = (text: string): string => text.slice(0, 1).toLocaleUpperCase() + text.slice(1);

/** What a point is called: "top of lamp post". */
export function pointName(mark: Mark, path: Path): string {
  const what = typeof mark.what === "string" && mark.what !== "" ? mark.what : t(`frame.means.${mark.means as Meaning}`);
  const one = handles(mark).find((handle) => handle.path === path);
  const number = Number(path.split(".")[1] ?? 0) + 1;
  return capital(t(`frame.point.${one?.role ?? "point"}`, { what, number }));
}
