/** Sentences about a site, put together from its readings. */
import { day, listed, t } from "../../i18n/index.ts";
import { shownEnd } from "../../ui/entry_formats.ts";
import type { Reading, RuleRow, SightState, SiteEvent, SiteImage, SiteView } from "./api.ts";

const EVENTS = ["visible", "cleared", "complete", "stripped", "removed"];
/** "became visible": what happened, in words. */
export const eventWords = (name: string): string =>
  EVENTS.includes(name) ? t(`sites.event.${name}`) : name.startsWith("no longer ") ? t(`sites.event.not.${name.slice(10)}`) : name;

export const stateWords = (state: SightState | undefined): string => t(`sites.state.${state ?? "unread"}`);
export const reasonWords = (why: string): string => t(`sites.why.${why}`);

/** What the rules say, with why. */
export function ruleWords(rule: RuleRow): string {
  const said = t("sites.rules.say", { answer: t(`sites.could.${rule.answer}`) });
  return rule.reasons.length === 0 ? said : t("sites.stateWhy", { state: said, why: listed(rule.reasons.map(reasonWords)) });
}

/** The last day of a span; one that ends at midnight does not reach the day that begins there. */
const lastDay = (to: string): string => day(shownEnd(to));

/** When an image was taken: a day, a span, or "not before" where its end is open. */
export function takenWords(image: SiteImage | undefined | null, blindNumber?: number): string {
  if (image == null) return "";
  if (image.taken === null) return t("sites.image.number", { number: blindNumber ?? 0 });
  const { from, to } = image.taken;
  if (to === null) return t("sites.taken.open", { day: day(from) });
  return from === to || day(from) === lastDay(to) ? day(from) : t("sites.taken.span", { from: day(from), to: lastDay(to) });
}

/** A series by what a reader knows of it, "sentinel-2 l2a 10m", as long as no other of the site is called so; else by its whole name. */
export function seriesName(stack: string, all: readonly string[]): string {
  const short = (name: string): string => name.split("_").slice(0, 3).join(" ");
  return all.some((one) => one !== stack && short(one) === short(stack)) ? stack : short(stack);
}

export const nameOf = (image: SiteImage, view: SiteView): string => takenWords(image, view.images.indexOf(image) + 1);

/** An event with its bracket as one sentence. */
export function eventSentence(event: SiteEvent): string {
  const args = { feature: event.feature, what: eventWords(event.event), from: event.after === null ? "" : day(event.after), to: event.until === null ? "" : day(event.until) };
  const said = event.after === null ? t("sites.said.by", args) : event.until === null ? t("sites.said.after", args) : t("sites.said.between", args);
  return said.replace(/\.(\u2069?)\.$/, ".$1"); // a year may end in a full stop of its own
}

/** What one feature's readings come to, and what is open about it: the heading and the line below. */
export function answer(view: SiteView, feature: string, left: number): { head: string; more: string } {
  if (view.blind) return { head: t("sites.blind.head", { feature, count: left }), more: t("sites.blind.more") };
  const events = (view.events ?? []).filter((one) => one.feature === feature && one.stage === view.stage);
  const [first, ...rest] = events;
  const hidden = events.reduce((sum, event) => sum + event.between_could_not.length, 0);
  const unread = events.reduce((sum, event) => sum + event.between_unread.length, 0);
  const tail = [
    ...rest.map(eventSentence),
    ...(hidden > 0 ? [t("sites.said.hidden", { count: hidden })] : []),
    ...(unread > 0 ? [t("sites.said.unread", { count: unread })] : []),
  ];
  if (first !== undefined) return { head: eventSentence(first).replace(/(?<!\sг)[.。]$/, ""), more: [...tail, t("sites.said.notBegun")].join(" ") };
  const line = view.timelines?.find((one) => one.feature === feature && one.stage === view.stage);
  if (line === undefined) return { head: t("sites.said.nothing", { feature }), more: t("sites.said.readFirst") };
  if (line.there_at_first === null) return { head: t("sites.said.cannot", { feature }), more: t("sites.said.readMore") };
  return { head: t(line.there_at_first ? "sites.said.always" : "sites.said.never", { feature }), more: t("sites.said.readMore") };
}

export function readingWords(reading: Reading): string {
  const more = reading.why !== null ? reasonWords(reading.why) : reading.could !== null ? t("sites.couldSaid", { could: t(`sites.could.${reading.could}`) }) : "";
  return more === "" ? stateWords(reading.state) : t("sites.stateWhy", { state: stateWords(reading.state), why: more });
}
