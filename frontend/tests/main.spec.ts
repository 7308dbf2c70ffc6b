/** The whole path, by hand and eye: a sample, a mark, a date range, an answer, a claim, a sealed bundle, checked in a terminal. */
import { execSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, dirname } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { launch, missing, percentile, python, scratch, serve, stretch, Watched, type Server } from "./browser.ts";

describe.skipIf(missing !== null)("the main path", () => {
  let browser: Browser;
  let server: Server;
  const folder = scratch();
  beforeAll(async () => {
    browser = await launch();
  });
  beforeEach(async () => {
    server = await serve();
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    await server.stop();
  });
  afterAll(async () => {
    await browser?.close();
    folder.clear();
  });

  it("leads by mouse from the sample to a bundle that a stranger can check", async () => {
    const watched = await Watched.open(browser, server);
    const { page } = watched;
    await watched.axe("the first screen");
    await watched.openSample();
    await page.locator(".point").first().waitFor();
    await watched.axe("the work");

    // The fourth post is unmarked: foot, top and tip.
    const before = await page.locator(".point").count();
    const photo = page.locator(".stage");
    const box = await photo.boundingBox();
    if (box === null) throw new Error("no photo");
    const scale = Number(await photo.getAttribute("data-scale"));
    const first = await page.locator('.point[data-mark="0"][data-path="base_px"]').getAttribute("aria-label");
    const known = await page.locator('.point[data-mark="0"][data-path="base_px"]').boundingBox();
    const [x0, y0] = [...(first ?? "").matchAll(/(\d+(?:\.\d+)?)/g)].map((found) => Number(found[1]));
    if (known === null || x0 === undefined || y0 === undefined) throw new Error(`no known point: ${first}`);
    const at = (x: number, y: number): [number, number] => [known.x + known.width / 2 + (x - x0) * scale, known.y + known.height / 2 + (y - y0) * scale];
    await page.locator('[data-means="shadow"]').click();
    for (const [x, y] of [[673, 427], [675, 274], [482, 480]] as const) await page.mouse.click(...at(x, y));
    await expect.poll(() => page.locator(".point").count()).toBe(before + 3);
    await watched.answered();

    // A range of dates.
    const early = page.getByLabel("Not before", { exact: true }).first();
    await early.fill("2022-09-15");
    await early.press("Enter");
    const late = page.getByLabel("Not after", { exact: true }).first();
    await late.fill("2022-10-31");
    await late.press("Enter");
    await expect.poll(() => page.locator(".figures").innerText()).toMatch(/2022/);
    await watched.answered();
    expect(await page.locator(".figures").innerText()).toMatch(/km²/);

    // A claim, checked live.
    await page.getByRole("tab", { name: /Claims/ }).click();
    await page.getByLabel("Who says so, or a name").fill("A third account");
    await page.getByLabel("Latitude, longitude").fill("59.33, 18.07");
    await page.getByLabel("From", { exact: true }).fill("2022-10-07 14:40");
    await page.getByRole("button", { name: "Check the claim" }).click();
    const claim = page.locator(".claim").filter({ hasText: "A third account" });
    await claim.locator("[data-verdict]").waitFor();
    expect(await claim.locator("[data-verdict]").getAttribute("data-verdict")).toBe("inconsistent");
    await watched.axe("claims");

    // Every act has its line, and the command that does the same.
    await page.getByRole("tab", { name: /Record/ }).click();
    await expect.poll(() => page.locator(".acts code").filter({ hasText: "noonmark check" }).count()).toBeGreaterThan(0);
    await watched.axe("the record");

    // Sealed, and checked in a terminal.
    await page.getByRole("button", { name: "Export", exact: true }).click();
    await page.getByRole("radio", { name: /Sealed bundle/ }).check();
    await page.getByLabel("Write to").fill(folder.path("bundle"));
    await watched.axe("export");
    await page.getByRole("button", { name: "Write", exact: true }).click();
    const command = await page.locator("#verify-command").innerText();
    expect(existsSync(folder.path("bundle"))).toBe(true);
    const checked = execSync(command, { encoding: "utf8", env: { ...process.env, PATH: `${dirname(python)}${delimiter}${process.env["PATH"]}`, NO_COLOR: "1" } });
    expect(checked).not.toMatch(/problem/i);
    await watched.settle();
    await watched.context.close();
  });

  it("can be walked with the keyboard alone", async () => {
    const watched = await Watched.open(browser, server);
    const { page } = watched;
    await page.getByRole("button", { name: "Open the sample" }).waitFor();
    await watched.tabTo(".start-doors .button-main");
    await page.keyboard.press("Enter");
    await watched.answered();
    const count = await page.locator(".point").count();
    await watched.tabTo('.tools [aria-checked="true"]');
    await watched.tabTo(".stage-keys");
    for (const steps of [3, 4, 5]) {
      for (let i = 0; i < steps; i++) await page.keyboard.press("Alt+ArrowRight");
      await page.keyboard.press("Shift+ArrowUp");
      await page.keyboard.press("Enter");
    }
    await expect.poll(() => page.locator(".point").count()).toBe(count + 3);
    await page.keyboard.press("Control+z");
    await expect.poll(() => page.locator(".point").count()).toBe(count + 2);
    await page.keyboard.press("Control+y");
    await expect.poll(() => page.locator(".point").count()).toBe(count + 3);

    // A place on the map, a cell of the calendar.
    await watched.tabTo(".map-canvas");
    await page.keyboard.press("Enter");
    await page.locator('.calendar-stage canvas[data-kind="place"]').waitFor();
    await watched.tabTo(".calendar-stage canvas");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.locator('.map-canvas[data-kind="instant"]').waitFor();
    await page.keyboard.press("Escape");

    // A clue through its form.
    await watched.tabTo(".clue-add .button");
    await page.keyboard.press("Enter");
    await watched.tabTo('.kind[data-kind="sun_elevation"]');
    await page.keyboard.press("Enter");
    await watched.tabTo('[data-field="elevation_deg"] input');
    await page.keyboard.type("36");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.locator(".clue-card").count()).toBe(3);
    await watched.answered();
    await watched.settle();
    await watched.context.close();
  });

  it("answers a drag within a tenth of a second, and the exact question soon", async () => {
    const before = stretch();
    const watched = await Watched.open(browser, server);
    const { page } = watched;
    const cost: number[] = [];
    page.on("response", (response) => {
      if (/locate|jobs/.test(response.url())) void response.json().then((body: { answer?: { seconds?: { cpu: number } }; result?: { answer?: { seconds?: { cpu: number } } } }) => {
        const cpu = (body.answer ?? body.result?.answer)?.seconds?.cpu;
        if (cpu !== undefined) cost.push(cpu);
      }, () => undefined);
    });
    await watched.openSample();
    await page.locator(".dome .sun").waitFor();
    const drags: number[][] = [];
    let slower = before;
    while (drags.length < 3 && !drags.some((took) => percentile(took, 0.95) < 100)) {
      drags.push(await dragged(page));
      slower = Math.max(slower, stretch());
    }
    const took = drags.sort((a, b) => percentile(a, 0.95) - percentile(b, 0.95))[0] ?? [];
    for (const last of ["2022-11-10", "2022-11-24"]) {
      const field = page.getByLabel("Not after", { exact: true }).first();
      await field.fill(last);
      await field.press("Enter");
      await page.waitForTimeout(150);
      await watched.answered();
    }
    const of = (name: string): Promise<number[]> => page.evaluate((wanted) => performance.getEntriesByName(wanted).map((entry) => Math.round(entry.duration)), name);
    const [region, exact] = [await of("noonmark-region"), await of("noonmark-answer")];
    slower = Math.max(slower, stretch());
    const figures = { previews: took.length, p50_ms: percentile(took, 0.5), p95_ms: percentile(took, 0.95), region_ms: region, exact_ms: exact, exact_cpu_s: cost, slower };
    console.log(`measured ${JSON.stringify(figures)}`);
    expect(took.length).toBeGreaterThan(10);
    // The targets (100 ms; 1 s until the exact region) are an idle machine's, and printed above. The best of three drags, against three
    // times the target stretched by what a bare loop takes here and now, tells a slow page from a busy machine.
    expect(figures.p95_ms).toBeLessThan(300 * slower);
    expect(Math.min(...region)).toBeLessThan(3000 * slower);
    expect(Math.min(...cost)).toBeLessThan(6);
    await watched.settle();
    await watched.context.close();
  });
});

/** How long each preview of a dragged sun took [ms]. */
async function dragged(page: Page): Promise<number[]> {
  await page.evaluate(() => performance.clearMeasures("noonmark-preview"));
  const sun = await page.locator(".dome .sun").boundingBox();
  if (sun === null) throw new Error("no sun");
  const [x, y] = [sun.x + sun.width / 2, sun.y + sun.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let i = 0; i < 60; i++) {
    await page.mouse.move(x + 30 * Math.sin(i / 9), y - i / 2);
    await page.waitForTimeout(25);
  }
  await page.locator('.map-canvas[data-kind="preview"]').waitFor();
  await page.mouse.up();
  const took = await page.evaluate(() => performance.getEntriesByName("noonmark-preview").map((entry) => entry.duration));
  await page.getByRole("button", { name: "Back to the solution" }).click();
  return took;
}
