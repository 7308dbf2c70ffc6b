import { useSignal } from "@preact/signals";
import { api } from "../api.ts";
import { t, type Key } from "../i18n/index.ts";
import { go } from "../shell/address.ts";
import { flush } from "../store/autosave.ts";
import { during } from "../store/notices.ts";
import { addAct, caseState, document_ } from "../store/signals.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Button, TextField } from "../ui/parts.tsx";

const kinds = ["report", "kmz", "geojson", "geotiff", "all"] as const;
type What = (typeof kinds)[number];
const ending: Record<What, string> = { report: "-report.html", kmz: ".kmz", geojson: ".geojson", geotiff: ".tif", all: "-answer" };

/** Writes the answer where the user says. The case itself leaves by the screen of the report alone. */
export function ExportDialog({ onClose }: { onClose: () => void }) {
  const base = (caseState.value?.path ?? "").replace(/[\\/]+$/, "");
  const what = useSignal<What>("report");
  const out = useSignal(`${base}${ending.report}`);
  const own = useSignal(false);
  const force = useSignal(false);
  const done = useSignal<{ written: string[] } | null>(null);
  const working = useSignal(false);
  const choose = (next: What): void => {
    what.value = next;
    done.value = null;
    if (!own.value) out.value = `${base}${ending[next]}`;
  };
  const write = async (): Promise<void> => {
    working.value = true;
    done.value = null;
    await flush();
    const document = document_.value.clue.length > 0 ? document_.value : undefined;
    const reply = await during(t("export.writing"), (progress) => api.export(what.value, out.value.trim(), document, force.value, { progress }));
    working.value = false;
    if (reply === null) return;
    addAct(reply.act);
    done.value = { written: reply.written };
  };
  const nothing = document_.value.clue.length === 0;
  const toReport = (): void => {
    onClose();
    go("report");
  };
  return (
    <Dialog title={t("export.title")} onClose={onClose} wide>
      <div class="note">
        <p>{t("export.toReport.what")}</p>
        <Button kind="main" onClick={toReport}>{t("export.toReport")}</Button>
      </div>
      <form class="export" onSubmit={(event) => { event.preventDefault(); void write(); }}>
        <fieldset>
          <legend>{t("export.what")}</legend>
          {kinds.map((kind) => (
            <label key={kind} class="option">
              <input type="radio" name="export" value={kind} checked={what.value === kind} onChange={() => choose(kind)} />
              <span><strong>{t(`export.${kind}` as Key)}</strong><span class="hint">{t(`export.${kind}.what` as Key)}</span></span>
            </label>
          ))}
        </fieldset>
        <TextField label={t("export.out")} value={out.value} onValue={(value) => { out.value = value; own.value = true; }} ltr hint={t("export.outHint")} />
        <label class="check"><input type="checkbox" checked={force.value} onChange={(event) => { force.value = event.currentTarget.checked; }} /> {t("export.force")}</label>
        {nothing && <p class="hint">{t("export.nothing")}</p>}
        <div class="form-acts"><Button type="submit" kind="main" disabled={working.value || nothing || out.value.trim() === ""}>{working.value ? t("export.writing") : t("export.go")}</Button></div>
      </form>
      {done.value !== null && (
        <section class="written" role="status">
          <h3>{t("export.written")}</h3>
          <ul>{done.value.written.map((path) => <li key={path}><code dir="ltr">{path}</code></li>)}</ul>
        </section>
      )}
    </Dialog>
  );
}
