/** Files that go into the case: sent in pieces, and begun again when the server was gone. */
import { acts, api, Refused, type Added } from "../api.ts";
import { faultWords } from "../i18n/faults.ts";
import { plain, t } from "../i18n/index.ts";
import { cameBack } from "../store/connection.ts";
import type { Item } from "../types.ts";
import { during, reportServerGone, tell } from "../store/notices.ts";
import { refresh } from "../store/open_case.ts";
import { addAct, forgotten, selectFrame, selection } from "../store/signals.ts";
import { address } from "../shell/address.ts";

const PIECE = 3 * 1024 * 1024;

function base64(part: ArrayBuffer): string {
  const view = new Uint8Array(part);
  let text = "";
  for (let at = 0; at < view.length; at += 32768) text += String.fromCharCode(...view.subarray(at, at + 32768));
  return btoa(text);
}

/** The pictures and clips that are pasted anywhere but into a field. */
export function pasted(event: ClipboardEvent): File[] {
  const files = [...(event.clipboardData?.files ?? [])].filter((file) => /^(image|video)\//.test(file.type));
  if ((event.target as HTMLElement | null)?.closest("input, textarea") != null) return [];
  // Browsers call every pasted picture "image.png": the time tells them apart.
  const now = new Date().toISOString().slice(0, 19).replace(/:/g, "-");
  return files.map((file, index) => new File([file], `pasted ${now}${files.length > 1 ? ` ${index + 1}` : ""}.${file.type.split("/")[1]?.replace(/[^a-z0-9]/g, "") ?? "png"}`, { type: file.type }));
}

const MOST_NAMED = 3;
const named = (found: Item[]): string => `${found.slice(0, MOST_NAMED).map((one) => plain(one.name)).join(", ")}${found.length > MOST_NAMED ? ", …" : ""}`;

/** Says what came in and can't be seen: another screen is looked at, or it has no picture. */
function tellAdded(found: Item[]): void {
  const { screen } = address.peek();
  const others = found.filter((one) => one.kind === "other");
  if (screen !== "footage" && found.length > 0) tell("done", t("items.taken", { name: named(found) }));
  else if (others.length > 0) tell("warn", t("items.keptOther", { name: named(others) }));
}

/** Shows what was added: the new items, the first of them on the stage, and why others were refused. */
export async function takeAdded(added: Added): Promise<void> {
  addAct(added.act);
  await refresh();
  const first = added.items.find((item) => item.kind !== "other") ?? (selection.peek().item === null ? added.items[0] : undefined);
  if (first !== undefined) selectFrame(first.sha256, 0);
  tellAdded(added.items);
  for (const refused of added.refused) {
    tell("warn", t("items.refused", { name: plain(String(refused.name ?? refused.path ?? "")), why: faultWords({ code: String(refused.code ?? ""), message: String(refused.message ?? ""), hint: null }).text }));
  }
}

/** A file goes over in pieces; the server keeps it when the last has come. */
export async function upload(files: readonly File[]): Promise<void> {
  const here = forgotten.peek();
  for (const file of files) {
    if (forgotten.peek() !== here) return; // the case was closed: what is left is not for the next one
    await during(t("items.uploading", { name: plain(file.name) }), async (progress) => {
      for (;;) {
        try {
          return await takeAdded(await sent(file, progress));
        } catch (error) {
          if (!(error instanceof Refused) || error.code !== "gone") throw error;
          reportServerGone();
          await cameBack(); // and begin again: a server that was started anew knows nothing of the pieces
        }
      }
    });
  }
}

async function sent(file: File, progress: (share: number, words: string) => void): Promise<Added> {
  const id = crypto.randomUUID();
  for (let offset = 0; ; offset += PIECE) {
    const data = base64(await file.slice(offset, offset + PIECE).arrayBuffer());
    const reply = await api.uploadPiece({ name: file.name, upload: id, offset, total: file.size, data });
    progress(Math.min(1, (offset + PIECE) / Math.max(1, file.size)), "");
    if (offset + PIECE < file.size) continue;
    acts.value += 1;
    return { items: reply.items ?? [], refused: reply.refused ?? [], act: reply.act ?? null };
  }
}
