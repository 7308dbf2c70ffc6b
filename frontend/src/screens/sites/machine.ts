/** What a computer says of the site: proposals that it makes when asked, and rules of what could be seen. A blind reader gets neither. */
import { computed, signal } from "@preact/signals";
import { t } from "../../i18n/index.ts";
import { during } from "../../store/notices.ts";
import { proposeSite, siteRules, type Proposal, type RuleRow, type SiteView } from "./api.ts";
import { feature, loadView, siteId, view } from "./state.ts";

/** The site in which changes are looked for, and how far that is. */
export const looking = signal<{ site: string; share: number | null } | null>(null);
let stop = new AbortController();

/** Looks for changes, or joins the server where it is looking already. */
export async function lookForChanges(): Promise<void> {
  const site = siteId.peek();
  if (site === null || looking.peek() !== null) return;
  stop = new AbortController();
  looking.value = { site, share: null };
  const done = await during(t("sites.look.running"), (progress) => proposeSite(site, {
    signal: stop.signal,
    // The server's words are English; the share is all that is shown, but for the long first time.
    progress: (share, words) => {
      looking.value = { site, share };
      progress(share, words.startsWith("preparing") ? t("sites.look.preparing") : t("sites.look.running"));
    },
  }));
  looking.value = null;
  if (done !== null && siteId.peek() === site) await loadView();
}

export const stopLooking = (): void => stop.abort();

/** By image: what the rules say of the chosen feature. */
const rules = signal<{ key: string; of: string; rows: Map<string, RuleRow> } | null>(null);
const chosen = computed(() => `${siteId.value} ${feature.value?.name}`);
export const ruleOf = (image: string): RuleRow | undefined =>
  view.value?.blind === false && rules.value?.of === chosen.value ? rules.value.rows.get(image) : undefined;

let asked = new AbortController();
/** Asks for the rules anew where something has changed that they rest on: the images, and in which of them the feature was seen. */
export async function loadRules(): Promise<void> {
  const [site, now, name] = [siteId.peek(), view.peek(), feature.peek()?.name];
  if (site === null || now === null || name === undefined || now.blind) {
    asked.abort();
    rules.value = null;
    return;
  }
  const seen = now.readings.filter((one) => one.feature === name && one.state === "seen").map((one) => one.image);
  const key = [site, name, now.images.length, ...seen].join(" ");
  if (rules.peek()?.key === key) return;
  asked.abort();
  const mine = (asked = new AbortController());
  try {
    const { rows } = await siteRules(site, name, { signal: mine.signal });
    if (!mine.signal.aborted && view.peek()?.blind === false) rules.value = { key, of: `${site} ${name}`, rows: new Map(rows.map((row) => [row.image, row])) };
  } catch {
    if (!mine.signal.aborted) rules.value = null; // a suggestion that can't be made is none; readings go on without it
  }
}

export const proposalsOf = (now: SiteView, part: string): Proposal[] => (now.proposals ?? []).filter((one) => one.feature === part);

/** Where an image lies in a part of a proposed span, first to last; of several proposals, in the one that is still unread. */
export function proposedAt(now: SiteView, part: string, index: number): { from: boolean; to: boolean; unread: boolean } | null {
  const place = (name: string): number => now.images.findIndex((one) => one.id === name);
  const own = [...proposalsOf(now, part)].sort((a, b) => b.unread.length - a.unread.length);
  for (const one of own) {
    for (const mode of one.modes) {
      const [from, to] = [place(mode.from.image), place(mode.to.image)];
      if (from >= 0 && to >= 0 && index >= from && index <= to) return { from: index === from, to: index === to, unread: one.unread.length > 0 };
    }
  }
  return null;
}
