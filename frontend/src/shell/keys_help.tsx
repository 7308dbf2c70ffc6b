import { signal } from "@preact/signals";
import { t } from "../i18n/index.ts";
import { address, type ScreenName } from "./address.ts";
import { KeyRows } from "./key_list.tsx";
import { KEY_TABLE, type KeyPart } from "./key_table.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Switch } from "../ui/parts.tsx";

export const showingKeys = signal(false);
/** Keys of one sign can be switched off, for those who speak to their machine. */
export const signKeys = signal(localStorage.getItem("noonmark-sign-keys") !== "off");

function turnSignKeys(on: boolean): void {
  signKeys.value = on;
  localStorage.setItem("noonmark-sign-keys", on ? "on" : "off");
}

/** The keys that mean the same everywhere, then those of each part; the part on screen stands first. */
export function KeysHelp() {
  const own = partsOf(address.value.screen);
  const others = PARTS.filter((part) => !own.includes(part));
  return (
    <Dialog title={t("keys.title")} onClose={() => { showingKeys.value = false; }}>
      <p class="soft">{t("keys.inside")}</p>
      <Switch label={t("keys.signs")} on={signKeys.value} onTurn={turnSignKeys} />
      <table class="table keys-table">
        <tbody><KeyRows part="everywhere" /></tbody>
        {[...own, ...others].map((part) => <tbody key={part}><tr><th scope="rowgroup" colSpan={2} class="keys-part">{t(part === "lists" ? "keys.lists" : `screen.${part}`)}</th></tr><KeyRows part={part} /></tbody>)}
      </table>
    </Dialog>
  );
}

type ScreenPart = Exclude<KeyPart, "everywhere">;
const PARTS = (Object.keys(KEY_TABLE) as KeyPart[]).filter((part): part is ScreenPart => part !== "everywhere");
const partsOf = (screen: ScreenName): ScreenPart[] => (screen === "documents" ? ["documents", "lists"] : PARTS.filter((part) => part === screen));
