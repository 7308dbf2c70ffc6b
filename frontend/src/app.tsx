import { useEffect } from "preact/hooks";
import { t } from "./i18n/index.ts";
import { redacting, RedactScreen } from "./redact/screen.tsx";
import { address } from "./shell/address.ts";
import { Dock } from "./shell/dock.tsx";
import { shellKey } from "./shell/keys.ts";
import { KeysHelp, showingKeys } from "./shell/keys_help.tsx";
import { Palette, searching } from "./shell/palette.tsx";
import { sideOpen } from "./shell/inspector.ts";
import { ScreenRail } from "./shell/rail.tsx";
import { ScreenHost } from "./shell/screen_host.tsx";
import { TopBar } from "./shell/topbar.tsx";
import { pasted } from "./items/upload.ts";
import { takeFiles } from "./start/enter.ts";
import { StartScreen } from "./start/screen.tsx";
import { dialogs } from "./ui/dialog.tsx";
import { Notices } from "./ui/notices.tsx";
import { unsaved } from "./store/autosave.ts";
import { caseState, hello, saving } from "./store/signals.ts";

export function App() {
  useEffect(() => {
    const keys = (event: KeyboardEvent): void => {
      if (shellKey(event)) {
        event.preventDefault();
        event.stopPropagation();
      }
    };
    // A file dropped beside its place must not take the page away.
    const over = (event: DragEvent): void => event.preventDefault();
    const drop = (event: DragEvent): void => {
      if (event.defaultPrevented) return;
      event.preventDefault();
      void takeFiles([...(event.dataTransfer?.files ?? [])]);
    };
    const paste = (event: ClipboardEvent): void => {
      const files = pasted(event);
      if (files.length > 0) event.preventDefault();
      void takeFiles(files);
    };
    const leave = (event: BeforeUnloadEvent): void => {
      if (saving.value === "unsaved" || unsaved()) event.preventDefault();
    };
    const stop = new AbortController();
    const { signal } = stop;
    document.addEventListener("keydown", keys, { signal, capture: true });
    document.addEventListener("dragover", over, { signal });
    document.addEventListener("drop", drop, { signal });
    document.addEventListener("paste", paste, { signal });
    addEventListener("beforeunload", leave, { signal });
    return () => stop.abort();
  }, []);
  return (
    <>
      <a class="skip" href="#main">{t("skip.main")}</a>
      {caseState.value !== null && redacting.value === null && sideOpen.value && <a class="skip" href="#panel">{t("skip.panel")}</a>}
      {dialogs.value === 0 && <Notices />}
      {caseState.value === null && !looksAtSite() ? <StartScreen /> : redacting.value !== null ? <RedactScreen item={redacting.value} /> : <Shell />}
    </>
  );
}

/** A site is looked at without a case where none was asked for (`noonmark sites look`). */
const looksAtSite = (): boolean => hello.value !== null && hello.value.case === null && address.value.screen === "sites" && address.value.rest.length > 0;

function Shell() {
  return (
    <div class={`app screen-${address.value.screen}`}>
      <TopBar />
      <ScreenRail />
      <ScreenHost />
      {address.value.screen !== "footage" && <Dock />}
      {searching.value && <Palette />}
      {showingKeys.value && <KeysHelp />}
    </div>
  );
}
