/** The address leads the selection: an item that it names is the one on the stage. */
import { computed, effect, untracked } from "@preact/signals";
import { plain, t } from "../i18n/index.ts";
import { caseState, items, selectFrame, selection } from "../store/signals.ts";
import { leaveScreen } from "../store/notices.ts";
import { address } from "./address.ts";

/** Begins to follow the address with the selection, and with the window's title; once. */
export function startFollowing(): void {
  effect(() => {
    const { screen, rest } = address.value;
    const item = screen === "footage" ? items.value.find((one) => one.sha256 === rest[0]) : undefined;
    untracked(() => {
      if (item !== undefined && selection.value.item !== item.sha256) selectFrame(item.sha256, 0);
    });
  });
  const screen = computed(() => address.value.screen);
  effect(() => {
    void screen.value;
    untracked(leaveScreen);
  });
  effect(() => {
    const name = caseState.value?.name;
    document.title = name === undefined ? "Noonmark" : `${t(`screen.${address.value.screen}`)} · ${plain(name)} · Noonmark`;
  });
}
