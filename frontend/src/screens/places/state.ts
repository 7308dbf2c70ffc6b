/** What the Places screen shows: the question as it is typed, what it says, the answer, and the place that is chosen. */
import { batch, computed, effect, signal } from "@preact/signals";
import { Refused } from "../../api.ts";
import { t } from "../../i18n/index.ts";
import { Delay, Newest } from "../../newest.ts";
import { address, go, stay } from "../../shell/address.ts";
import { during, fail, tell } from "../../store/notices.ts";
import { edit } from "../../store/edit.ts";
import { addAct, answer as located, answerStale, askedClues, caseState, forgotten, inquiry, newId } from "../../store/signals.ts";
import type { Clue, KeptClue } from "../../types.ts";
import { askMaps, checkText, keepText, placesClue, questionState, rulePlace, skylineOf, type Asked, type FoundPlace, type PlaceAnswer, type QuestionState, type SkylineReply } from "./api.ts";

export const loaded = signal<QuestionState | null>(null);
export const text = signal("");
/** What the text says; null while it is empty or wrong. */
export const said = signal<Asked | null>(null);
export const wrong = signal<{ message: string; problems: { where: string; expected: string; found: string }[]; hint: string | null } | null>(null);
export const answer = signal<PlaceAnswer | null>(null);
/** The question that the answer belongs to. */
export const asked = signal<Asked | null>(null);
export const working = signal(false);
export const ruling = signal(false);
export const skyline = signal<{ item: string; reply: SkylineReply } | null>(null);
export const skylineShown = signal(true);
export const editing = signal(false);

/** Whether the answer is that of the text on screen. */
export const stale = computed(() => answer.value !== null && said.value?.digest !== asked.value?.digest);
/** The text that `said` and `wrong` speak of. */
const checked = signal("");
/** Whether the answer can become a clue, as far as is known: what was just typed is checked by the click itself. */
export const usable = computed(() => answer.value !== null && answer.value.places.length > 0 && !(stale.value && checked.value === text.value));
export const chosen = computed<FoundPlace | null>(() => {
  const known = answer.value?.places ?? [];
  const wanted = address.value.screen === "places" ? address.value.rest[0] : undefined;
  return known.find((one) => one.osm === wanted) ?? known[0] ?? null;
});
export const choose = (osm: string): void => {
  ruling.value = false;
  stay([osm]);
};
export function step(by: number): void {
  const known = answer.value?.places ?? [];
  const at = chosen.value === null ? 0 : known.indexOf(chosen.value);
  const to = known[Math.max(0, Math.min(known.length - 1, at + by))];
  if (to !== undefined) choose(to.osm);
}

/** The clue that the answer has become, or that of an answer before it. */
const ownClue = (one: KeptClue): boolean => one.clue.kind === "places" && one.id.startsWith("landmarks-");
const isOf = (clue: Clue, found: PlaceAnswer): boolean => String(clue["note"]).endsWith(`question ${found.question_sha256.slice(0, 16)}`);
const size = (clue: Clue): number => (Array.isArray(clue["places"]) ? clue["places"].length : 0);
/** The places of the answer that can be in a clue: the others have no probability. */
const holding = (found: PlaceAnswer): number => found.places.filter((one) => one.probability > 0).length + found.rest.places;
/** Whether a clue holds other places than the answer on screen. */
export const clueDiffers = computed(() => {
  const found = answer.value;
  return found !== null && inquiry.value.clues.some((one) => ownClue(one) && !(isOf(one.clue, found) && size(one.clue) === holding(found)));
});

/** A place that the exact answer does not tell by itself holds less than a thousandth. */
const UNTOLD = 1e-4;
/** How probable the chosen place is beside all clues; null where the places are no clue, or the answer is not there. */
export const beside = computed<number | null>(() => {
  const [found, place] = [answer.value, chosen.value];
  if (found === null || place === null || clueDiffers.value || answerStale.value) return null;
  const at = askedClues.value.findIndex((one) => ownClue(one));
  const told = located.value?.answer.places?.find((one) => one.clue === at)?.told;
  return told === undefined ? null : told.find((one) => one.lat_deg === place.lat_deg && one.lon_deg === place.lon_deg)?.probability ?? UNTOLD;
});

const keeping = new Delay(500);
const checking = new Newest();
let kept = "";
let typed = 0;

/** Reads the question and its answer; what is typed meanwhile, or is not kept yet, stays in the field. */
export async function load(): Promise<void> {
  if (caseState.peek() === null) return;
  const before = typed;
  try {
    const found = await questionState();
    loaded.value = found;
    answer.value = found.answer;
    asked.value = found.asked;
    if (typed !== before || text.peek() !== kept) return;
    kept = text.value = found.text;
    await check(found.text);
  } catch (error) {
    fail(error);
  }
}

export function type(value: string): void {
  text.value = value;
  typed += 1;
  keeping.start(() => void keep());
}

/** Keeps what was typed in the case, and says what is wrong with it. Whether both were done. */
async function keep(): Promise<boolean> {
  const now = text.value;
  try {
    if (now !== kept) await keepText(now);
    kept = now;
    await check(now);
    return true;
  } catch (error) {
    fail(error);
    return false;
  }
}

/** Keeps and checks what is on screen, at once, until nothing was typed meanwhile. */
async function settled(): Promise<boolean> {
  keeping.stop();
  while (checked.peek() !== text.peek()) {
    const now = text.peek();
    if (!(await keep()) && text.peek() === now) return false;
    keeping.stop();
  }
  return true;
}

async function check(now: string): Promise<void> {
  if (now.trim() === "") {
    checking.stop();
    batch(() => {
      said.value = wrong.value = null;
      checked.value = now;
    });
    return;
  }
  try {
    const found = await checkText(now, { signal: checking.begin() });
    batch(() => {
      said.value = found;
      wrong.value = null;
      checked.value = now;
    });
  } catch (error) {
    if (!(error instanceof Refused) || error.code === "gone") throw error;
    const problems = (error.details["problems"] ?? []) as unknown as { where: string; expected: string; found: string }[];
    batch(() => {
      said.value = null;
      wrong.value = { message: error.message, problems, hint: error.hint };
      checked.value = now;
    });
  }
}

export async function ask(): Promise<void> {
  const wasOpen = editing.peek();
  const now = text.peek();
  editing.value = false; // now, not when the answer is there: by then it may have been opened again
  working.value = true;
  const reply = await during(t("places.asking"), (progress) => askMaps(now, { progress }));
  working.value = false;
  if (reply === null) {
    editing.value ||= wasOpen;
    return;
  }
  kept = now;
  answer.value = reply.answer;
  asked.value = reply.asked;
  if (text.peek() === now) {
    said.value = reply.asked;
    checked.value = now;
  } else keeping.start(() => void keep()); // what was typed meanwhile is the question
  skyline.value = null;
  addAct(reply.act);
  stay([]);
}

export async function ruleOut(osm: string, why: string | null): Promise<boolean> {
  try {
    const reply = await rulePlace(osm, why);
    answer.value = reply.answer;
    addAct(reply.act);
    ruling.value = false;
    stay([]);
    await renewClue(reply.answer);
    return true;
  } catch (error) {
    fail(error);
    return false;
  }
}

/** What the record says of it. */
const TOOK = "took the places of the landmark question as a clue";

/** A clue of this question follows what is ruled out by eye. */
async function renewClue(found: PlaceAnswer | null): Promise<void> {
  const follows = (one: KeptClue): boolean => found !== null && ownClue(one) && isOf(one.clue, found);
  if (!inquiry.peek().clues.some(follows)) return;
  const { clue } = await placesClue();
  edit(TOOK, (now) => ({ ...now, clues: now.clues.map((one) => (follows(one) ? { ...one, clue } : one)) }));
}

/** The answer becomes a clue of the inquiry; one of an earlier answer is replaced. */
export async function useAsClue(): Promise<void> {
  if (!(await settled())) return;
  if (stale.peek()) return tell("warn", t("places.stale"), { code: "landmarks" });
  try {
    const { clue } = await placesClue();
    edit(TOOK, (now) => ({ ...now, clues: [...now.clues.filter((one) => !ownClue(one)), { id: newId("landmarks"), on: true, clue }] }));
    tell("done", t("places.clueMade"), { code: "landmarks", actions: [{ label: t("places.toFootage"), act: () => go("footage") }] });
  } catch (error) {
    fail(error);
  }
}

export async function findSkyline(item: string): Promise<void> {
  const reply = await during(t("places.skyline.finding"), (progress) => skylineOf(item, { progress }));
  if (reply !== null) skyline.value = { item, reply };
}

effect(() => {
  void forgotten.value;
  loaded.value = null;
  answer.value = asked.value = said.value = wrong.value = skyline.value = null;
  text.value = checked.value = kept = "";
  editing.value = false;
});
