/** What is open, in words: a sentence of what to do, one of why, and its state in two words. */
import { day, plain, t } from "../../i18n/index.ts";
import { inOwnWords, type OpenPoint } from "../../shell/calls.ts";

interface PointWords {
  what: string;
  why: string;
  chip: string;
}

const KNOWN = new Set([
  "claim-greyed", "claim-unanswered", "claim-unjudged", "claim-unreviewed", "claim-unasked", "claim-disputed", "said-unusable", "in-dispute",
  "reply-overdue", "reply-due", "event-undated", "items-of-no-event", "items-unmarked", "files-unread", "pages-without-text",
]);

export function pointWords(point: OpenPoint): PointWords {
  // A newer server may tell of what this page has no words for.
  const code = KNOWN.has(point.code) ? point.code : "other";
  const title = plain(point.title === undefined ? "" : inOwnWords(point.title));
  const until = point.deadline === undefined ? "" : day(point.deadline);
  const args = { title, until, count: point.count ?? 1 };
  return { what: t(`overview.point.${code}`, args), why: point.stops ? t(`overview.why.${code}`, args) : "", chip: point.stops ? t(`overview.chip.${code}`) : "" };
}
