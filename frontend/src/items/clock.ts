/** Frames and the time on a clock: which frame is on the screen at a time. No drawing, nothing asked. */

/** The number of the frame on the screen at a time: the last that was shown by then, the first before that. Times go forward. */
export function atTime(times: readonly (number | null)[], time_s: number): number {
  let [low, high] = [0, times.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((times[middle] ?? 0) <= time_s + 1e-6) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}

/** How many frames the fine slider reaches. */
export const FINE_FRAMES = 300;

/** The frames that the fine slider spans around one: it stays while the frame stays inside. */
export function fineSpan(frame: number, count: number): [number, number] {
  const first = Math.floor(frame / FINE_FRAMES) * FINE_FRAMES;
  return [Math.min(first, Math.max(0, count - FINE_FRAMES)), Math.min(count - 1, first + FINE_FRAMES - 1)];
}

/** Minutes, seconds and thousandths: "1:02:03.004". */
export function clockText(time_s: number | null | undefined): string {
  if (time_s === null || time_s === undefined) return "";
  const ms = Math.round(Math.abs(time_s) * 1000);
  const [h, m, s] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, (ms % 60_000) / 1000];
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${time_s < 0 ? "−" : ""}${h > 0 ? `${h}:${two(m)}` : m}:${s.toFixed(3).padStart(6, "0")}`;
}
