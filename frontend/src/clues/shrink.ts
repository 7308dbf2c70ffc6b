import { percent, t } from "../i18n/index.ts";
import type { LocateAdvice } from "../types.ts";

/** By how much an answer would shrink; twice where readings leave one of two sizes. */
export function shrinkWords(line: LocateAdvice): string {
  const sizes = line.likely ?? [{ size: line.expected, chance: 1 }];
  const [share, other] = sizes.map((one) => line.now > 0 ? Math.max(0, 1 - one.size / line.now) : 0);
  if (line.unchanged || share === undefined || Math.max(share, other ?? 0) <= 0.005) return t("advice.little");
  const ofTimes = line.unit === "s";
  if (other === undefined) return t(ofTimes ? "advice.shrink-times" : "advice.shrink", { share: percent(share) });
  const said = { share: percent(share), other: percent(other), chance: percent(sizes[1]?.chance ?? 0) };
  return t(ofTimes ? "advice.shrink-times-two" : "advice.shrink-two", said);
}
