import { useSignal } from "@preact/signals";
import { api } from "../api.ts";
import { t } from "../i18n/index.ts";
import { edit } from "../store/edit.ts";
import { during } from "../store/notices.ts";
import { inquiry } from "../store/signals.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Button, Quote, Switch } from "../ui/parts.tsx";
import { PathForm } from "../ui/path_form.tsx";

/** The user's own files on the map. */
export function LayersMenu() {
  const open = useSignal(false);
  const add = async (path: string): Promise<boolean> => {
    const reply = await during(t("layers.adding"), () => api.addLayer(path));
    if (reply === null) return false;
    const { layer } = reply;
    edit(`put ${layer.name} on the map`, (now) => ({ ...now, layers: [...now.layers.filter((old) => old.id !== layer.id), layer] }));
    return true;
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
          <PathForm label={t("layers.path")} hint={t("layers.pathHint")} onPath={add} />
        </Dialog>
      )}
    </>
  );
}
