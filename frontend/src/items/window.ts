/** Which of thousands of rows are drawn: those in sight and a screen around them. No drawing. */

/** From so many items on only those near the view are in the page. */
export const MANY = 400;
/** The height of a row with its gap [px]; theme and footage.css hold them to it. */
export const ROW_PX = 100;
const AROUND_ROWS = 12;

/** The first row drawn and the one past the last. */
export function rowsInSight(scroll_px: number, height_px: number, count: number): [number, number] {
  const first = Math.max(0, Math.floor(scroll_px / ROW_PX) - AROUND_ROWS);
  return [Math.min(first, Math.max(0, count - 1)), Math.min(count, Math.ceil((scroll_px + height_px) / ROW_PX) + AROUND_ROWS)];
}

/** Whether the list was scrolled so far from where its rows were drawn that others must be: each frame of a scroll draws nothing else. */
export const needsRows = (scroll_px: number, drawn_px: number): boolean => Math.abs(scroll_px - drawn_px) >= (AROUND_ROWS / 2) * ROW_PX || (scroll_px === 0 && drawn_px !== 0);

/** Where to scroll so that a row is in sight; the same where it is already. */
export function scrollTo(row: number, scroll_px: number, height_px: number): number {
  const [top, end] = [row * ROW_PX, (row + 1) * ROW_PX];
  return top < scroll_px ? top : end > scroll_px + height_px ? end - height_px : scroll_px;
}

/** Whether a name holds every word of what is looked for, in any case and script. */
export function holdsWords(name: string, wanted: string): boolean {
  const folded = (text: string): string => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return folded(wanted).split(/\s+/).every((word) => folded(name).includes(word));
}
