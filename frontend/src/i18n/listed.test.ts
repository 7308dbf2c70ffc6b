/** Lists and shares as the page says them: the commas of a list are the language's own. */
import { afterEach, expect, it } from "vitest";
import { day, language, listed, percent, plain } from "./index.ts";

afterEach(() => { language.value = "en"; });

it.each([["en", "a, b"], ["ar", "a، b"], ["ru", "a, b"], ["zh", "a、b"]])("stands between the parts of a list in %s", (code, text) => {
  language.value = code;
  expect(listed(["a", "b"]).replace(/[\u2066-\u2069]/g, "")).toBe(text);
});

it("keeps the order of a list whose first part runs the other way", () => {
  language.value = "ar";
  expect(listed(["hall", "4 \u064a\u0646\u0627\u064a\u0631"])).toBe("\u2068hall\u2069، \u20684 \u064a\u0646\u0627\u064a\u0631\u2069");
});

it.each([[0, "0%"], [0.0004, "under 0.1%"], [0.0005, "0.1%"], [0.042, "4.2%"], [0.58, "58%"], [0.99, "99%"], [0.994, "99.4%"], [0.9996, "over 99.9%"], [1, "100%"]])("tells a share of %s as %s: never none or all when it is not", (share, text) => {
  expect(percent(share)).toBe(text);
});

it("keeps a Russian day beside its month and the year beside its word", () => {
  language.value = "ru";
  expect(day(Date.UTC(2022, 10, 7))).toBe("7\u00a0нояб. 2022\u00a0г.");
});

it("shows what turns a file name about, and neither shows nor loses what joins its letters", () => {
  expect(plain("roof\u202egpj.exe\u0007")).toBe("roof\ufffdgpj.exe\ufffd");
  expect(plain("\u200fصورة\u200e.jpg")).toBe("صورة.jpg");
  expect(plain("می\u200cخواهم.jpg")).toBe("می\u200cخواهم.jpg");
});
