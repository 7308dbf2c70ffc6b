import { computed, signal, useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { api } from "../api.ts";
import { plain, t } from "../i18n/index.ts";
import { event, events } from "../shell/overview.ts";
import { during } from "../store/notices.ts";
import { caseState, inquiry, items, selectFrame, selection } from "../store/signals.ts";
import type { Item } from "../types.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Button, Icon } from "../ui/parts.tsx";
import { useSize } from "../ui/hooks.ts";
import { PathForm } from "../ui/path_form.tsx";
import { halves, otherHalf } from "./live_photos.ts";
import { inOrder } from "./order.ts";
import { thumbs, wantThumb } from "./thumbs.ts";
import { takeAdded, upload } from "./upload.ts";
import { holdsWords, MANY, needsRows, ROW_PX, rowsInSight, scrollTo } from "./window.ts";

export function Rail() {
  const adding = useSignal(false);
  const over = useSignal(false);
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    over.value = false;
    void upload([...(event.dataTransfer?.files ?? [])]);
  };
  const [rail, size] = useSize<HTMLElement>();
  const scroll = useSignal(0);
  const list = listed.value;
  const many = list.length > MANY && size.width > 0 && size.width < WIDEST_RAIL_PX;
  const [first, end] = many ? rowsInSight(scroll.value, size.height, list.length) : [0, list.length];
  const focusRow = (row: number): void => {
    const element = rail.current;
    if (element === null) return;
    if (many) element.scrollTop = scrollTo(row, element.scrollTop, size.height);
    scroll.value = element.scrollTop;
    requestAnimationFrame(() => element.querySelector<HTMLElement>(`[data-item="${list[row]?.sha256 ?? ""}"] .item`)?.focus());
  };
  const move = (event: KeyboardEvent): void => {
    const able = list.flatMap((item, row) => (item.kind === "other" ? [] : [row]));
    const focused = (document.activeElement?.closest("[data-item]") as HTMLElement | null)?.dataset["item"];
    const at = able.findIndex((row) => list[row]?.sha256 === focused);
    const to = able[{ ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: able.length - 1 }[event.key] ?? -1];
    if (to === undefined) return;
    event.preventDefault();
    focusRow(to);
  };
  return (
    <nav
      id="items" ref={rail} class={`item-rail${over.value ? " over" : ""}${many ? " item-rail-many" : ""}`} aria-label={t("region.items")}
      onScroll={(event) => { if (needsRows(event.currentTarget.scrollTop, scroll.peek())) scroll.value = event.currentTarget.scrollTop; }}
      onDragOver={(event) => { event.preventDefault(); over.value = true; }} onDragLeave={() => { over.value = false; }} onDrop={drop}
    >
      {items.value.length > MOST_UNFILTERED && <ItemFilter />}
      <ul onKeyDown={move} style={many ? { paddingBlockStart: `${first * ROW_PX}px`, paddingBlockEnd: `${(list.length - end) * ROW_PX}px` } : {}}>
        {list.slice(first, end).map((item) => <Thumb key={item.sha256} item={item} />)}
      </ul>
      {listed.value.length === 0 && items.value.length > 0 && <p class="tiny soft">{t("items.noneSuch")}</p>}
      <Button icon="add" kind={items.value.length === 0 ? "main" : "quiet"} class="rail-add" onClick={() => { adding.value = true; }}>{t("items.add")}</Button>
      {adding.value && <AddItems onClose={() => { adding.value = false; }} />}
    </nav>
  );
}

/** A wider list runs across, not down (narrow screens). */
const WIDEST_RAIL_PX = 200;

/** So many are found by looking. */
const MOST_UNFILTERED = 8;
const KINDS = ["all", "photo", "video", "marked", "unmarked", "event"] as const;
type ItemKind = (typeof KINDS)[number];
const wantedKind = signal<ItemKind>("all");
const wantedName = signal("");

const ordered = computed<Item[]>(() => inOrder(items.value, events.value, inquiry.value.frames));

/** The items that the filter lets through; while there are few, all of them. */
const listed = computed<Item[]>(() => {
  const kind = items.value.length > MOST_UNFILTERED ? wantedKind.value : "all";
  const name = items.value.length > MOST_UNFILTERED ? wantedName.value.trim() : "";
  const ofEvent = new Set(event.value?.items ?? []);
  const lets = (item: Item): boolean =>
    kind === "all" || (kind === "event" ? ofEvent.has(item.sha256) : kind === "marked" || kind === "unmarked" ? markedItems.value.has(item.sha256) === (kind === "marked") : item.kind === kind);
  return ordered.value.filter((item) => lets(item) && holdsWords(item.name, name));
});

/** The one item of the list that Tab reaches: the chosen one, or the first. */
const tabStop = computed(() => {
  const shown = listed.value.filter((item) => item.kind !== "other");
  return (shown.find((item) => item.sha256 === selection.value.item) ?? shown[0])?.sha256;
});

function ItemFilter() {
  return (
    <div class="item-filter" role="search" aria-label={t("items.filter")}>
      <input type="text" dir="auto" aria-label={t("items.filterName")} placeholder={t("items.filterName")} value={wantedName.value} onInput={(change) => { if (!(change as InputEvent).isComposing) wantedName.value = change.currentTarget.value; }} onCompositionEnd={(change) => { wantedName.value = change.currentTarget.value; }} />
      <select aria-label={t("items.filterKind")} value={wantedKind.value} onChange={(change) => { wantedKind.value = change.currentTarget.value as ItemKind; }}>
        {KINDS.filter((kind) => kind !== "event" || event.value !== null).map((kind) => <option key={kind} value={kind} selected={kind === wantedKind.value}>{t(`items.only.${kind}`)}</option>)}
      </select>
      <p class="tiny soft" role="status">{t("items.shown", { shown: listed.value.length, count: items.value.length })}</p>
    </div>
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
  const reached = useComputed(() => tabStop.value === item.sha256).value;
  const chosen = useComputed(() => selection.value.item === item.sha256).value;
  const marked = useComputed(() => markedItems.value.has(item.sha256)).value;
  const pair = useComputed(() => {
    const half = otherHalf(item.sha256, halves.value);
    return half === null ? undefined : items.value.find((other) => other.sha256 === half); // a long list is looked through for a pair alone
  }).value;
  const name = plain(item.name);
  const paired = pair === undefined ? "" : t("items.livePhotoWith", { name: plain(pair.name) });
  return (
    <li ref={ref} data-item={item.sha256}>
      <button
        type="button" class="item" tabIndex={reached ? 0 : -1} aria-current={chosen ? "true" : undefined} disabled={item.kind === "other"} title={paired === "" ? name : `${name}\n${paired}`}
        aria-label={[t(marked ? "items.nameMarked" : "items.name", { name, kind: t(`items.${item.kind}`) }), paired].filter((text) => text !== "").join(". ")} onClick={() => selectFrame(item.sha256, 0)}
      >
        {typeof url === "string" ? <img src={url} alt="" /> : <span class="item-blank"><Icon name={item.kind === "video" ? "film" : item.kind === "photo" ? "photo" : "file"} /></span>}
        {marked && <span class="item-marked" aria-hidden="true" />}
        {pair !== undefined && <span class="item-pair" aria-hidden="true" />}
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
