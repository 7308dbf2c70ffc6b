/** Nothing on any screen runs out of its card or over what stands beside it: in the language with the longest words, at 1024 and 320 px. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch, missing, prepare, scratch, serve, Watched, type Server } from "./browser.ts";

/** What is seen of a page that runs out of its box, over its neighbour, or out of the window; what scrolls may. */
const amiss = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const scrolls = (node: Element): boolean => ["auto", "scroll"].includes(getComputedStyle(node).overflowX) && node.scrollWidth > node.clientWidth;
    const within = (node: Element): DOMRect | null => {
      for (let up: Element | null = node; up !== null; up = up.parentElement) {
        if (scrolls(up)) return null;
        if (up.matches(".card, .side, .dock, .topbar, .rail, dialog, body")) return up.getBoundingClientRect();
      }
      return null;
    };
    const found: string[] = [];
    const hidden = (node: Element): boolean => node.closest(".unseen, [hidden], svg, canvas, option, .search > span, .skip") !== null || !node.checkVisibility({ visibilityProperty: true });
    const textsOf = (whole: Element): DOMRect[] =>
      [whole, ...whole.querySelectorAll("*")].filter((node) => !hidden(node)).flatMap((node) => [...node.childNodes].filter((one) => one.nodeType === Node.TEXT_NODE && one.textContent?.trim() !== "")).flatMap((one) => {
        const range = document.createRange();
        range.selectNodeContents(one);
        return [...range.getClientRects()];
      });
    const controlsOf = (whole: Element): DOMRect[] => [whole, ...whole.querySelectorAll("*")].filter((node) => node.matches("button, select, input, a, .chip") && !hidden(node)).map((node) => node.getBoundingClientRect());
    const meet = (one: DOMRect, two: DOMRect): boolean =>
      Math.min(one.right, two.right) - Math.max(one.left, two.left) > 2 && Math.min(one.bottom, two.bottom) - Math.max(one.top, two.top) > 2;
    for (const node of document.querySelectorAll("body *")) {
      const words = [...node.childNodes].filter((one) => one.nodeType === Node.TEXT_NODE && one.textContent?.trim() !== "");
      if (words.length === 0 || hidden(node)) continue;
      const box = within(node);
      if (box === null) continue;
      for (const one of words) {
        const range = document.createRange();
        range.selectNodeContents(one);
        const out = [...range.getClientRects()].some((rect) => rect.left < box.left - 1 || rect.right > box.right + 1);
        if (out) found.push(`out of its box: ${one.textContent}`);
      }
    }
    for (const head of document.querySelectorAll(".card-head, .screen-head, .region-head, .dock-head, .topbar, .drawer-head, .list > li")) {
      const parts = [...head.children].filter((one) => !hidden(one)).map((one) => ({ words: (one as HTMLElement).innerText, rects: [...textsOf(one), ...controlsOf(one)] }));
      parts.forEach(({ rects, words }, at) => {
        for (const other of parts.slice(at + 1)) if (rects.some((one) => other.rects.some((two) => meet(one, two)))) found.push(`over each other: ${words} | ${other.words}`);
      });
    }
    if (document.documentElement.scrollWidth > innerWidth) found.push(`the page scrolls sideways: ${document.documentElement.scrollWidth} of ${innerWidth} px`);
    return [...new Set(found)];
  });

describe.skipIf(missing !== null)("the layout", () => {
  const folder = scratch();
  let server: Server, browser: Browser;
  beforeAll(async () => {
    prepare(readFileSync(join(import.meta.dirname, "made_documents.py"), "utf8"), folder.path("."));
    [server, browser] = await Promise.all([serve(folder.path("case")), launch()]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    folder.clear();
  });

  it.each([[1440, 900], [1024, 768], [320, 640]])("of every screen in Russian holds its words at %i px", async (width, height) => {
    const watched = await Watched.open(browser, server, { locale: "ru", viewport: { width, height } });
    const { page } = watched;
    for (const screen of ["overview", "footage", "places", "sites", "documents", "documents/lists", "documents/replies", "accounts", "claims", "report"]) {
      await page.evaluate((to) => { location.hash = `#/${to}`; }, screen);
      await page.locator(`.screen-${screen.split("/")[0]}`).first().waitFor();
      if (screen === "report") await page.locator(".report-sheet").waitFor();
      await page.waitForLoadState("networkidle");
      await expect.poll(() => amiss(page)).toEqual([]);
    }
    await page.locator("#side, .side").first().press("?");
    await page.locator("dialog[open]").waitFor();
    expect(await amiss(page), "the keys").toEqual([]);
    expect(await page.locator("dialog[open] tbody").first().isVisible()).toBe(true);
    await watched.settle();
  });

  it.each(["en", "ru"])("of the first screen in %s holds its words at 320 px, also beside a case that was open before", async (locale) => {
    const start = await serve();
    const watched = await Watched.open(browser, start, { locale, viewport: { width: 320, height: 640 } });
    await watched.page.locator(".start-recent .list").waitFor();
    expect(await amiss(watched.page)).toEqual([]);
    await watched.settle();
    await start.stop();
  });
});
