/** What goes out: which claims, and one choice for each file. */
import { useSignal } from "@preact/signals";
import { language, t } from "../../i18n/index.ts";
import { items } from "../../store/signals.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Button, Check, Quote, TextField } from "../../ui/parts.tsx";
import type { Choice, Row } from "./api.ts";
import { addItems, check, chooseItem, chosen, put } from "./store.ts";

const alias = (text: string): string => text.split("-").map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join(" ");

export function ClaimsOut() {
  const every = check.value?.every_claim ?? [];
  if (every.length === 0) return null;
  const turn = (id: string, on: boolean): void => {
    const now = every.filter((one) => (one.id === id ? on : one.chosen)).map((one) => one.id);
    put({ claims: now.length === every.length ? null : now });
  };
  return (
    <section class="card" aria-labelledby="report-claims">
      <div class="card-head"><h2 id="report-claims">{t("report.claims")}</h2><span class="small soft">{t("report.ofAll", { count: every.filter((one) => one.chosen).length, all: every.length })}</span></div>
      <ul class="list">
        {every.map((one) => {
          const text = one.text[language.value] ?? one.text["en"] ?? Object.values(one.text)[0] ?? "";
          return <li key={one.id}><div class="grow"><Check label={text ?? ""} on={one.chosen} onTurn={(on) => turn(one.id, on)} /></div></li>;
        })}
      </ul>
    </section>
  );
}

export function ItemsOut() {
  const rows = check.value?.items ?? [];
  const adding = useSignal(false);
  return (
    <section class="card" aria-labelledby="report-items">
      <div class="card-head">
        <h2 id="report-items">{t("report.items")}</h2>
        <Button icon="plus" onClick={() => { adding.value = true; }}>{t("report.addFiles")}</Button>
      </div>
      {rows.length === 0 ? <p class="card-body soft">{t("report.noItems")}</p> : <ul class="list">{rows.map((row) => <ItemRow key={row.sha256} row={row} />)}</ul>}
      {adding.value && <AddFiles onClose={() => { adding.value = false; }} />}
    </section>
  );
}

const giveWhy: readonly Choice[] = ["words", "no_pixels", "withheld"];

function ItemRow({ row }: { row: Row }) {
  const own = chosen.value.items[row.sha256];
  const title = row.source === "" ? row.name : alias(row.source);
  return (
    <li class="report-item" data-as={row.as}>
      <div class="grow">
        <p><Quote>{title}</Quote></p>
        <p class="small soft">
          {row.source !== "" && <><Quote>{row.name}</Quote>{" · "}</>}
          {t(`report.kind.${row.kind}`)}
          {row.told > 0 && <>{" · "}{t("report.told", { count: row.told })}</>}
        </p>
        {own !== undefined && giveWhy.includes(own.as) && (
          <TextField label={t("report.why")} value={own.why ?? ""} placeholder={t(`report.why.${own.as}`)} onValue={(why) => chooseItem(row.sha256, own.as, why)} />
        )}
      </div>
      <select class={`report-choice is-${row.as}`} aria-label={t("report.choiceOf", { name: title })} value={row.as} onChange={(event) => chooseItem(row.sha256, event.currentTarget.value as Choice)}>
        {row.options.map((one) => <option key={one} value={one} selected={one === row.as}>{t(`report.as.${one}`)}</option>)}
        {!row.options.includes(row.as) && <option value={row.as} selected>{t(`report.as.${row.as}`)}</option>}
      </select>
    </li>
  );
}

const MOST_LISTED = 200;

function AddFiles({ onClose }: { onClose: () => void }) {
  const words = useSignal("");
  const marked = useSignal<ReadonlySet<string>>(new Set());
  const listed = new Set(check.value?.items.map((row) => row.sha256));
  const copies = new Set(Object.values(check.value?.copies ?? {}).flat());
  const found = items.value.filter((one) => !listed.has(one.sha256) && !copies.has(one.sha256) && one.name.toLowerCase().includes(words.value.trim().toLowerCase()));
  const turn = (sha256: string, on: boolean): void => {
    marked.value = new Set(on ? [...marked.value, sha256] : [...marked.value].filter((one) => one !== sha256));
  };
  const add = (): void => {
    addItems(items.value.filter((one) => marked.value.has(one.sha256)));
    onClose();
  };
  return (
    <Dialog title={t("report.addFiles")} onClose={onClose}>
      <form class="report-form" onSubmit={(event) => { event.preventDefault(); add(); }}>
        <TextField label={t("report.find")} value={words.value} onValue={(value) => { words.value = value; }} />
        <div class="report-found">
          {found.slice(0, MOST_LISTED).map((one) => <Check key={one.sha256} label={one.name} on={marked.value.has(one.sha256)} onTurn={(on) => turn(one.sha256, on)} />)}
          {found.length === 0 && <p class="small soft">{t("report.findNone")}</p>}
        </div>
        <div class="form-acts"><Button type="submit" kind="main" disabled={marked.value.size === 0}>{t("report.add", { count: marked.value.size })}</Button></div>
      </form>
    </Dialog>
  );
}

export function OwnWords() {
  return (
    <section class="card" aria-labelledby="report-words">
      <div class="card-head"><h2 id="report-words">{t("report.words")}</h2></div>
      <div class="card-body report-form">
        <TextField label={t("report.title")} value={chosen.value.title} onValue={(title) => put({ title })} />
        <TextField label={t("report.text")} hint={t("report.textHint")} value={chosen.value.text} onValue={(text) => put({ text })} lines={5} />
      </div>
    </section>
  );
}
