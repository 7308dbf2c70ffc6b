import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { plain, t } from "../i18n/index.ts";
import { calls, type FolderList } from "../shell/calls.ts";
import { fail } from "../store/notices.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Button } from "../ui/parts.tsx";

/** Choosing the folder of a case without typing. */
export function FolderPicker({ onClose, onChoose }: { onClose: () => void; onChoose: (path: string) => void }) {
  const shown = useSignal<FolderList | null>(null);
  const look = (path: string | null): void => void calls.folders(path).then((found) => { shown.value = found; }).catch(fail);
  useEffect(() => look(null), []);
  const here = shown.value;
  return (
    <Dialog title={t("start.chooseFolder")} onClose={onClose}>
      <p class="mono" dir="ltr" role="status">{plain(here?.path ?? "")}</p>
      {here?.parent != null && <Button icon="prev" turn kind="quiet" onClick={() => look(here.parent)}>{t("start.folderUp")}</Button>}
      <ul class="list folder-list" aria-label={t("start.folders")}>
        {here?.folders.map((one) => (
          <li key={one.path}>
            <span class="grow"><button type="button" class="link" onClick={() => (one.case ? onChoose(one.path) : look(one.path))}><bdi>{plain(one.name)}</bdi></button></span>
            {one.case && <span class="chip chip-good">{t("start.isCase")}</span>}
          </li>
        ))}
      </ul>
      {here !== null && here.folders.length === 0 && <p class="soft">{t("start.noFolder")}</p>}
      {here?.case === true && <Button kind="main" onClick={() => onChoose(here.path)}>{t("start.openGo")}</Button>}
    </Dialog>
  );
}
