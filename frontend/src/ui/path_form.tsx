import { useSignal } from "@preact/signals";
import { t } from "../i18n/index.ts";
import { Button, TextField } from "./parts.tsx";

/** A path of this machine to be added; the field is emptied when `onPath` says that it was. */
export function PathForm({ label, hint, onPath }: { label: string; hint: string; onPath: (path: string) => Promise<boolean> }) {
  const path = useSignal("");
  const add = async (): Promise<void> => {
    const wanted = path.value.trim();
    if (wanted !== "" && (await onPath(wanted))) path.value = "";
  };
  return (
    <form class="row" onSubmit={(event) => { event.preventDefault(); void add(); }}>
      <TextField label={label} value={path.value} onValue={(value) => { path.value = value; }} hint={hint} ltr />
      <Button type="submit" kind="main">{t("add")}</Button>
    </form>
  );
}
