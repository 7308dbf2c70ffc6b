/** A number that is typed: kept when the typing is done, put back when it makes no sense. */
import { useEffect, useState } from "preact/hooks";

interface Props {
  label: string;
  value: number | null | undefined;
  onValue: (value: number | null) => void;
  /** The label is for screen readers only: a table's head says it. */
  bare?: boolean;
  /** An empty field means "not said". */
  optional?: boolean;
  low?: number;
  high?: number;
  digits?: number;
  name?: string;
}

const shown = (value: number | null | undefined, digits: number): string => (value === null || value === undefined ? "" : String(Number(value.toFixed(digits))));

/** Digits of any script, a comma or a point. */
export function parsed(text: string): number | null {
  const latin = text
    .replace(/[\u0660-\u0669]/g, (d) => String(d.charCodeAt(0) - 0x660))
    .replace(/[\u06f0-\u06f9]/g, (d) => String(d.charCodeAt(0) - 0x6f0))
    .replace(/\u2212/g, "-").replace(/[,\u066b]/, ".").trim();
  if (latin === "" || !/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(latin)) return null;
  return Number(latin);
}

export function Entry({ label, value, onValue, bare = false, optional = false, low = -Infinity, high = Infinity, digits = 4, name }: Props) {
  const [text, setText] = useState(shown(value, digits));
  const [wrong, setWrong] = useState(false);
  useEffect(() => {
    setText(shown(value, digits));
    setWrong(false);
  }, [value]);
  const done = (typed: string): void => {
    if (typed.trim() === "" && optional) {
      setWrong(false);
      if (value !== null && value !== undefined) onValue(null);
      return;
    }
    const found = parsed(typed);
    const bad = found === null || found < low || found > high;
    setWrong(bad);
    if (!bad && found !== value) onValue(found);
  };
  const field = (
    <input
      type="text" inputMode="decimal" dir="ltr" autocomplete="off" spellcheck={false} class="entry" data-name={name} value={text} aria-label={bare ? label : undefined} aria-invalid={wrong}
      onInput={(event) => setText(event.currentTarget.value)} onChange={(event) => done(event.currentTarget.value)}
      onKeyDown={(event) => { if (event.key === "Enter") done(event.currentTarget.value); else if (event.key === "Escape") { setText(shown(value, digits)); setWrong(false); } }}
    />
  );
  return bare ? field : <label class="entry-row"><span>{label}</span>{field}</label>;
}

export function Check({ label, on, onTurn }: { label: string; on: boolean; onTurn: (on: boolean) => void }) {
  return <label class="check"><input type="checkbox" checked={on} onChange={(event) => onTurn(event.currentTarget.checked)} /><span>{label}</span></label>;
}
