import { computed, useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { api } from "../api.ts";
import { plain, t } from "../i18n/index.ts";
import { during } from "../store/notices.ts";
import { caseState, inquiry, items, selectFrame, selection } from "../store/signals.ts";
import type { Item } from "../types.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Button, Icon } from "../ui/parts.tsx";
import { PathForm } from "../ui/path_form.tsx";
import { thumbs, wantThumb } from "./thumbs.ts";
import { takeAdded, upload } from "./upload.ts";

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
      id="items" class={over.value ? "item-rail over" : "item-rail"} aria-label={t("region.items")}
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
  const add = async (path: string): Promise<boolean> => {
    const reply = await during(t("items.adding"), (progress) => api.addItems(path, { progress }));
    if (reply === null) return false;
    onClose();
    await takeAdded(reply);
    return true;
  };
  return (
    <Dialog title={t("items.add")} onClose={onClose}>
      <p class="hint">{t("items.what")}</p>
      <label class="dropzone">
        <Icon name="photo" />
        <span>{t("items.choose")}</span>
        <input type="file" multiple accept="image/*,video/*" onChange={(event) => { const files = [...(event.currentTarget.files ?? [])]; onClose(); void upload(files); }} />
      </label>
      <PathForm label={t("items.path")} hint={t("items.pathHint", { case: caseState.value?.name ?? "" })} onPath={add} />
    </Dialog>
  );
}
