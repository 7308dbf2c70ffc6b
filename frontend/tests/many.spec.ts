/** A case of thousands of items: it opens, is scrolled, filtered, walked by keys and searched, and the page never holds more than what is in sight. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch, missing, noonmark, pictures, scratch, serve, Watched, type Server } from "./browser.ts";

const COUNT = 5000;
/** A screen of 900 px has room for nine; a dozen stand ready on each side of it. */
const MOST_ROWS = 60;

describe.skipIf(missing !== null)("a case of 5,000 items", () => {
  let browser: Browser;
  let server: Server;
  const folder = scratch();
  beforeAll(async () => {
    pictures(folder.path("many"), COUNT, (index) => `photo ${String(index).padStart(4, "0")}.png`);
    noonmark("case", "new", folder.path("large"));
    noonmark("case", "add", folder.path("large"), folder.path("many"));
    browser = await launch();
    server = await serve(folder.path("large"));
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    folder.clear();
  });

  it("draws what is in sight alone, and asks for no other picture, however it is scrolled, filtered or searched", async () => {
    const watched = await Watched.open(browser, server);
    const { page } = watched;
    await page.goto(`${server.origin}/#/footage`);
    const rows = page.locator("#items [data-item]");
    const shown = (name: string): Promise<void> => page.locator("#items .item", { hasText: name }).first().waitFor();
    const drawn = async (): Promise<number> => {
      const count = await rows.count();
      expect(count).toBeGreaterThan(0);
      expect(count).toBeLessThan(MOST_ROWS);
      return count;
    };
    const pictured = (): number => new Set(watched.sent.filter((url) => /\/frame\/0/.test(url)).map((url) => /items\/(\w+)/.exec(url)?.[1])).size;
    await rows.first().waitFor();
    await drawn();
    await page.locator("#items img").first().waitFor();
    await expect.poll(() => page.locator(".item-filter [role=status]").innerText()).toContain("5,000");

    // The list is as long as all of its items: its far end is reached at once, and the key End leads to the last one.
    await page.locator("#items").evaluate((list) => { list.scrollTop = list.scrollHeight / 2; });
    const before = (): Promise<number> => page.locator("#items > ul").evaluate((list) => parseFloat(getComputedStyle(list).paddingBlockStart));
    await expect.poll(before).toBeGreaterThan(100 * (COUNT / 2 - MOST_ROWS));
    await expect.poll(before).toBeLessThan(100 * (COUNT / 2));
    await drawn();
    await page.locator("#items").evaluate((list) => { list.scrollTop = 0; });
    await expect.poll(before).toBe(0);
    await page.locator("#items .item[tabindex='0']").focus();
    await page.keyboard.press("End");
    await expect.poll(() => page.evaluate(() => document.activeElement?.matches("#items li:last-child .item") ?? false)).toBe(true);
    await expect.poll(before).toBeGreaterThan(100 * (COUNT - MOST_ROWS));
    await page.keyboard.press("Enter");
    await page.locator(".stage:not([data-frame=''])").waitFor();
    await drawn();

    await page.locator(".item-filter input").fill("photo 321");
    await shown("photo 3210.png");
    await expect.poll(drawn).toBe(15); // 3210 to 3219, and 0321 to 4321
    await page.keyboard.press("Control+k");
    await page.locator(".palette input").fill("photo 4711");
    await page.locator("#hits [data-group=items]", { hasText: "photo 4711.png" }).first().click();
    await expect.poll(() => page.evaluate(() => location.hash)).toMatch(/^#\/footage\/\w{64}/);
    await drawn();
    // Pictures of what was in sight, five screens at most, out of thousands.
    expect(pictured()).toBeLessThan(5 * MOST_ROWS);
    expect(watched.sent.filter((url) => url.startsWith(`${server.origin}/api/`)).length).toBeLessThan(6 * MOST_ROWS);
    await watched.settle();
  });
});
