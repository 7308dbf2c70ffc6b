/** The packages' sentences in Arabic: none that the page has words for stands there in English. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { launch, missing, prepare, scratch, serve, Watched, type Server } from "./browser.ts";

/** The longest run of a template's own words; what is shorter may be anybody's. */
const SHORTEST = 12;
const ownWords = (template: string): string => template.split(/\{[^}]*\}/).reduce((one, other) => (other.trim().length > one.length ? other.trim() : one), "");

describe.skipIf(missing !== null)("the packages' sentences in Arabic", () => {
  const folder = scratch();
  let server: Server, browser: Browser, watched: Watched, page: Page;
  let english: string[] = [];
  beforeAll(async () => {
    prepare(readFileSync(join(import.meta.dirname, "made_words.py"), "utf8"), folder.path("."));
    english = Object.values(JSON.parse(readFileSync(folder.path("templates.json"), "utf8")) as Record<string, string>).map(ownWords).filter((words) => words.length >= SHORTEST);
    [server, browser] = await Promise.all([serve(folder.path("case")), launch()]);
    watched = await Watched.open(browser, server, { locale: "ar" });
    page = watched.page;
    await page.locator('#screens, .rail').first().waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    folder.clear();
  });
  afterEach(() => watched.settle());
  const at = (hash: string): Promise<void> => page.evaluate((to) => { location.hash = to; }, hash);
  /** The English sentences in what is seen; commands are English by nature. */
  const seen = (): Promise<string[]> =>
    page.evaluate((all) => {
      const copy = document.body.innerText.replaceAll(/[\u2066-\u2069]/g, "");
      const typed = [...document.querySelectorAll<HTMLElement>("code")].map((code) => code.innerText);
      const text = typed.reduce((rest, command) => rest.replace(command, ""), copy);
      return all.filter((words) => text.includes(words));
    }, english);
  const inArabic = async (place: string, words: RegExp): Promise<void> => {
    await expect.poll(() => page.locator(place).allInnerTexts().then((texts) => texts.join("\n").replaceAll(/[\u2066-\u2069]/g, ""))).toMatch(words);
    expect(await seen(), place).toEqual([]);
  };

  it("says an answer's warning, the record and what a file contradicts", async () => {
    expect(english.length).toBeGreaterThan(150);
    await at("#/footage");
    await inArabic(".readout-trouble", /أدق مما يسمح به الهواء/);
    await expect.poll(() => page.locator(".mode-place").allInnerTexts().then((texts) => texts.join(" "))).toMatch(/كم/);
    expect(await page.locator(".mode-place").allInnerTexts().then((texts) => texts.filter((text) => / of /.test(text)))).toEqual([]);
    await page.locator("#tab-record").click();
    await inArabic(".acts", /سُلّم photo\.jpg من غير معروف إلى court-1/);
    expect(await page.locator(".act-said").allInnerTexts().then((texts) => texts.filter((text) => /[0-9a-f]{12}/.test(text)))).toEqual([]);
    // The whole digest is behind the name, and on demand.
    const digests = page.locator(".act-digests", { hasText: "photo.jpg" }).first();
    await digests.locator("summary").click();
    await expect.poll(() => digests.locator("code").innerText()).toMatch(/^[0-9a-f]{64}$/);
    await watched.axe("the record in Arabic");
    await page.locator(".item", { hasText: "photo.jpg" }).first().click();
    await page.locator("#tab-file").click();
    await inArabic(".stated-findings", /كانت في ذلك اليوم على/);
  });

  it("says what is amiss with a site", async () => {
    await at("#/sites");
    await page.locator(".open-form input").fill(folder.path("yard"));
    await page.locator(".open-form button[type=submit]").click();
    await inArabic(".sites-open", /اختلف القراء في i0/);
    await inArabic(".screen-sites", /حُوّلت إلى شبكة الموقع/);
    await watched.axe("a site in Arabic");
    await at("#/sites"); // first: reloaded at the site itself, the page would ask for it and be refused
    await page.locator(".open-form").waitFor();
    writeFileSync(folder.path("yard/site.json"), '{"form": ');
    await page.reload();
    await inArabic(".screen-sites", /ليس JSON عند السطر 1، العمود 10/);
  });

  it("says a reader's notes, why a page was found, and why entries may belong together", async () => {
    await at("#/documents");
    await inArabic(".screen-documents", /في الصفحة برامج نصية/);
    await page.locator("#find-words").fill("THE WALL");
    await page.locator("#find-words").press("Enter");
    await inArabic(".results .list", /حروف كبيرة وصغيرة/);
    await at("#/documents/lists");
    const [a, b] = [page.locator(".lists-choose select").nth(0), page.locator(".lists-choose select").nth(1)];
    await a.waitFor();
    await a.selectOption({ label: "ordinance.txt" });
    await b.selectOption({ label: "gate.txt" });
    await page.locator(".lists-choose button[type=submit]").click();
    await page.locator("[data-row=a1]").click();
    await inArabic(".partners", /العدد 1240 في كليهما/);
    await watched.axe("two lists in Arabic");
  });
});
