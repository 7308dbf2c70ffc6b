import { useSignal } from "@preact/signals";
import { ExportDialog } from "../panel/export.tsx";
import { language, languageNames, plain, setLanguage, t } from "../i18n/index.ts";
import { redo, undo } from "../store/edit.ts";
import { canRedo, canUndo } from "../store/history.ts";
import { busy, fail } from "../store/notices.ts";
import { closeCase } from "../store/open_case.ts";
import { caseState, saving, selectedItem } from "../store/signals.ts";
import { redacting } from "../redact/screen.tsx";
import { Button, Icon } from "../ui/parts.tsx";
import { dark, theme } from "../ui/theme.ts";
import { address, goEvent, linkTo } from "./address.ts";
import { inOwnWords } from "./calls.ts";
import { sideOpen, turnSide } from "./inspector.ts";
import { event, events } from "./overview.ts";
import { searching } from "./palette.tsx";
import { screenParts } from "./screens.ts";

export function TopBar() {
  const open = caseState.value;
  return (
    <header class="topbar">
      <p class="brand"><svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true"><circle cx="16" cy="16" r="15" class="brand-disc" /><path d="M16 4v17" class="brand-post" /><path d="M16 21 27 25.5" class="brand-shade" /></svg><span class="brand-name">Noonmark</span></p>
      {open !== null && (
        <>
          <p class="case-name"><a href={linkTo("overview")}><bdi>{plain(open.name)}</bdi></a></p>
          {events.value.length > 0 && <EventPicker />}
          <button type="button" class="search" onClick={() => { searching.value = true; }}><Icon name="search" /><span>{t("search.everything")}</span><kbd dir="ltr">Ctrl K</kbd></button>
          <p class={`save-state save-${saving.value}`} role="status">{t(`save.${saving.value}`)}</p>
          <CaseTools />
        </>
      )}
      <span class="grow" />
      {busy.value.length > 0 && <Busy />}
      <div class="toolbar">
        <label class="compact">
          <span class="unseen">{t("language")}</span>
          <select value={language.value} onChange={(event) => void setLanguage(event.currentTarget.value).catch(fail)}>
            {languageNames.map(({ code, name }) => <option key={code} value={code} lang={code} selected={code === language.value}>{name}</option>)}
          </select>
        </label>
        <Button icon={dark.value ? "sun" : "moon"} kind="quiet" bare onClick={() => { theme.value = dark.value ? "light" : "dark"; }}>{dark.value ? t("theme.light") : t("theme.dark")}</Button>
        {open !== null && <SideButton />}
        {open !== null && <Button kind="quiet" class="close-case" onClick={() => void closeCase()}>{t("case.close")}</Button>}
      </div>
    </header>
  );
}

/** Closes the inspector of a screen that has one, and brings it back. */
function SideButton() {
  const parts = screenParts(address.value.screen);
  if (typeof parts !== "object" || parts.Side === undefined) return null;
  const on = sideOpen.value;
  return <Button icon="side" turn kind="quiet" bare aria-expanded={on} aria-controls="panel" aria-keyshortcuts="Alt+0" onClick={() => turnSide(!on)}>{t("shell.side")}</Button>;
}

/** Whose answers are shown: those of one event, or of all. */
function EventPicker() {
  const now = event.value?.id ?? "";
  return (
    <label class="compact pick-event">
      <span class="unseen">{t("event.choose")}</span>
      <select value={now} onChange={(change) => goEvent(change.currentTarget.value === "" ? null : change.currentTarget.value)}>
        <option value="" selected={now === ""}>{t("event.all")}</option>
        {events.value.map((one) => <option key={one.id} value={one.id} selected={one.id === now}>{plain(inOwnWords(one.title))}</option>)}
      </select>
    </label>
  );
}

function CaseTools() {
  const exporting = useSignal(false);
  return (
    <div class="toolbar" role="toolbar" aria-label={t("case.tools")}>
      <Button icon="undo" turn kind="quiet" bare disabled={!canUndo.value} onClick={undo}>{t("undo")}</Button>
      <Button icon="redo" turn kind="quiet" bare disabled={!canRedo.value} onClick={redo}>{t("redo")}</Button>
      {address.value.screen === "footage" && selectedItem.value !== null && <Button icon="hide" kind="quiet" onClick={() => { redacting.value = selectedItem.value?.sha256 ?? null; }}>{t("redact.open")}</Button>}
      {address.value.screen === "footage" && <Button icon="export" onClick={() => { exporting.value = true; }}>{t("export.open")}</Button>}
      {exporting.value && <ExportDialog onClose={() => { exporting.value = false; }} />}
    </div>
  );
}

function Busy() {
  const last = busy.value.at(-1);
  if (last === undefined) return null;
  return (
    <p class="busy" role="status">
      <progress {...(last.share === null ? {} : { value: last.share })} max={1} aria-label={last.words} />
      <span>{last.words}</span>
    </p>
  );
}
