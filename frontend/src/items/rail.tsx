import { computed, useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { api, Refused, type Added } from "../api.ts";
import { faultWords } from "../i18n/faults.ts";
import { plain, t } from "../i18n/index.ts";
import { addAct, cameBack, caseState, during, forgotten, inquiry, items, refresh, selectFrame, selection, tell, waitForServer } from "../state.ts";
import type { Item } from "../types.ts";
import { Button, Dialog, Icon, TextField } from "../ui/parts.tsx";
import { thumbs, wantThumb } from "./thumbs.ts";

const PIECE = 3 * 1024 * 1024;

function base64(part: ArrayBuffer): string {
  const view = new Uint8Array(part);
  let text = "";
  for (let at = 0; at < view.length; at += 32768) text += String.fromCharCode(...view.subarray(at, at + 32768));
  return btoa(text);
}

async function took(added: Added): Promise<void> {
  addAct(added.act);
  await refresh();
  const first = added.items.find((item) => item.kind !== "other") ?? added.items[0];
  if (first !== undefined) selectFrame(first.sha256, 0);
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
          return await took(await sent(file, progress));
        } catch (error) {
          if (!(error instanceof Refused) || error.code !== "gone") throw error;
          waitForServer();
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
    if (offset + PIECE >= file.size) return { items: reply.items ?? [], refused: reply.refused ?? [], act: reply.act ?? null };
  }
}

export function Rail() {
  const adding = useSignal(false);
  const over = useSignal(false);
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    over.value = false;
    void upload([...(event.dataTransfer?.files ?? [])]);
  };
  const move = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    const buttons = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>(".item")];
    const to = buttons[buttons.indexOf(document.activeElement as HTMLElement) + step];
    if (to === undefined) return;
    event.preventDefault();
    to.focus();
  };
  return (
    <nav
      id="items" class={over.value ? "rail over" : "rail"} aria-label={t("region.items")}
      onDragOver={(event) => { event.preventDefault(); over.value = true; }} onDragLeave={() => { over.value = false; }} onDrop={drop}
    >
      <ul onKeyDown={move}>
        {items.value.map((item) => <Thumb key={item.sha256} item={item} />)}
      </ul>
      <Button icon="add" kind={items.value.length === 0 ? "main" : "quiet"} class="rail-add" onClick={() => { adding.value = true; }}>{t("items.add")}</Button>
      {adding.value && <AddItems onClose={() => { adding.value = false; }} />}
    </nav>
  );
}

/** One watcher for all of a long list: what comes into sight gets its picture. */
const watch = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    watch.unobserve(target);
    const sha = (target as HTMLElement).dataset["item"];
    if (sha !== undefined) wantThumb(sha);
  }
}, { rootMargin: "200px" });

const markedItems = computed(() => new Set(Object.values(inquiry.value.frames).flatMap((frame) => (frame.marks.mark.length > 0 ? [frame.item] : []))));

function Thumb({ item }: { item: Item }) {
  const ref = useRef<HTMLLIElement>(null);
  useEffect(() => {
    const element = ref.current;
    if (element === null || item.kind === "other") return;
    watch.observe(element);
    return () => watch.unobserve(element);
  }, [item.sha256]);
  // Each of a long list looks at its own part only: one picture that comes draws one item anew.
  const url = useComputed(() => thumbs.value[item.sha256]).value;
  const chosen = useComputed(() => selection.value.item === item.sha256).value;
  const marked = useComputed(() => markedItems.value.has(item.sha256)).value;
  const name = plain(item.name);
  return (
    <li ref={ref} data-item={item.sha256}>
      <button
        type="button" class="item" aria-current={chosen ? "true" : undefined} disabled={item.kind === "other"} title={name}
        aria-label={t(marked ? "items.nameMarked" : "items.name", { name, kind: t(`items.${item.kind}`) })} onClick={() => selectFrame(item.sha256, 0)}
      >
        {typeof url === "string" ? <img src={url} alt="" /> : <span class="item-blank"><Icon name={item.kind === "video" ? "film" : item.kind === "photo" ? "photo" : "file"} /></span>}
        {marked && <span class="item-marked" aria-hidden="true" />}
        <span class="item-name" dir="auto">{name.slice(name.lastIndexOf("/") + 1)}</span>
      </button>
    </li>
  );
}

function AddItems({ onClose }: { onClose: () => void }) {
  const path = useSignal("");
  const add = async (): Promise<void> => {
    const wanted = path.value.trim();
    if (wanted === "") return;
    const reply = await during(t("items.adding"), (progress) => api.addItems(wanted, { progress }));
    if (reply === null) return;
    onClose();
    await took(reply);
  };
  return (
    <Dialog title={t("items.add")} onClose={onClose}>
      <p class="hint">{t("items.what")}</p>
      <label class="dropzone">
        <Icon name="photo" />
        <span>{t("items.choose")}</span>
        <input type="file" multiple accept="image/*,video/*" onChange={(event) => { const files = [...(event.currentTarget.files ?? [])]; onClose(); void upload(files); }} />
      </label>
      <form class="row" onSubmit={(event) => { event.preventDefault(); void add(); }}>
        <TextField label={t("items.path")} value={path.value} onValue={(value) => { path.value = value; }} hint={t("items.pathHint", { case: caseState.value?.name ?? "" })} ltr />
        <Button type="submit" kind="main">{t("add")}</Button>
      </form>
    </Dialog>
  );
}
