import { signal } from "@preact/signals";
import { t } from "../i18n/index.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Switch } from "../ui/parts.tsx";

export const showingKeys = signal(false);
/** Keys of one sign can be switched off, for those who speak to their machine. */
export const signKeys = signal(localStorage.getItem("noonmark-sign-keys") !== "off");

function turnSignKeys(on: boolean): void {
  signKeys.value = on;
  localStorage.setItem("noonmark-sign-keys", on ? "on" : "off");
}

const KEYS = [
  ["search", "Ctrl K"], ["part", "F6"], ["screen", "Alt 1 – 8"], ["side", "Alt 0"], ["event", "[  ]"], ["undo", "Ctrl Z"], ["redo", "Ctrl Y"], ["back", "Esc"], ["help", "?"],
] as const;

/** The keys that mean the same on every screen. */
export function KeysHelp() {
  return (
    <Dialog title={t("keys.title")} onClose={() => { showingKeys.value = false; }}>
      <table class="table">
        <tbody>{KEYS.map(([name, keys]) => <tr key={name}><th scope="row">{t(`keys.${name}`)}</th><td><kbd dir="ltr">{keys}</kbd></td></tr>)}</tbody>
      </table>
      <p class="soft">{t("keys.inside")}</p>
      <Switch label={t("keys.signs")} on={signKeys.value} onTurn={turnSignKeys} />
    </Dialog>
  );
}
