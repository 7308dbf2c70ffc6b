/** The places that clues name: how probable each is beside all clues, the others together, and "none of these". */
import type { ComponentChildren } from "preact";
import { percent, plain, t } from "../i18n/index.ts";
import { foreign } from "../items/whose.ts";
import { answer, answerStale, select } from "../store/signals.ts";
import type { NamedPlaces, PlaceShare } from "../types.ts";

export function Named() {
  const lists = answer.value?.named ?? [];
  if (lists.length === 0 || foreign.value) return null;
  const stale = answerStale.value;
  return (
    <section class={stale ? "named waits" : "named"} aria-labelledby="named-title" aria-busy={stale}>
      <h3 id="named-title">{t("footage.named.title")}</h3>
      <p class="hint">{t("footage.named.what")}</p>
      {lists.map((one) => <List key={one.clue} of={one} name={lists.length > 1 ? t("footage.named.clue", { number: one.clue + 1 }) : null} />)}
    </section>
  );
}

function List({ of: { told, others, none_of_these: none }, name }: { of: NamedPlaces; name: string | null }) {
  return (
    <>
      {name !== null && <p class="soft">{name}</p>}
      <ol class="named-list" aria-label={name ?? t("footage.named.title")}>
        {told.map((one) => (
          <Row key={one.place} share={one}>
            <button type="button" class="link" onClick={() => select({ place: [one.lat_deg, one.lon_deg] })}>
              {one.name !== null && <><bdi>{plain(one.name)}</bdi>{" "}</>}<bdi dir="ltr" class="nowrap">{one.lat_deg.toFixed(5)}, {one.lon_deg.toFixed(5)}</bdi>
            </button>
          </Row>
        ))}
        {others.places > 0 && <Row share={others}>{t("footage.named.others", { count: others.places })}</Row>}
        <Row share={none}>{t("footage.named.none")}</Row>
      </ol>
    </>
  );
}

function Row({ share: { probability, stated }, children }: { share: PlaceShare; children: ComponentChildren }) {
  return (
    <li>
      <span class="named-share">{percent(probability)}</span>
      <span class="named-what">{children}</span>
      <svg class="named-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><path d="M0 2h100" class="named-all" /><path d={`M0 2h${100 * probability}`} class="named-part" /></svg>
      <span class="named-stated soft">{t("footage.named.stated", { share: percent(stated) })}</span>
    </li>
  );
}
