/** What the Sites screen shows: the site, one feature of it, one image, and the image it is held against. */
import { computed, signal } from "@preact/signals";
import { fail } from "../../store/notices.ts";
import { address, stay } from "../../shell/address.ts";
import { keepReading, listSites, siteView, type Cell, type Reading, type SiteEvent, type SiteImage, type SiteRow, type SiteView } from "./api.ts";
import { dropPictures } from "./pictures.ts";

export const sites = signal<SiteRow[] | null>(null);
export const view = signal<SiteView | null>(null);
export const problem = signal<unknown>(null);
export const reader = signal({ by: sessionStorage.getItem("noonmark-reader") ?? "", stage: "visible", blind: false });
/** The image held against the chosen one; null: the one before it. */
export const against = signal<string | null>(null);
export const laying = signal<"beside" | "swipe" | "blink">("beside");
/** In blink: whether the earlier of the two is shown. */
export const blinked = signal(false);
/** Where the edge between two swiped images lies, as a share of the width. */
export const edge = signal(0.5);
export const zoom = signal(1);
/** What a half-made reading still needs. */
export const asking = signal<"why" | "could" | null>(null);
export const saving = signal(false);

export const siteId = computed(() => address.value.screen === "sites" ? address.value.rest[0] ?? null : null);
export const feature = computed(() => {
  const known = view.value?.features ?? [];
  const wanted = address.value.rest[2];
  return known.find((one) => one.name === wanted) ?? known[0] ?? null;
});
export const image = computed<SiteImage | null>(() => {
  const known = view.value?.images ?? [];
  const wanted = address.value.rest[1];
  return known.find((one) => one.id === wanted) ?? firstUnread(feature.value?.name ?? "") ?? known.at(-1) ?? null;
});
export const other = computed<SiteImage | null>(() => {
  const known = view.value?.images ?? [];
  const now = image.value;
  if (now === null || view.value?.blind === true) return null;
  const wanted = known.find((one) => one.id === against.value && one !== now);
  const at = known.indexOf(now);
  return wanted ?? known[at - 1] ?? known[at + 1] ?? null;
});
/** The two images that are laid over each other, the earlier first. */
export const pair = computed<[SiteImage, SiteImage] | null>(() => {
  const [one, two] = [other.value, image.value];
  if (one === null || two === null) return null;
  const known = view.value?.images ?? [];
  return known.indexOf(one) < known.indexOf(two) ? [one, two] : [two, one];
});

const cells = computed(() => new Map((view.value?.cells ?? []).map((cell) => [`${cell.image} ${cell.feature}`, cell])));
export const cellOf = (image: string, feature: string): Cell | undefined => cells.value.get(`${image} ${feature}`);
export const ownReading = (image: string, feature: string): Reading | undefined =>
  view.value?.readings.findLast((one) => one.image === image && one.feature === feature && one.by === view.value?.by);
export const eventsOf = (feature: string): SiteEvent[] =>
  (view.value?.events ?? []).filter((one) => one.feature === feature && one.stage === view.value?.stage);

/** The first image in which this reader has not read the feature. */
export function firstUnread(feature: string): SiteImage | null {
  const now = view.value;
  if (now === null) return null;
  const read = new Set(now.readings.filter((one) => one.by === now.by && one.feature === feature).map((one) => one.image));
  return now.images.find((one) => !read.has(one.id)) ?? null;
}
export const leftToRead = (feature: string): number => {
  const now = view.value;
  if (now === null) return 0;
  const read = new Set(now.readings.filter((one) => one.by === now.by && one.feature === feature).map((one) => one.image));
  return now.images.filter((one) => !read.has(one.id)).length;
};

/** Another image or feature, without a step for Back. */
export function choose(image: string | null, feature: string | null): void {
  const id = siteId.value;
  if (id === null) return;
  asking.value = null;
  blinked.value = false;
  stay([id, ...(image === null ? [] : [image]), ...(image !== null && feature !== null ? [feature] : [])]);
}

/** The image so many steps further in time. */
export function step(by: number): void {
  const known = view.value?.images ?? [];
  const at = image.value === null ? 0 : known.indexOf(image.value);
  const to = known[Math.max(0, Math.min(known.length - 1, at + by))];
  if (to !== undefined) choose(to.id, feature.value?.name ?? null);
}
export function stepFeature(by: number): void {
  const known = view.value?.features ?? [];
  const at = feature.value === null ? 0 : known.indexOf(feature.value);
  const to = known[Math.max(0, Math.min(known.length - 1, at + by))];
  if (to !== undefined && image.value !== null) choose(image.value.id, to.name);
}
export function readNext(): void {
  const name = feature.value?.name ?? "";
  const next = firstUnread(name) ?? view.value?.images[0] ?? null;
  if (next !== null) choose(next.id, name);
}
export function blink(): void {
  if (pair.value === null) return;
  laying.value = "blink";
  blinked.value = !blinked.value;
}

let asked = new AbortController();
export async function loadSites(): Promise<void> {
  try {
    sites.value = (await listSites()).sites;
  } catch (error) {
    problem.value = error;
  }
}
export async function loadView(): Promise<void> {
  const id = siteId.peek();
  asked.abort();
  asked = new AbortController();
  if (id === null) {
    view.value = null;
    return;
  }
  try {
    const found = await siteView(id, reader.peek(), { signal: asked.signal });
    if (shown !== id) dropPictures();
    shown = id;
    problem.value = null;
    view.value = found;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return;
    view.value = null;
    problem.value = error;
  }
}
let shown: string | null = null;

export function setReader(to: Partial<typeof reader.value>): void {
  reader.value = { ...reader.value, ...to };
  sessionStorage.setItem("noonmark-reader", reader.value.by);
  asking.value = null;
  // What a blind reader must not see is gone before the answer comes.
  if (to.blind === true) view.value = null;
  void loadView();
}

/** Keeps a reading of the chosen feature in the chosen image; what is on screen is loaded anew. */
export async function read(state: "seen" | "not-seen" | "could-not", more: { why?: string; could?: string; settles?: boolean; area_m2?: number[] } = {}): Promise<void> {
  const [site, now, at, name] = [siteId.value, view.value, image.value, feature.value];
  if (site === null || now === null || at === null || name === null || saving.value) return;
  if (state === "could-not" && more.why === undefined) return void (asking.value = "why");
  if (state === "not-seen" && more.could === undefined) return void (asking.value = "could");
  saving.value = true;
  choose(at.id, name.name);
  try {
    await keepReading({ site, image: at.id, feature: name.name, state, by: now.by, stage: now.stage, blind: now.blind, ...more });
    await loadView();
  } catch (error) {
    fail(error);
  } finally {
    saving.value = false;
  }
}
