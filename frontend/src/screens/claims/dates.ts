/** The dates of a claim as they are typed: not before, not after, each of which may stay empty. */
import { t } from "../../i18n/index.ts";
import { endTime, readOptional, time } from "../../ui/entry_formats.ts";

export interface ClaimDates {
  /** What the claim says; null where something is wrong. */
  said: { earliest?: string; latest?: string } | null;
  wrong: { earliest?: string; latest?: string };
}

export function readClaimDates(earliest: string, latest: string): ClaimDates {
  const [from, to] = [readOptional(time, earliest), readOptional(endTime, latest)];
  if (from.wrong || to.wrong) {
    return { said: null, wrong: { ...(from.wrong ? { earliest: time.wrong(earliest) } : {}), ...(to.wrong ? { latest: endTime.wrong(latest) } : {}) } };
  }
  if (from.value !== null && to.value !== null && Date.parse(from.value) > Date.parse(to.value)) return { said: null, wrong: { latest: t("claims.datesTurned") } };
  return { said: { ...(from.value === null ? {} : { earliest: from.value }), ...(to.value === null ? {} : { latest: to.value }) }, wrong: {} };
}
