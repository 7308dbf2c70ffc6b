/** Two lists beside each other: what stands in both, nearly, in one alone, and what nobody has decided. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { day, listed, t } from "../../i18n/index.ts";
import { toldOf } from "../../i18n/said.ts";
import { meant } from "../../shell/key_table.ts";
import { KeyLine } from "../../shell/key_list.tsx";
import { Button, Choice, Icon, Said, TextField } from "../../ui/parts.tsx";
import { Scrolls } from "../../ui/scrolls.tsx";
import type { Comparison, Entry, Verdict } from "./api.ts";
import { begin, candidates, chosenRow, comparisons, current, decide, nextOpen, open, pairOf, putReader, result, rows, signOf, stops, writeDown, type Row } from "./decisions.ts";
import { aliasName, Head, Sign } from "./parts.tsx";

export function Lists() {
  const lists = pairOf.value;
  const told = result.value;
  if (lists !== null) {
    const same = rows.value.filter((row) => row.verdict === "same").length;
    return (
      <>
        <Head eyebrow={<><span>{t("screen.documents")}</span><span>{t("documents.view.lists")}</span></>} title={t("documents.lists.deciding", { count: same, a: lists.a.title, b: lists.b.title })} lede={open.value.length > 0 ? t("documents.lists.openLede", { count: open.value.length }) : t("documents.lists.allDecided")} />
        <div class="body lists-body"><Deciding /></div>
      </>
    );
  }
  return (
    <>
      <Head eyebrow={<><span>{t("screen.documents")}</span><span>{t("documents.view.lists")}</span></>} title={told === null ? t("documents.lists.title") : t("documents.lists.result", { same: told.counts.b_in_a, all: told.counts.entries_b, b: told.b.title, a: told.a.title })} lede={told === null ? t("documents.lists.lede") : resultLede(told)} />
      <div class="body lists-body">{told === null ? <Choosing /> : <Result told={told} />}</div>
    </>
  );
}

const resultLede = ({ counts }: Comparison): string =>
  [counts.b_in_part > 0 ? t("documents.lists.part", { count: counts.b_in_part }) : "", t("documents.lists.alone", { b: counts.only_b, a: counts.only_a }), counts.unsure_b > 0 ? t("documents.lists.unsure", { count: counts.unsure_b }) : ""].filter((part) => part !== "").join(" ");

function Choosing() {
  const a = useSignal("");
  const b = useSignal("");
  const all = candidates.value;
  if (all === null) return <p class="page-none" role="status">{t("documents.loading")}</p>;
  if (all.length < 2) return <section class="empty"><h2>{t("documents.lists.none")}</h2><p>{t("documents.lists.noneHow")}</p></section>;
  const options = [{ value: "", label: t("documents.lists.choose") }, ...all.map((one) => ({ value: one.sha256, label: one.name }))];
  return (
    <>
      <section class="card">
        <form class="card-body row lists-choose" onSubmit={(event) => { event.preventDefault(); if (a.value !== "" && b.value !== "" && a.value !== b.value) void begin(a.value, b.value); }}>
          <Choice label={t("documents.lists.a")} value={a.value} options={options} onValue={(value) => { a.value = value; }} />
          <Choice label={t("documents.lists.b")} value={b.value} options={options} onValue={(value) => { b.value = value; }} />
          <Button type="submit" kind="main" disabled={a.value === "" || b.value === "" || a.value === b.value}>{t("documents.lists.compare")}</Button>
        </form>
      </section>
      {comparisons.value.length > 0 && (
        <section class="card">
          <div class="card-head"><h2>{t("documents.lists.kept")}</h2></div>
          <ul class="list">
            {comparisons.value.map((one) => (
              <li key={one.sha256}>
                <div class="grow"><p><bdi>{one.a.title}</bdi> · <bdi>{one.b.title}</bdi></p><p class="small soft">{t("documents.lists.by", { by: aliasName(one.decided_by), day: day(one.at) })}{one.second_reading !== undefined && ` · ${t("documents.lists.secondBy", { by: aliasName(one.second_reading.by) })}`}</p></div>
                <Button class="small-button" onClick={() => { result.value = one; }}>{t("documents.lists.show")}</Button>
                {one.second_reading === undefined && <Button class="small-button" onClick={() => void begin(one.a.sha256, one.b.sha256, one.sha256)}>{t("documents.lists.second")}</Button>}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Mark({ verdict }: { verdict: Verdict | "" }) {
  return <span class="verdict"><Sign kind={signOf(verdict)} /><span>{t(`documents.verdict.${verdict === "" ? "open" : verdict}`)}</span></span>;
}

const TableHead = ({ a, b, by }: { a: string; b: string; by: boolean }) => (
  <thead><tr><th><span class="unseen">{t("documents.lists.numberA")}</span></th><th>A · <bdi>{a}</bdi></th><th>{t("documents.lists.decided")}</th><th><span class="unseen">{t("documents.lists.numberB")}</span></th><th>B · <bdi>{b}</bdi></th>{by && <th>{t("documents.lists.why")}</th>}</tr></thead>
);

function Result({ told }: { told: Comparison }) {
  const words = (side: Entry[]) => side.map((one) => <p key={one.number} dir="auto">{one.text}{one.translation !== undefined && one.translation !== "" && <span class="soft"> {one.translation}</span>}</p>);
  const second = told.second_reading;
  return (
    <section class="card scrolls" aria-label={t("documents.lists.table")}>
      <div class="card-head"><p class="grow small">{t("documents.lists.by", { by: aliasName(told.decided_by), day: day(told.at) })}. {second === undefined ? t("documents.lists.noSecond") : t("documents.lists.agreement", { by: aliasName(second.by), same: second.same, all: second.entries })}</p><Button class="small-button" onClick={() => { result.value = null; }}>{t("documents.lists.back")}</Button></div>
      <Scrolls class="lists-scroll" tabIndex={0}><table class="table lists-table">
        <TableHead a={told.a.title} b={told.b.title} by />
        <tbody>
          {told.table.map((row, index) => (
            <tr key={index}><td class="num soft">{listed(row.a.map((one) => `${one.number}`)) || "–"}</td><td>{row.a.length === 0 ? <span class="soft">{t("documents.lists.noEntry")}</span> : words(row.a)}</td><td><Mark verdict={row.verdict} /></td><td class="num soft">{listed(row.b.map((one) => `${one.number}`)) || "–"}</td><td>{row.b.length === 0 ? <span class="soft">{t("documents.lists.noEntry")}</span> : words(row.b)}</td><td class="small" dir="auto">{row.why}</td></tr>
          ))}
        </tbody>
      </table></Scrolls>
    </section>
  );
}

const KEYS: Verdict[] = ["same", "wider", "narrower", "only_a"];
function Deciding() {
  const lists = pairOf.value;
  const table = useRef<HTMLTableElement>(null);
  useEffect(() => {
    if (document.activeElement?.closest(".lists-table") != null) table.current?.querySelector<HTMLElement>("tr[aria-current]")?.focus();
  }, [chosenRow.value]);
  if (lists === null) return null;
  const move = (event: KeyboardEvent): void => {
    const found = meant("lists", event);
    const at = rows.value.findIndex((row) => row.key === chosenRow.value);
    const row = rows.value[at];
    if (found?.does === "pair") {
      const to = at + 2 * found.at - 1;
      chosenRow.value = rows.value[Math.min(rows.value.length - 1, Math.max(0, to))]?.key ?? null;
    } else if (found?.does === "next") nextOpen();
    else if (found?.does === "decide" && row !== undefined) take(row, KEYS[found.at] ?? "same");
    else return;
    event.preventDefault();
  };
  return (
    <section class="card scrolls" aria-label={t("documents.lists.table")}>
      <Scrolls class="lists-scroll"><table ref={table} class="table lists-table" onKeyDown={move}>
        <TableHead a={lists.a.title} b={lists.b.title} by={false} />
        <tbody>
          {rows.value.map((row) => (
            <tr key={row.key} data-row={row.key} aria-current={row.key === chosenRow.value ? "true" : undefined} tabIndex={row.key === chosenRow.value ? 0 : -1} onClick={() => { chosenRow.value = row.key; }} onFocus={() => { chosenRow.value = row.key; }}>
              <td class="num soft">{row.a ?? "–"}</td>
              <td dir="auto">{row.a === null ? <span class="soft">{t("documents.lists.noEntry")}</span> : textOf(lists.a.entries, row.a)}</td>
              <td><Mark verdict={row.verdict} /></td>
              <td class="num soft">{listed(row.b.map(String)) || "–"}</td>
              <td dir="auto">{row.b.length === 0 ? <span class="soft">{row.verdict === "" ? t("documents.lists.notYet") : t("documents.lists.noEntry")}</span> : row.b.map((each) => textOf(lists.b.entries, each)).join("; ")}</td>
            </tr>
          ))}
        </tbody>
      </table></Scrolls>
    </section>
  );
}

const textOf = (entries: Entry[], of: number): string => entries.find((one) => one.number === of)?.text ?? "";

/** A verdict by key or button; the first proposal is taken as the partner where none is chosen yet. */
function take(row: Row, verdict: Verdict): void {
  const lonely = verdict === "only_a" || verdict === "only_b";
  const proposed = row.a === null ? undefined : pairOf.value?.proposals.find((one) => one.a === row.a)?.proposed[0]?.b;
  const verdictHere = row.a === null && verdict === "only_a" ? "only_b" : verdict;
  const partner = lonely || row.a === null ? row.b : row.b.length > 0 ? row.b : proposed === undefined ? [] : [proposed];
  decide(row.key, { verdict: verdictHere, b: partner });
}

export function ListsSide() {
  const lists = pairOf.value;
  const row = rows.value.find((one) => one.key === chosenRow.value);
  if (lists === null) return <><div class="side-head"><h2>{t("documents.view.lists")}</h2></div><div class="side-body"><p class="small soft">{t("documents.lists.rule")}</p><Signs /></div></>;
  return (
    <>
      <div class="side-head"><h2>{row === undefined ? t("documents.view.lists") : t("documents.lists.row", { a: row.a ?? "–", b: listed(row.b.map(String)) || "–" })}</h2></div>
      <div class="side-body">
        {row !== undefined && <RowSide key={row.key} row={row} />}
        <section>
          <TextField label={t("documents.lists.reader")} value={current.value.by} onValue={putReader} hint={t("documents.aliasHint")} ltr />
          <p class="buttons"><Button kind="main" disabled={stops.value.length > 0} onClick={() => void writeDown()}>{t("documents.lists.write")}</Button></p>
          {stops.value.length > 0 && <ul class="stack small soft" id="lists-stops">{stops.value.map((one) => <li key={one}>{one}</li>)}</ul>}
          {current.value.first !== "" && <p class="note"><Icon name="hide" /><span>{t("documents.lists.blind")}</span></p>}
          <p class="buttons"><Button kind="quiet" class="small-button" onClick={() => { pairOf.value = null; }}>{t("documents.lists.later")}</Button></p>
        </section>
        <KeyLine part="lists" />
      </div>
    </>
  );
}

function RowSide({ row }: { row: Row }) {
  const lists = pairOf.value;
  if (lists === null) return null;
  const proposed = lists.proposals.find((one) => one.a === row.a)?.proposed ?? [];
  const entry = row.a === null ? lists.b.entries.find((one) => one.number === row.b[0]) : lists.a.entries.find((one) => one.number === row.a);
  const verdicts: Verdict[] = row.a === null ? ["only_b", "unsure"] : ["same", "wider", "narrower", "overlaps", "only_a", "unsure"];
  const others = lists.b.entries.filter((one) => !proposed.some((each) => each.b === one.number));
  const toggle = (of: number): void => decide(row.key, { b: row.b.includes(of) ? row.b.filter((one) => one !== of) : [...row.b, of].sort((x, y) => x - y), ...(row.verdict === "only_a" ? { verdict: "" as const } : {}) });
  return (
    <>
      <section>
        <blockquote dir="auto">{entry?.text}{entry?.translation !== undefined && entry.translation !== "" && <span class="soft"> {entry.translation}</span>}</blockquote>
        {row.a !== null && (
          <fieldset class="partners">
            <legend class="small">{t("documents.lists.partner")}</legend>
            {proposed.map((one) => <label key={one.b} class="check"><input type="checkbox" checked={row.b.includes(one.b)} onChange={() => toggle(one.b)} /><span><span class="num">{one.b}</span> <bdi>{one.text}</bdi> <span class="small soft">(<Said text={one.reasons.join("; ")} told={toldOf(one.reasons, one.told)} />)</span></span></label>)}
            {others.length > 0 && <details><summary class="small">{t("documents.lists.others", { count: others.length })}</summary>{others.map((one) => <label key={one.number} class="check"><input type="checkbox" checked={row.b.includes(one.number)} onChange={() => toggle(one.number)} /><span><span class="num">{one.number}</span> <bdi>{one.text}</bdi></span></label>)}</details>}
          </fieldset>
        )}
        <div class="verdicts" role="group" aria-label={t("documents.lists.decide")}>
          {verdicts.map((one) => <button key={one} type="button" class="button small-button" aria-pressed={row.verdict === one} onClick={() => take(row, one)}><Sign kind={signOf(one)} />{t(`documents.verdict.${one}`)}</button>)}
        </div>
        <TextField label={t("documents.lists.whyField")} value={row.why} lines={2} onValue={(why) => decide(row.key, { why })} />
      </section>
    </>
  );
}

function Signs() {
  return <ul class="stack small">{(["same", "wider", "only_a", "open"] as const).map((one) => <li key={one} class="verdict"><Sign kind={one === "open" ? "unmapped" : signOf(one)} /><span>{t(`documents.sign.${one}`)}</span></li>)}</ul>;
}
