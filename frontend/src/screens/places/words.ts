/** Sentences about places: what was asked, what held, what the answer says. */
import { listed, number, percent, t } from "../../i18n/index.ts";
import type { Asked, AskedTable, FoundPlace, PlaceAnswer, ToldClause } from "./api.ts";

const list = (of: AskedTable["of"]): string[] => (of === undefined ? [] : typeof of === "string" ? [of] : of);
const span = (value: number | [number, number] | undefined): string =>
  value === undefined ? "" : typeof value === "number" ? number(value, 0) : `${number(value[0], 0)}–${number(value[1], 0)}`;

/** A clause in a few words, as it was asked. */
export function clauseWords(one: AskedTable): string {
  const [first = "", second = ""] = list(one.of);
  switch (one.kind) {
    case "pair": {
      if (one.meet !== undefined) return t("places.clause.meet", { first, second, how: t(`places.meet.${one.meet}`) });
      const parts = [one.distance_m === undefined ? "" : t("places.clause.metres", { metres: span(one.distance_m) }), one.bearing_deg === undefined ? "" : t("places.clause.toward", { degrees: number(one.bearing_deg, 0) })];
      return t("places.clause.pair", { first, second, how: listed(parts.filter((part) => part !== "")) });
    }
    case "count": return t("places.clause.count", { of: first, least: one.at_least ?? 1, near: one.near ?? "", metres: span(one.within_m) });
    case "absent": return t("places.clause.absent", { of: first, near: one.near ?? "", metres: span(one.within_m) });
    case "sides": return t("places.clause.sides", { of: first, line: one.line ?? "" });
    case "seen": return t("places.clause.seen", { order: listed(one.order ?? []) });
    default: return one.path;
  }
}

/** The column of a clause: what it is mostly about. */
export function clauseHead(asked: Asked | null, anchor: string, path: string): string {
  const one = asked?.clauses.find((each) => each.path === path);
  if (one === undefined) return path;
  const of = list(one.of);
  if (one.kind === "pair") return of.find((name) => name !== anchor) ?? of[1] ?? path;
  if (one.kind === "absent") return t("places.head.no", { of: of[0] ?? "" });
  if (one.kind === "seen") return t("places.head.seen");
  return of[0] ?? path;
}

export const nameOf = (place: FoundPlace | { name?: string; osm: string }): string => (place.name !== undefined && place.name !== "" ? place.name : place.osm);
export const stateWords = (state: ToldClause["state"]): string => t(`places.state.${state.replace(" ", "-")}`);

/** What was found for a clause, with its numbers. */
export function toldWords(clause: ToldClause): string {
  const parts = [
    clause.distance_m === undefined ? "" : t("places.told.metres", { metres: number(clause.distance_m, 0) }),
    clause.asked_m === undefined ? "" : t("places.told.asked", { metres: span(clause.asked_m) }),
    clause.azimuth_deg === undefined ? "" : t("places.told.toward", { degrees: number(clause.azimuth_deg, 0) }),
    clause.count === undefined ? "" : t("places.told.count", { count: clause.count }),
    clause.short_by_m === undefined || clause.state === "holds" ? "" : t("places.told.off", { metres: number(clause.short_by_m, 0) }),
  ];
  return parts.filter((part) => part !== "").join("; ");
}

/** The heading and the line below: what the answer says, with its doubt. */
export function answerWords(found: PlaceAnswer): { head: string; more: string } {
  const left = found.places.length + found.rest.places;
  const none = percent(found.none_of_these);
  const more = t(found.set_90.none_of_these ? "places.more.withNone" : "places.more.without", { count: found.set_90.places, all: left, none });
  if (left === 0) return { head: t("places.head.nothing", { thing: found.anchor }), more: t("places.more.nothing") };
  if (found.says_little) return { head: t("places.head.little"), more };
  const whole = found.places.filter((one) => one.holds === one.of).length;
  return { head: whole === 0 ? t("places.head.noneWhole") : t("places.head.whole", { count: whole }), more };
}
