/** Keys that mean the same on every screen. Single letters are left to the parts that have the focus. */
import { redo, undo } from "../store/edit.ts";
import { caseState } from "../store/signals.ts";
import { address, go, goEvent, screenNames } from "./address.ts";
import { sideOpen, turnSide } from "./inspector.ts";
import { showingKeys, signKeys } from "./keys_help.tsx";
import { events } from "./overview.ts";
import { searching } from "./palette.tsx";

const PARTS = ["#screens", "#main", "#panel", "#dock"];

/** To the next part of the page, or the one before. */
function nextPart(back: boolean): void {
  const there = PARTS.map((part) => document.querySelector<HTMLElement>(part)).filter((part) => part !== null);
  const now = there.findIndex((part) => part.contains(document.activeElement));
  const part = there[(now + (back ? -1 : 1) + there.length) % there.length];
  const first = part?.querySelector<HTMLElement>("[data-first]") ?? (part?.matches("[tabindex]") === true ? part : part?.querySelector<HTMLElement>("[aria-current], a, button, input"));
  first?.focus();
}

function nextEvent(step: number): void {
  const ids = events.peek().map((one) => one.id);
  if (ids.length === 0) return;
  const now = ids.indexOf(address.peek().event ?? "");
  goEvent(ids[(now + step + ids.length) % ids.length] ?? null);
}

/** Does what a key means; whether it meant anything. */
export function shellKey(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null;
  const modal = document.querySelector("dialog[open]") !== null;
  const typing = target?.closest("input, textarea, select, [contenteditable]") != null;
  const control = (event.ctrlKey || event.metaKey) && !event.altKey;
  const key = event.key.toLowerCase();
  if (caseState.peek() === null || modal || event.isComposing) return false;
  if (control && key === "k") return (searching.value = true);
  if (event.key === "F6") return nextPart(event.shiftKey), true;
  if (event.altKey && !control && event.code === "Digit0") return turnSide(!sideOpen.peek()), true;
  const screen = event.altKey && !control ? screenNames[Number(/^Digit([1-8])$/.exec(event.code)?.[1] ?? 0) - 1] : undefined;
  if (screen !== undefined) return go(screen), true;
  if (typing) return false;
  if (control && (key === "z" || key === "y")) return (key === "y" || event.shiftKey ? redo() : undo()), true;
  if (!signKeys.peek()) return false;
  if (event.key === "?" && !control && !event.altKey) return (showingKeys.value = true);
  const elsewhere = target?.closest("#panel, [role=application], .stage, .frame") == null;
  if ((event.key === "[" || event.key === "]") && elsewhere && !control && !event.altKey) return nextEvent(event.key === "]" ? 1 : -1), true;
  return false;
}
