/** Sentences of Python's in the page's language. */
import { afterEach, expect, it } from "vitest";
import { figures, fixed, number, setLanguage, withinDay } from "./index.ts";
import { saidWords, toldOf, type Sentence } from "./said.ts";

Object.assign(globalThis, { localStorage: { setItem: () => undefined }, document: { documentElement: {} } });
const bare = (words: string | null): string | null => words?.replace(/[\u2066-\u2069]/g, "") ?? null;
const said = (code: string, values: Sentence["values"] = {}): Sentence => ({ code, values });

afterEach(() => setLanguage("en"));

it("leaves English to the text that came with it", () => {
  expect(saidWords([said("act.note")])).toBeNull();
});

it.each([["ar", "كُتبت ملاحظة"], ["ru", "записана заметка"], ["zh", "写了笔记"]])("speaks %s", async (code, words) => {
  await setLanguage(code);
  expect(bare(saidWords([said("act.note")]))).toBe(words);
});

it("shows the English text where one sentence is not known", async () => {
  await setLanguage("ar");
  expect(saidWords([said("act.note"), said("act.of-a-later-version")])).toBeNull();
  expect(saidWords([])).toBeNull();
  expect(saidWords(undefined)).toBeNull();
});

it("puts Noonmark's own words for its own values, and keeps the words of others apart", async () => {
  await setLanguage("ar");
  const words = saidWords([said("act.undid", { said: [said("act.mark-point", { point: "tip", mark: "shadow (lamp post)", picture: "clip.mp4, frame 1200" })] })]);
  expect(bare(words)).toBe("تُراجع عن: عُلّمت نقطة (طرف الظل) من شيء وظله (lamp post) في clip.mp4، الإطار 1200");
  expect(saidWords([said("act.report", { name: "report.html" })])).toBe("كُتب التقرير: \u2068report.html\u2069");
});

it("has the plural forms of Arabic and its own dates", async () => {
  await setLanguage("ar");
  const files = (count: number): string | null => bare(saidWords([said("act.files", { count, how: [said("act.by-browser")] })]));
  expect([2, 3, 11].map(files)).toEqual(["أُضيف ملفان: أرسلها متصفح هذا الجهاز", "أُضيفت 3 ملفات: أرسلها متصفح هذا الجهاز", "أُضيف 11 ملفًا: أرسلها متصفح هذا الجهاز"]);
  expect(bare(saidWords([said("act.earliest", { first: "2022-10-07" })]))).toBe("حُدد التاريخ الأبكر: 7 أكتوبر 2022");
});

it("joins several sentences as the language does", async () => {
  await setLanguage("zh");
  expect(saidWords([said("act.note"), said("act.clue-on", { clue: "shadow_length" })])).toBe("写了笔记；启用了线索：高度和影长");
});

it("joins texts that have sentences beside them, and leaves all English where one has none", async () => {
  await setLanguage("ar");
  const told = { "a hyphen": [said("search.hyphens")], "marks on letters": [said("search.marks")], "somebody's": [] };
  expect(bare(saidWords(toldOf(["a hyphen", "marks on letters"], told)))).toBe("واصلة؛ علامات على الحروف");
  expect(saidWords(toldOf(["a hyphen", "somebody's"], told))).toBeNull();
  expect(saidWords(toldOf(["a hyphen"], undefined))).toBeNull();
});

it("says that nobody knows it, and lists items as the language does", async () => {
  await setLanguage("ar");
  const handed = said("act.transferred", { items: "aa, bb", giver: "unknown", taker: "court-1", means: "unknown" });
  expect(bare(saidWords([handed]))).toBe("سُلّم aa، bb من غير معروف إلى court-1: غير معروف");
});

it("names countries that the browser has another name for, kinds of packages, and why a site can't be read", async () => {
  await setLanguage("ar");
  const country = (name: string): string | null => bare(saidWords([said("near.here", { town: "X", country: name })]));
  expect(["Turkey", "The Netherlands", "Ivory Coast", "Bosnia and Herzegovina", "Saint Lucia", "Timor Leste"].map(country)).toEqual(["X، تركيا", "X، هولندا", "X، ساحل العاج", "X، البوسنة والهرسك", "X، سانت لوسيا", "X، تيمور - ليشتي"]);
  expect(bare(saidWords([said("act.exported-items", { items: 3, form: "release" })]))).toContain("نسخة للنشر");
  expect(bare(saidWords([said("act.by-package", { form: "hash-list" })]))).toBe("استيراد حزمة بقائمة بصمات");
  expect(bare(saidWords([said("site.problem-unread", { file: "yard/site.json", error: [said("site.cause-json", { line: 2, column: 5 })] })]))).toContain("ليس JSON عند السطر 2، العمود 5");
});

it("puts the marks of the language between a day and its times, and tells one moment once", async () => {
  const moment = "2022-06-21T10:00:00Z";
  const spans = [[moment, moment], ["2022-06-21T12:00:00Z", "2022-06-21T12:30:00Z"]] as const;
  expect(withinDay(spans)).toBe("21 Jun 2022, 10:00, 12:00–12:30 UTC");
  await setLanguage("ar");
  expect(bare(withinDay(spans))).toBe("21 يونيو 2022، 10:00، 12:00–12:30 UTC");
  await setLanguage("zh");
  expect(withinDay(spans)).toBe("2022年6月21日 10:00、12:00–12:30 UTC");
});

it("says where a settlement lies, a clue's number, and days", async () => {
  await setLanguage("ar");
  const near = said("near.away", { km: "1,200", bearing: "north-east", town: "Galle", country: "Sri Lanka" });
  expect(bare(saidWords([near]))).toBe("1,200 كم شمال شرق Galle، سريلانكا");
  expect(bare(saidWords([said("answer.fine-sigma", { where: "clue[0].sigma_deg", sigma: 0.001 })]))).toMatch(/^القرينة 1: 0\.001°/);
  expect(bare(saidWords([said("answer.whose-days", { days: "2022-06-21 and 2022-06-22", count: 16 })]))).toContain("21 يونيو 2022، 22 يونيو 2022");
});

it.each([["en", "1,200", "0.040"], ["ar", "1,200", "0.040"], ["ru", "1 200", "0,040"], ["zh", "1,200", "0.040"]])("writes numbers in one form in %s, its own and those of Python's sentences", async (code, thousands, short) => {
  await setLanguage(code);
  const spaced = (words: string | null): string => (bare(words) ?? "").replace(/\s/g, " ");
  expect([number(1200), figures(1200)].map(spaced)).toEqual([thousands, thousands]);
  expect([fixed(0.04, 3), number(1.5)]).toEqual([short, code === "ru" ? "1,5" : "1.5"]);
  expect(fixed(1200.5, 1)).toBe(code === "ru" ? "1200,5" : "1200.5");
  if (code === "en") return;
  for (const km of ["1,200", "1\u2009200"]) expect(spaced(saidWords([said("near.away", { km, bearing: "north", town: "X", country: "FR" })]))).toContain(thousands);
});
