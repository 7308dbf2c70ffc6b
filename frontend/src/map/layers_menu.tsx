import { useSignal } from "@preact/signals";
import { api } from "../api.ts";
import { t } from "../i18n/index.ts";
import { during, edit, inquiry } from "../state.ts";
import { Button, Dialog, Quote, Switch, TextField } from "../ui/parts.tsx";

/** The user's own files on the map. */
export function LayersMenu() {
  const open = useSignal(false);
  const path = useSignal("");
  const add = async (): Promise<void> => {
    const wanted = path.value.trim();
    if (wanted === "") return;
    const reply = await during(t("layers.adding"), () => api.addLayer(wanted));
    if (reply === null) return;
    path.value = "";
    const { layer } = reply;
    edit(`put ${layer.name} on the map`, (now) => ({ ...now, layers: [...now.layers.filter((old) => old.id !== layer.id), layer] }));
  };
  return (
    <>
      <Button icon="layers" kind="quiet" bare onClick={() => { open.value = true; }}>{t("layers.title")}</Button>
      {open.value && (
        <Dialog title={t("layers.title")} onClose={() => { open.value = false; }}>
          <p class="hint">{t("layers.what")}</p>
          <p class="hint">{t("map.credit")}</p>
          <ul class="layers">
            {inquiry.value.layers.map((layer) => (
              <li key={layer.id}>
                <Switch
                  label={layer.name} on={layer.shown}
                  onTurn={(shown) => edit(shown ? `showed ${layer.name} on the map` : `hid ${layer.name} on the map`, (now) => ({ ...now, layers: now.layers.map((old) => (old.id === layer.id ? { ...old, shown } : old)) }))}
                />
                <span class="soft"><Quote>{layer.kind}</Quote></span>
                <Button icon="bin" kind="quiet" bare onClick={() => edit(`took ${layer.name} off the map`, (now) => ({ ...now, layers: now.layers.filter((old) => old.id !== layer.id) }))}>{t("remove")}</Button>
              </li>
            ))}
          </ul>
          <form class="row" onSubmit={(event) => { event.preventDefault(); void add(); }}>
            <TextField label={t("layers.path")} value={path.value} onValue={(value) => { path.value = value; }} hint={t("layers.pathHint")} ltr />
            <Button type="submit" kind="main">{t("add")}</Button>
          </form>
        </Dialog>
      )}
    </>
  );
}
