/** Lists in the page's four languages: their commas are the language's own. */
import { afterEach, expect, it } from "vitest";
import { language, listed } from "./index.ts";

afterEach(() => { language.value = "en"; });

it.each([["en", "a, b"], ["ar", "a، b"], ["ru", "a, b"], ["zh", "a、b"]])("stands between the parts of a list in %s", (code, text) => {
  language.value = code;
  expect(listed(["a", "b"]).replace(/[\u2066-\u2069]/g, "")).toBe(text);
});

it("keeps the order of a list whose first part runs the other way", () => {
  language.value = "ar";
  expect(listed(["hall", "4 \u064a\u0646\u0627\u064a\u0631"])).toBe("\u2068hall\u2069، \u20684 \u064a\u0646\u0627\u064a\u0631\u2069");
});
