/** What stands between the case and its report, what is open besides, and the events. */
import { addWords, day, number, plain, t } from "../../i18n/index.ts";
import { go, goEvent } from "../../shell/address.ts";
import { inOwnWords, type CaseEvent, type OpenPoint, type Overview } from "../../shell/calls.ts";
import { event, overview } from "../../shell/overview.ts";
import { ScreenIcon } from "../../shell/rail.tsx";
import { caseState } from "../../store/signals.ts";
import { Button } from "../../ui/parts.tsx";
import { pointWords } from "./points.ts";
import { CaseSide } from "./side.tsx";
import ar from "./words.ar.json";
import en from "./words.en.json";
import ru from "./words.ru.json";
import zh from "./words.zh.json";
import "./overview.css";

addWords({ en, ar, ru, zh });

export function Screen() {
  const found = overview.value;
  const stops = found?.open.filter((point) => point.stops) ?? [];
  const open = found?.open.filter((point) => !point.stops) ?? [];
  return (
    <>
      <header class="screen-head">
        <div class="grow">
          <p class="eyebrow"><bdi>{plain(caseState.value?.name ?? "")}</bdi></p>
          <h1>{found === null ? t("overview.looking") : heading(found, stops.length)}</h1>
          <p class="lede" data-next>{found === null ? "" : nextSentence(found, stops)}</p>
        </div>
        <div class="acts"><Button icon="add" kind={stops.length === 0 ? "main" : "plain"} onClick={() => go("footage")}>{t("overview.toFootage")}</Button></div>
      </header>
      {found !== null && (
        <div class="body overview-body">
          {stops.length > 0 && <Stops points={stops} />}
          {found.events.length > 0 && <Events events={found.events} />}
          <OpenQuestions points={open} more={found.more} />
        </div>
      )}
    </>
  );
}

export { CaseSide as Side };

function heading(found: Overview, stops: number): string {
  if (stops > 0) return t("overview.stops", { count: stops });
  if (isEmpty(found)) return t("overview.empty");
  return (found.claims.reviewed ?? 0) > 0 ? t("overview.ready") : t("overview.noClaim");
}

const isEmpty = (found: Overview): boolean => Object.values(found.items).every((count) => count === 0) && found.events.length === 0;

/** One calm sentence: what to do next. */
function nextSentence(found: Overview, stops: readonly OpenPoint[]): string {
  if (isEmpty(found)) return t("overview.next.add");
  const first = stops[0] ?? found.open[0];
  if (first !== undefined) return t("overview.next.first", { what: pointWords(first).what });
  if ((found.claims.reviewed ?? 0) > 0) return t("overview.next.report");
  return found.events.length === 0 ? t("overview.next.event") : t("overview.next.claim");
}

function visit(point: OpenPoint): void {
  if (point.event !== undefined) goEvent(point.event);
  go(point.screen, point.rest);
}

function Stops({ points }: { points: readonly OpenPoint[] }) {
  return (
    <section class="card overview-next" aria-labelledby="overview-next">
      <div class="card-head"><h2 id="overview-next">{t("overview.nextTitle")}</h2><span class="small soft">{t("overview.eachStops")}</span></div>
      <ol class="list">
        {points.map((point, index) => {
          const { what, why, chip } = pointWords(point);
          return (
            <li key={`${point.code} ${point.rest.join(" ")}`} data-code={point.code}>
              <b class="num soft">{number(index + 1)}</b>
              <div class="grow"><p>{what}</p><p class="small soft">{why}</p></div>
              <span class={`chip chip-${point.code === "claim-greyed" || point.code === "reply-overdue" ? "bad" : "warn"}`}>{chip}</span>
              <Button kind={index === 0 ? "main" : "plain"} aria-label={t("overview.openWhat", { what })} onClick={() => visit(point)}>{t("overview.open")}</Button>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function Events({ events }: { events: readonly CaseEvent[] }) {
  return (
    <section class="card overview-events" aria-labelledby="overview-events">
      <div class="card-head"><h2 id="overview-events">{t("overview.events")}</h2></div>
      <ol class="list">
        {events.map((one, index) => (
          <li key={one.id} aria-current={event.value?.id === one.id ? "true" : undefined}>
            <b class="num soft">{number(index + 1)}</b>
            <div class="grow">
              <p><button type="button" class="link" aria-pressed={event.value?.id === one.id} onClick={() => goEvent(event.value?.id === one.id ? null : one.id)}><bdi>{plain(inOwnWords(one.title))}</bdi></button></p>
              <p class="small soft">{t("overview.eventHolds", { items: t("overview.items", { count: one.items.length }), claims: t("overview.claims", { count: one.claims }) })}</p>
            </div>
            <span class={one.earliest === null && one.latest === null ? "chip chip-warn" : "chip chip-good"}>{timeOf(one)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** The event's time as it was said. */
function timeOf({ earliest, latest }: CaseEvent): string {
  if (earliest !== null && latest !== null) return day(earliest) === day(latest) ? day(earliest) : `${day(earliest)} – ${day(latest)}`;
  if (earliest !== null) return t("overview.after", { day: day(earliest) });
  return latest !== null ? t("overview.before", { day: day(latest) }) : t("overview.undated");
}

function OpenQuestions({ points, more }: { points: readonly OpenPoint[]; more: number }) {
  return (
    <section class="card overview-open" aria-labelledby="overview-open">
      <div class="card-head"><h2 id="overview-open">{t("overview.questions")}</h2>{points.length > 0 && <span class="count">{number(points.length + more)}</span>}</div>
      {points.length === 0 ? <p class="card-body soft">{t("overview.noQuestion")}</p> : (
        <ul class="list">
          {points.map((point) => {
            const { what } = pointWords(point);
            return (
              <li key={`${point.code} ${point.event ?? ""}`} data-code={point.code}>
                <span class="soft"><ScreenIcon name={point.screen} /></span>
                <span class="grow">{what}</span>
                <button type="button" class="link small" aria-label={t("overview.openWhat", { what })} onClick={() => visit(point)}>{t("overview.open")}</button>
              </li>
            );
          })}
        </ul>
      )}
      {more > 0 && <p class="card-body small soft">{t("overview.more", { count: more })}</p>}
    </section>
  );
}
