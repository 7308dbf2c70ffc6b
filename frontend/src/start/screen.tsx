import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { token } from "../store/connection.ts";
import { busy } from "../store/notices.ts";
import { hello } from "../store/signals.ts";
import { useFocusInWork } from "../ui/hooks.ts";
import { Button, Icon, TextField } from "../ui/parts.tsx";
import { TopBar } from "../shell/topbar.tsx";
import { asked, askWhichCase, makeCase, openPath, openSample, takeFiles } from "./enter.ts";
import { FolderPicker } from "./folders.tsx";
import { RecentCasesList } from "./recent.tsx";

/** The first screen: drop a photo, go on with a case, see the sample, make or open one; offered once it is known that no case is open. */
export function StartScreen() {
  useFocusInWork();
  useEffect(() => { if (token.value !== "") void askWhichCase(); }, []);
  return (
    <div class="start">
      <TopBar />
      <main id="main" class="start-main" tabIndex={-1} aria-busy={token.value !== "" && !asked.value}>
        <div class="start-head">
          <Emblem />
          <h1>{t("start.title")}</h1>
          <p>{t("start.what")}</p>
        </div>
        {token.value === "" ? <p class="start-none" role="alert">{t("start.noToken")}</p> : !asked.value ? <p class="busy start-asking" role="status"><progress aria-label={t("start.asking")} />{t("start.asking")}</p> : (
          <>
            <DropHere />
            <RecentCasesList />
            <Choices />
          </>
        )}
        <p class="start-foot">{t("start.foot")}</p>
      </main>
    </div>
  );
}

/** Files that are dropped or chosen make a case by themselves. */
function DropHere() {
  const over = useSignal(false);
  const begin = (files: FileList | null | undefined): void => {
    over.value = false;
    if (busy.value.length === 0) void takeFiles([...(files ?? [])]);
  };
  return (
    <label
      class={over.value ? "start-drop over" : "start-drop"} onDragOver={(event) => { event.preventDefault(); over.value = true; }}
      onDragLeave={() => { over.value = false; }} onDrop={(event) => { event.preventDefault(); begin(event.dataTransfer?.files); }}
    >
      <Icon name="photo" />
      <span class="start-drop-words"><strong>{t("start.drop")}</strong><span class="soft">{t("start.dropWhat")}</span></span>
      <span class="button button-main" aria-hidden="true">{t("start.chooseFiles")}</span>
      <input type="file" class="unseen" multiple accept="image/*,video/*" onChange={(event) => begin(event.currentTarget.files)} />
    </label>
  );
}

function Choices() {
  const open = useSignal("");
  const fresh = useSignal<string | null>(null);
  const picking = useSignal(false);
  const working = busy.value.length > 0;
  const folder = fresh.value ?? hello.value?.home ?? "";
  return (
    <div class="start-choices">
      <section class="start-choice" aria-labelledby="start-sample">
        <h2 id="start-sample">{t("start.sample")}</h2>
        <p>{t("start.sampleWhat")}</p>
        <Button kind="main" disabled={working} onClick={() => void openSample()}>{t("start.sampleOpen")}</Button>
      </section>
      <section class="start-choice" aria-labelledby="start-new">
        <h2 id="start-new">{t("start.new")}</h2>
        <p>{t("start.newWhat")}</p>
        <form onSubmit={(event) => { event.preventDefault(); void makeCase(folder.trim()); }}>
          <TextField label={t("start.folder")} value={folder} onValue={(value) => { fresh.value = value; }} ltr />
          <Button type="submit" disabled={working || folder.trim() === ""}>{t("start.newMake")}</Button>
        </form>
      </section>
      <section class="start-choice" aria-labelledby="start-open">
        <h2 id="start-open">{t("start.open")}</h2>
        <p>{t("start.openWhat")}</p>
        <form onSubmit={(event) => { event.preventDefault(); void openPath(open.value.trim()); }}>
          <TextField label={t("start.folder")} value={open.value} onValue={(value) => { open.value = value; }} ltr />
          <div class="toolbar">
            <Button type="submit" disabled={working || open.value.trim() === ""}>{t("start.openGo")}</Button>
            <Button kind="quiet" disabled={working} onClick={() => { picking.value = true; }}>{t("start.choose")}</Button>
          </div>
        </form>
      </section>
      {picking.value && <FolderPicker onClose={() => { picking.value = false; }} onChoose={(path) => { picking.value = false; void openPath(path); }} />}
    </div>
  );
}

/** A gnomon, its shadow at noon, and the year's curve of it. */
function Emblem() {
  return (
    <svg class="emblem" viewBox="0 0 240 96" width="240" height="96" aria-hidden="true" focusable="false">
      <path d="M8 78h224" class="em-soft" />
      <path d="M28 78a92 70 0 0 1 184 0" class="em-soft" />
      <path d="M52 78a68 46 0 0 1 136 0" class="em-soft" stroke-dasharray="2 4" />
      <path d="M120 78V44" class="em-ink" />
      <path d="M120 78 162.5 86" class="em-shade" />
      <circle cx="88" cy="12.4" r="7" class="em-sun" />
      <path d="M93 17.4 162.5 86" class="em-ray" />
      <path d="M104 89q30-6 88 2" class="em-soft" stroke-dasharray="2 4" />
    </svg>
  );
}
