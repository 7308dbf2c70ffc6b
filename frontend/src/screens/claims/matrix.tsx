/** Claims against sources of evidence: one stop for Tab, arrows, Page, Home and End inside, Enter tells why, A what speaks against. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { listed, t } from "../../i18n/index.ts";
import { meant } from "../../shell/key_table.ts";
import { useMore } from "../../ui/hooks.ts";
import { Quote } from "../../ui/parts.tsx";
import type { Claim, Column } from "./api.ts";
import { cell, choose, chosen, chosenColumn, columns, shown } from "./store.ts";
import { Sign, stanceWord } from "./sign.tsx";
import { claimText, columnTitle, likelihood, originsText, standsUpright } from "./words.ts";

const PAGE_ROWS = 10;
const steps: Record<string, [number, number]> = {
  ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
  PageUp: [-PAGE_ROWS, 0], PageDown: [PAGE_ROWS, 0], Home: [0, -Infinity], End: [0, Infinity],
};

/** With more columns than this their names stand upright, so that the table fits its card. */
const MOST_LEVEL = 6;

export function Matrix() {
  const ref = useRef<HTMLTableElement>(null);
  const scrolls = useRef<HTMLDivElement>(null);
  useMore(scrolls);
  const moved = useRef(false);
  const at = { claim: chosen.value, column: chosenColumn.value };
  // The focus follows the arrows once the new cell is drawn.
  useLayoutEffect(() => {
    if (!moved.current) return;
    moved.current = false;
    ref.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
  }, [at.claim?.id, at.column?.key]);
  const keys = (event: KeyboardEvent): void => {
    const step = steps[event.key];
    const does = meant("claims", event)?.does;
    if (does === "why" || does === "against") {
      event.preventDefault();
      document.getElementById(does === "why" && at.column !== null ? "claims-why" : "claims-against")?.focus();
      return;
    }
    if (step === undefined || event.altKey || event.metaKey) return;
    event.preventDefault();
    // The first column is the first in every language; with Ctrl, Home and End go to the first and the last claim too.
    const turned = event.key.startsWith("Arrow") && document.documentElement.dir === "rtl" ? -step[1] : step[1];
    const down = event.ctrlKey && Math.abs(step[1]) === Infinity ? step[1] : step[0];
    const row = Math.min(shown.value.length - 1, Math.max(0, shown.value.indexOf(at.claim as Claim) + down));
    // Column -1 is the claim itself.
    const column = at.column === null ? -1 : columns.value.indexOf(at.column);
    const next = Math.min(columns.value.length - 1, Math.max(-1, column + turned));
    moved.current = true;
    choose(shown.value[row]?.id ?? "", columns.value[next]?.key ?? null);
  };
  return (
    <div class="card more-frame">
      <div class="claims-scroll" ref={scrolls}>
        <table class={columns.value.length > MOST_LEVEL ? "matrix matrix-many" : "matrix"} role="grid" aria-label={t("claims.matrix")} ref={ref} onKeyDown={keys}>
          <Head />
          <tbody>{shown.value.map((claim, index) => <Row key={claim.id} claim={claim} number={index + 1} chosen={claim === at.claim} column={at.column} />)}</tbody>
        </table>
      </div>
    </div>
  );
}

function Head() {
  return (
    <thead>
      <tr>
        <th scope="col" class="c-claim">{t("claims.claim")}</th>
        {columns.value.map((column) => (
          <th key={column.key} scope="col" class={`c-e${column.origin > 0 ? " same-origin" : ""}${standsUpright(columnTitle(column)) ? " c-upright" : ""}`} title={columnTitle(column)}>
            <Quote>{columnTitle(column).replace(/[_.]+/g, "$&\u200b")}</Quote>
            {column.origin > 0 && <span class="unseen"> {t("claims.sameOrigin", { number: column.origin })}</span>}
          </th>
        ))}
        <th scope="col" class="c-o" title={t("claims.origins")}>{t("claims.originsShort")}</th>
        <th scope="col" class="c-l">{t("claims.likelihood")}</th>
      </tr>
    </thead>
  );
}

function Row({ claim, number, chosen: here, column }: { claim: Claim; number: number; chosen: boolean; column: Column | null }) {
  return (
    <tr aria-current={here ? "true" : undefined}>
      <th scope="row" class="c-claim" tabIndex={here && column === null ? 0 : -1} aria-current={here && column === null ? "true" : undefined} onClick={() => choose(claim.id, null)}>
        <b class="num">{number}</b> <Quote>{claimText(claim)}</Quote>
      </th>
      {columns.value.map((one) => <Cell key={one.key} claim={claim} column={one} chosen={here && one === column} />)}
      <td class="c-o num">{originsText(claim)}</td>
      <td class="c-l">{claim.state === "disputed" ? <span class="chip chip-bad">{t("claims.state.disputed")}</span> : likelihood(claim)}</td>
    </tr>
  );
}

function Cell({ claim, column, chosen: here }: { claim: Claim; column: Column; chosen: boolean }) {
  const found = cell(claim, column.key);
  const first = found[0];
  const words = first === undefined ? t("claims.stance.nothing") : listed([...new Set(found.map((one) => stanceWord(one.stance)))]);
  const open = (): void => {
    choose(claim.id, column.key);
  };
  return (
    <td class="c-e" tabIndex={here ? 0 : -1} aria-current={here ? "true" : undefined} title={words} onClick={open}>
      {first === undefined ? <span class="dot-nothing" aria-hidden="true" /> : <Sign stance={first.stance} />}
      {found.length > 1 && <span class="tiny num" aria-hidden="true">{found.length}</span>}
      <span class="unseen">{words}</span>
    </td>
  );
}
