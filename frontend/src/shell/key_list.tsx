/** The keys of one part in words, from the one table. */
import { t, type Key } from "../i18n/index.ts";
import { KEY_TABLE, type KeyPart, type KeyRow } from "./key_table.ts";

const SIGNS: Record<string, string> = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Escape: "Esc", "-": "−" };

function signOf(key: string): string {
  const [last = "", ...before] = key === "+" ? ["+"] : key.split("+").reverse();
  const sign = last === " " ? t("keys.space") : (SIGNS[last] ?? (last.length === 1 ? last.toUpperCase() : last));
  return [...before.reverse(), sign].join(" ");
}

const rowsOf = (part: KeyPart): readonly KeyRow[] => KEY_TABLE[part];

/** Arrows and their order stay as they are on the keyboard, in every language. */
function Signs({ keys }: { keys: readonly string[] }) {
  return <span dir="ltr" class="key-signs">{keys.map((key) => (key === "…" ? "…" : <kbd key={key}>{signOf(key)}</kbd>))}</span>;
}

export function KeyRows({ part }: { part: KeyPart }) {
  return <>{rowsOf(part).map((row) => <tr key={row.does}><th scope="row">{t(`keys.${part}.${row.does}` as Key)}</th><td><Signs keys={row.keys} /></td></tr>)}</>;
}

/** The same in one line, for the panel beside a screen. */
export function KeyLine({ part }: { part: KeyPart }) {
  return (
    <section>
      <h3 class="unseen">{t("keys.title")}</h3>
      <p class="keys">{rowsOf(part).map((row) => <span key={row.does}><Signs keys={row.keys} /> {t(`keys.${part}.${row.does}` as Key)}</span>)}</p>
    </section>
  );
}
