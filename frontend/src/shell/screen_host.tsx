import { t } from "../i18n/index.ts";
import { useFocusInWork } from "../ui/hooks.ts";
import { Button } from "../ui/parts.tsx";
import { address } from "./address.ts";
import { sideOpen } from "./inspector.ts";
import { load, screenParts } from "./screens.ts";

/** The screen that the address names, in the middle, and what it has for the inspector on the right. */
export function ScreenHost() {
  const { screen } = address.value;
  const parts = screenParts(screen);
  useFocusInWork(screen, parts);
  const ready = typeof parts === "object" ? parts : null;
  return (
    <>
      <main id="main" class="main" tabIndex={-1} aria-busy={parts === "coming"}>
        {ready !== null ? <ready.Screen key={screen} /> : <h1 class="unseen">{t(`screen.${screen}`)}</h1>}
        {parts === "missing" && <section class="empty"><h2>{t(`screen.${screen}`)}</h2><p>{t("shell.missing")}</p></section>}
        {parts === "failed" && (
          <section class="empty" role="alert">
            <h2>{t(`screen.${screen}`)}</h2>
            <p>{t("shell.failed")}</p>
            <Button kind="main" onClick={() => void load(screen)}>{t("server.tryAgain")}</Button>
          </section>
        )}
      </main>
      {ready?.Side !== undefined && sideOpen.value && <aside id="panel" class="side" tabIndex={-1} aria-label={t("shell.side")}><ready.Side key={screen} /></aside>}
    </>
  );
}
