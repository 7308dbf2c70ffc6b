import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api } from "../api.ts";
import { t } from "../i18n/index.ts";
import { during, fail } from "../store/notices.ts";
import { addAct, caseState, items } from "../store/signals.ts";
import { Button, Check, TextField } from "../ui/parts.tsx";
import { copyName, type Plan } from "./plan.ts";

/** Writes the picture or clip with its boxes, once somebody says to have looked at all of it. */
export function RedactExport({ item, plan, left }: { item: string; plan: Plan; left: number }) {
  const who = useSignal("");
  const out = useSignal("");
  const whole = useSignal(false);
  const written = useSignal<string[]>([]);
  useEffect(() => {
    const one = items.value.find((other) => other.sha256 === item);
    const folder = (caseState.value?.path ?? "").replace(/[^\\/]+[\\/]*$/, "");
    out.value = `${folder}${copyName(one?.name ?? "", one?.kind ?? "photo")}`;
  }, [item]);
  const write = async (): Promise<void> => {
    written.value = [];
    await api.redactionSave(item, plan).catch(fail);
    const reply = await during(t("redact.writing"), (progress) => api.redactionExport({ item, plan, reviewed_by: who.value.trim(), out: out.value.trim() }, { progress }));
    if (reply === null) return;
    addAct(reply.act);
    written.value = reply.written;
  };
  return (
    <form class="redact-export" onSubmit={(event) => { event.preventDefault(); void write(); }}>
      <h2>{t("redact.export")}</h2>
      <TextField label={t("redact.who")} hint={t("redact.whoHint")} value={who.value} onValue={(value) => { who.value = value; }} />
      <TextField label={t("export.out")} value={out.value} onValue={(value) => { out.value = value; }} ltr />
      <Check label={t(plan.frame_count > 1 ? "redact.whole" : "redact.wholePhoto")} on={whole.value} onTurn={(on) => { whole.value = on; }} />
      {left > 0 && <p class="warning">{t("redact.remaining", { count: left })}</p>}
      <Button type="submit" kind="main" disabled={who.value.trim() === "" || out.value.trim() === "" || !whole.value || left > 0}>{t("redact.go")}</Button>
      {written.value.length > 0 && <div role="status" class="written"><h3>{t("export.written")}</h3><ul>{written.value.map((path) => <li key={path}><code dir="ltr">{path}</code></li>)}</ul></div>}
    </form>
  );
}
