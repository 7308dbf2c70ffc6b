/** What a person waits for, measured in a browser: run by benchmarks/page_speed.py, never by a test. One line of figures each. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, it } from "vitest";
import { launch, manyItems, measures, percentile, previews, scratch, serve, sunDragged, Watched } from "./browser.ts";

const report = (figures: Record<string, number>): void => console.log(`measured ${JSON.stringify(figures)}`);

describe("the page's speed", () => {
  let browser: Browser;
  const folder = scratch();
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    folder.clear();
  });

  it("a dragged sun, and an exact answer", async () => {
    const server = await serve();
    const watched = await Watched.open(browser, server);
    const { page } = watched;
    await watched.openSample();
    await page.locator(".dome .sun").waitFor();
    const took = await previews(page);
    for (const last of ["2022-11-10", "2022-11-24"]) {
      const field = page.getByLabel("Not after", { exact: true }).first();
      await field.fill(last);
      await field.press("Enter");
      await page.waitForTimeout(150);
      await watched.answered();
    }
    const [region, exact] = [await measures(page, "noonmark-region"), await measures(page, "noonmark-answer")];
    report({ preview_p50_ms: percentile(took, 0.5), preview_p95_ms: percentile(took, 0.95), region_ms: Math.min(...region), exact_ms: Math.min(...exact) });
    await watched.context.close();
    await server.stop();
  });

  it("a shadow under a dragged sun", async () => {
    const server = await serve();
    const watched = await Watched.open(browser, server);
    const { page } = watched;
    await page.getByRole("button", { name: "Open the sample" }).click();
    await page.locator('.drawer-words[data-state="solved"]').waitFor();
    const took = await sunDragged(page);
    report({ shadow_p95_ms: percentile(took.shadow, 0.95), map_p95_ms: percentile(took.map, 0.95) });
    await watched.context.close();
    await server.stop();
  });

  it("the first paint of 200 items", async () => {
    const { server, watched } = await manyItems(browser, folder, 200);
    const { page } = watched;
    const paint = await page.evaluate(() => ({
      first_ms: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.NaN,
      items_ms: performance.getEntriesByName("noonmark-case")[0]?.startTime ?? Number.NaN,
    }));
    report(paint);
    await watched.context.close();
    await server.stop();
  });
});
