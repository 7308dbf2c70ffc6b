/** Whether the inspector on the right is open: kept for each screen, on this computer. */
import { computed, signal } from "@preact/signals";
import { address, screenNames, type ScreenName } from "./address.ts";

const KEPT = "noonmark-closed-sides";

function kept(): ScreenName[] {
  const names = (localStorage.getItem(KEPT) ?? "").split(" ");
  return screenNames.filter((name) => names.includes(name));
}

const closed = signal<readonly ScreenName[]>(kept());
export const sideOpen = computed(() => !closed.value.includes(address.value.screen));

/** Opens or closes the inspector of the screen that is shown; what had the focus in it gives it to the screen. */
export function turnSide(on: boolean): void {
  const { screen } = address.peek();
  const inside = document.querySelector("#panel")?.contains(document.activeElement) === true;
  closed.value = on ? closed.peek().filter((name) => name !== screen) : [...new Set([...closed.peek(), screen])];
  localStorage.setItem(KEPT, closed.peek().join(" "));
  if (!on && inside) document.querySelector<HTMLElement>("#main")?.focus();
}
