/** A letter that asks for a reply, as it is typed: what it says, or what is missing in it. */
import { t } from "../../i18n/index.ts";
import { date, time } from "../../ui/entry_formats.ts";
import { organisations, type Letter } from "./api.ts";

export interface TypedLetter {
  name: string;
  kind: string;
  about: string[];
  asked: string;
  how: string;
  questions: string;
  until: string;
}
export const emptyLetter: TypedLetter = { name: "", kind: organisations[0], about: [], asked: "", how: "", questions: "", until: "" };
export type LetterFaults = Partial<Record<keyof TypedLetter, string>>;

/** The end of a deadline: a date alone lasts until its day is over, so that nobody counts as silent on it. */
export const readDeadline = (text: string): string | null => {
  const whole = date.read(text);
  return whole === null ? time.read(text) : `${whole}T23:59:59Z`;
};

/** The letter, null where something is wrong; claims that are not there any more (`known`) are not asked about. */
export function readLetter(typed: TypedLetter, known: readonly string[]): { letter: Letter | null; wrong: LetterFaults } {
  const about = typed.about.filter((id) => known.includes(id));
  const [name, how, questions] = [typed.name.trim(), typed.how.trim(), typed.questions.trim()];
  const [asked, until] = [time.read(typed.asked), readDeadline(typed.until)];
  const wrong: LetterFaults = {};
  if (name === "") wrong.name = t("documents.letter.nameMissing");
  if (about.length === 0) wrong.about = t("documents.letter.aboutMissing");
  if (asked === null) wrong.asked = t("documents.replies.dayWrong");
  if (how === "") wrong.how = t("documents.letter.howMissing");
  if (questions === "") wrong.questions = t("documents.letter.questionsMissing");
  if (until === null) wrong.until = t("documents.replies.dayWrong");
  else if (asked !== null && Date.parse(until) < Date.parse(asked)) wrong.until = t("documents.letter.untilWrong");
  if (asked === null || until === null || Object.keys(wrong).length > 0) return { letter: null, wrong };
  return { letter: { to: { name, kind: typed.kind }, about, asked_at: asked, how, questions, deadline: until }, wrong };
}
