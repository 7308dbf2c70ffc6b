/** Report: what goes out, what stops it, and the sheet as it would be written. The only way out of a case. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { addWords, language, t } from "../../i18n/index.ts";
import { caseState } from "../../store/signals.ts";
import { Button } from "../../ui/parts.tsx";
import { ClaimsOut, ItemsOut, OwnWords } from "./items.tsx";
import { SheetView } from "./sheet.tsx";
import { ask, check, checking, startReport, trouble } from "./store.ts";
import { WriteDialog } from "./write.tsx";
import ar from "./words.ar.json";
import en from "./words.en.json";
import ru from "./words.ru.json";
import zh from "./words.zh.json";
import "./report.css";

addWords({ en, ar, ru, zh });
startReport();

export { Side } from "./side.tsx";

export function Screen() {
  useEffect(() => {
    if (check.peek() !== null) void ask(); // something may have been said since
  }, []);
  const writing = useSignal(false);
  const found = check.value;
  if (found === null) return <header class="screen-head"><div class="grow"><p class="eyebrow">{t("report.eyebrow")}</p><h1>{trouble.value === null ? t("report.reading") : t("report.cannot")}</h1></div></header>;
  const stops = found.refusals.length;
  const readOnly = caseState.value?.read_only === true;
  const held = found.held_back.length;
  return (
    <>
      <header class="screen-head">
        <div class="grow">
          <p class="eyebrow"><span>{t("report.eyebrow")}</span></p>
          <h1>{found.may_go ? t("report.ready") : t("report.notReady", { count: stops })}</h1>
          <p class="lede">{t("report.lede", { claims: found.claims.length, files: found.shown.length, held })}{readOnly && ` ${t("report.readOnly")}`}</p>
        </div>
        <div class="acts">
          <Button onClick={() => print()}>{t("report.print")}</Button>
          <Button kind="main" disabled={!found.may_go || checking.value || readOnly || trouble.value !== null} aria-describedby="report-check" onClick={() => { writing.value = true; }}>{t("report.write")}</Button>
        </div>
      </header>
      <div class="body report-body" aria-busy={checking.value}>
        <div class="report-choose">
          <ClaimsOut />
          <ItemsOut />
          <OwnWords />
        </div>
        <div class="report-page" tabIndex={0} role="region" aria-label={t("report.sheet")}>
          {language.value !== "en" && <p class="report-language small soft">{t("report.language")}</p>}
          <SheetView sheet={found.sheet} draft />
        </div>
      </div>
      {writing.value && <WriteDialog onClose={() => { writing.value = false; }} />}
    </>
  );
}
