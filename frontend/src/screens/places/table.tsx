/** The places, the most probable first, and clause by clause what held; "none of these" has its own share and stands last. */
import { percent, t } from "../../i18n/index.ts";
import { meant, modified } from "../../shell/key_table.ts";
import type { FoundPlace, PlaceAnswer } from "./api.ts";
import { asked, choose, chosen, ruling, skylineShown, step } from "./state.ts";
import { ClauseSign } from "./sign.tsx";
import { clauseHead, nameOf, stateWords } from "./words.ts";

export function keys(event: KeyboardEvent): void {
  if (modified(event)) return;
  const does = meant("places", event);
  const by = does?.does === "candidate" ? 2 * does.at - 1 : event.key === "Home" ? -1e6 : event.key === "End" ? 1e6 : null;
  if (by !== null) step(by);
  else if (does?.does === "rule") ruling.value = true;
  else if (does?.does === "skyline") skylineShown.value = !skylineShown.value;
  else return;
  event.preventDefault();
  if (by !== null) requestAnimationFrame(() => document.querySelector<HTMLElement>(".places-table [data-chosen]")?.focus());
}

export function PlacesTable({ found }: { found: PlaceAnswer }) {
  return (
    <section class="card scroll table-card" aria-label={t("places.table")} tabIndex={-1}>
      <table class="table places-table" role="grid" aria-label={t("places.table")} onKeyDown={keys}>
        <thead>
          <tr><th scope="col"><span class="unseen">{t("places.rank")}</span></th><th scope="col">{t("places.place")}</th>{found.clauses.map((one) => <th key={one.clause} scope="col" title={t("places.alone", { alone: one.alone, of: one.of })}><bdi>{clauseHead(asked.value, found.anchor, one.clause)}</bdi></th>)}<th scope="col" class="share">{t("places.share")}</th></tr>
        </thead>
        <tbody>
          {found.places.map((one) => <PlaceRow key={one.osm} one={one} found={found} />)}
          {found.rest.places > 0 && <tr><td /><th scope="row" class="soft">{t("places.rest", { count: found.rest.places })}</th><td colSpan={found.clauses.length} /><td class="share num">{percent(found.rest.probability)}</td></tr>}
          <tr class="none-row"><td class="hatched" /><th scope="row">{t("places.none")}</th><td colSpan={found.clauses.length}><span class="small soft">{t("places.none.why", { thing: found.none_why.thing, share: percent(found.none_why.missing_share) })}</span></td><td class="share num">{percent(found.none_of_these)}</td></tr>
        </tbody>
      </table>
    </section>
  );
}

function PlaceRow({ one, found }: { one: FoundPlace; found: PlaceAnswer }) {
  const now = chosen.value === one;
  return (
    <tr aria-current={now ? "true" : undefined} onClick={() => choose(one.osm)}>
      <td class="num">{one.rank}</td>
      <th scope="row" tabIndex={now ? 0 : -1} data-chosen={now ? "" : undefined} data-osm={one.osm}><bdi>{nameOf(one)}</bdi></th>
      {found.clauses.map((clause) => {
        const told = one.clauses?.find((each) => each.clause === clause.clause);
        return <td key={clause.clause}>{told !== undefined && <span class="clause-cell"><ClauseSign state={told.state} />{stateWords(told.state)}</span>}</td>;
      })}
      <td class="share num">{percent(one.probability)}</td>
    </tr>
  );
}
