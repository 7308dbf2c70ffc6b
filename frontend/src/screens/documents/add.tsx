/** A document added: a file of this computer, or a photo that the case has; its text is read at once. */
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { t } from "../../i18n/index.ts";
import { upload } from "../../items/upload.ts";
import { during, tell } from "../../store/notices.ts";
import { items } from "../../store/signals.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Button, Choice, TextField } from "../../ui/parts.tsx";
import { documents } from "./api.ts";
import { listed, openDocument, reload } from "./state.ts";

/** Sends files into the case; their digests, also of those that the case has already under the same name and size. */
export async function taken(files: readonly File[]): Promise<string[]> {
  const before = new Set(items.peek().map((one) => one.sha256));
  await upload(files);
  const fresh = items.peek().filter((one) => !before.has(one.sha256));
  const known = files.filter((file) => !fresh.some((one) => one.name === file.name)).flatMap((file) => items.peek().filter((one) => one.name === file.name && one.bytes === file.size).slice(0, 1));
  return [...fresh, ...known].map((one) => one.sha256);
}

export function AddDialog({ onClose }: { onClose: () => void }) {
  const photo = useSignal("");
  const ocr = useSignal("");
  const wrong = useSignal<string | null>(null);
  const picked = useRef<File[]>([]);
  const photos = items.value.filter((one) => one.kind === "photo" && !listed.value.some((row) => row.sha256 === one.sha256));
  const add = async (): Promise<void> => {
    if (photo.value !== "" && ocr.value.trim() === "") return void (wrong.value = t("documents.add.ocrMissing"));
    const shas = photo.value !== "" ? [photo.value] : await taken(picked.current);
    if (shas.length === 0) return void (wrong.value = t("documents.add.nothing"));
    onClose();
    for (const sha of shas) {
      const told = await during(t("documents.reading"), (progress) => documents.read(sha, ocr.value.trim(), { progress }));
      const error = told?.documents[0]?.error;
      if (error != null) tell("warn", error.message, { hint: error.hint, lang: "en" });
    }
    await reload();
    const first = shas.find((sha) => listed.peek().some((row) => row.sha256 === sha));
    if (first !== undefined) openDocument(first);
  };
  return (
    <Dialog title={t("documents.add")} onClose={onClose}>
      <form class="stack" onSubmit={(event) => { event.preventDefault(); void add(); }}>
        <div class="field">
          <label for="add-file">{t("documents.add.file")}</label>
          <input id="add-file" type="file" multiple onChange={(event) => { picked.current = [...(event.currentTarget.files ?? [])]; wrong.value = null; }} />
          <p class="hint">{t("documents.add.what")}</p>
        </div>
        {photos.length > 0 && <Choice label={t("documents.add.photo")} value={photo.value} options={[{ value: "", label: t("documents.add.noPhoto") }, ...photos.map((one) => ({ value: one.sha256, label: one.name }))]} onValue={(value) => { photo.value = value; wrong.value = null; }} />}
        <TextField label={t("documents.unread.ocr")} value={ocr.value} onValue={(text) => { ocr.value = text; wrong.value = null; }} hint={t("documents.unread.ocrHint")} error={wrong.value ?? undefined} ltr />
        <p class="buttons"><Button type="submit" kind="main">{t("documents.add.say")}</Button></p>
      </form>
    </Dialog>
  );
}
