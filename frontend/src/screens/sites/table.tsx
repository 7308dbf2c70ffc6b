/** Features by images: what was read, and one box from the last image without to the first with. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { listed, t } from "../../i18n/index.ts";
import { useMore } from "../../ui/hooks.ts";
import type { SiteImage, SiteView } from "./api.ts";
import { cellOf, choose, eventsOf, feature, image, siteId } from "./state.ts";
import { proposedAt, ruleOf } from "./machine.ts";
import { pictureOf } from "./pictures.ts";
import { screenKeys } from "./keys.ts";
import { StateSign } from "./sign.tsx";
import { nameOf, reasonWords, ruleWords, stateWords } from "./words.ts";

export function ReadingsTable({ view }: { view: SiteView }) {
  const table = useRef<HTMLTableElement>(null);
  const scrolls = useRef<HTMLDivElement>(null);
  useMore(scrolls);
  const at = `${image.value?.id} ${feature.value?.name}`;
  useEffect(() => {
    const chosen = table.current?.querySelector<HTMLElement>("[data-chosen]");
    chosen?.scrollIntoView({ block: "nearest", inline: "nearest" });
    // The arrows move the focus with what is chosen.
    if (table.current?.contains(document.activeElement) === true && document.activeElement?.tagName === "TD") chosen?.focus({ preventScroll: true });
  }, [at]);
  return (
    <section class="card more-frame readings-card" dir="ltr" aria-label={t("sites.table")} tabIndex={-1}>
      <div class="scroll" ref={scrolls}><table class="table readings" role="grid" ref={table} aria-label={t("sites.table")} onKeyDown={screenKeys}>
        <thead>
          <tr>
            <th scope="col" class="readings-corner"><span class="unseen">{t("sites.part")}</span></th>
            {view.images.map((one) => <ImageHead key={one.id} one={one} view={view} />)}
          </tr>
        </thead>
        <tbody>
          {view.features.map((part) => (
            <tr key={part.name} aria-current={part.name === feature.value?.name ? "true" : undefined}>
              <th scope="row"><bdi>{part.name}</bdi></th>
              {view.images.map((one, index) => <ReadingCell key={one.id} one={one} index={index} part={part.name} view={view} />)}
            </tr>
          ))}
        </tbody>
      </table></div>
    </section>
  );
}

function ImageHead({ one, view }: { one: SiteImage; view: SiteView }) {
  const near = useSignal(false);
  const head = useRef<HTMLTableCellElement>(null);
  useEffect(() => {
    if (head.current === null) return;
    const watch = new IntersectionObserver((entries) => { if (entries.some((entry) => entry.isIntersecting)) near.value = true; }, { rootMargin: "200px" });
    watch.observe(head.current);
    return () => watch.disconnect();
  }, []);
  const picture = near.value && siteId.value !== null ? pictureOf(siteId.value, one.id).value : "coming";
  return (
    <th scope="col" ref={head}>
      <button type="button" class="thumb" tabIndex={-1} title={one.redistribute ? undefined : t("sites.kept")} aria-current={one === image.value ? "true" : undefined} onClick={() => choose(one.id, feature.value?.name ?? null)}>
        <span class="pic">{!one.redistribute && <svg class="thumb-kept" viewBox="0 0 18 18" aria-hidden="true"><path class="kept-ground" d="M0 0h18v18H0z" /><path class="kept-lock" d="M4 8h10v7H4zM6 8V6a3 3 0 0 1 6 0v2" /></svg>}{typeof picture === "object" ? <img src={picture.url} alt="" /> : <span class={picture === "failed" ? "hatched" : ""} />}</span>
        <span class="num">{nameOf(one, view).replace("年", "年\u200b")}</span>
        {!one.redistribute && <span class="unseen">{t("sites.keptShort")}</span>}
      </button>
    </th>
  );
}

function ReadingCell({ one, index, part, view }: { one: SiteImage; index: number; part: string; view: SiteView }) {
  const cell = cellOf(one.id, part);
  const chosen = one === image.value && part === feature.value?.name;
  const box = boxAt(view, part, index);
  const hidden = listed(cell?.why.map(reasonWords) ?? []);
  const proposed = proposedAt(view, part, index);
  const rule = part === feature.value?.name && cell === undefined ? ruleOf(one.id) : undefined;
  const read = hidden === "" ? stateWords(cell?.state) : t("sites.stateWhy", { state: stateWords(cell?.state), why: hidden });
  const said = [read, ...(rule === undefined ? [] : [ruleWords(rule)]), ...(proposed === null ? [] : [t(proposed.unread ? "sites.cell.proposed" : "sites.cell.proposedRead")])];
  const state = said.join("; ");
  return (
    <td class={[box, ...proposedClasses(proposed), cell?.state === "could-not" ? "hatched" : ""].join(" ").trim() || undefined} tabIndex={chosen ? 0 : -1} aria-selected={chosen} data-chosen={chosen ? "" : undefined} data-state={cell?.state ?? "unread"}
      aria-label={t("sites.cell", { feature: part, image: nameOf(one, view), state })} title={state} onClick={() => choose(one.id, part)}>
      <StateSign state={cell?.state} rule={rule?.answer} />
    </td>
  );
}

/** A proposed span is dashed and lies within the cells: it is never drawn as a bracket is. */
const proposedClasses = (proposed: ReturnType<typeof proposedAt>): string[] =>
  proposed === null ? [] : ["proposed", ...(proposed.from ? ["proposed-from"] : []), ...(proposed.to ? ["proposed-to"] : []), ...(proposed.unread ? [] : ["proposed-read"])];

/** The part of a bracket's box that a cell is, as classes. */
function boxAt(view: SiteView, part: string, index: number): string {
  for (const event of eventsOf(part)) {
    const place = (names: string[] | undefined): number => view.images.findIndex((one) => names?.includes(one.id));
    const from = place(event.last_before?.images);
    const to = place(event.first_after?.images);
    if (from < 0 || to < 0 || index < from || index > to) continue;
    return ["in-a", index === from ? "from" : "", index === to ? "to" : ""].join(" ").trim();
  }
  return "";
}
