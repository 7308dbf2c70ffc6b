/** The whole path in the browser: a sample, a mark, a date range, an answer, a claim, a sealed bundle, checked in a terminal. */
import { execSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, dirname } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { launch, measures, missing, previews, python, scratch, serve, stillBox, Watched, type Server } from "./browser.ts";

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
    await stillBox(photo);
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
    await expect.poll(() => page.locator(".figures").innerText()).toMatch(/km²/);

    // A claim, checked live.
    await page.getByRole("tab", { name: /Claims/ }).click();
    await page.getByLabel("Who says so, or a name").fill("A third account");
    await page.getByLabel("Latitude, longitude").fill("59.33, 18.07");
    await page.getByLabel("From", { exact: true }).fill("2022-10-07 14:40");
    await page.getByRole("button", { name: "Check the claim" }).click();
    const claim = page.locator(".claim").filter({ hasText: "A third account" });
    await claim.locator("[data-verdict]").waitFor();
    await expect.poll(() => claim.locator("[data-verdict]").getAttribute("data-verdict")).toMatch(/^(unless|inconsistent)$/);
    await expect.poll(() => claim.innerText()).toMatch(/of true claims fit as badly as this or worse/);
    expect(await claim.innerText()).not.toMatch(/\bp [=<]/);
    // A day alone is claimed as a whole, not as its midnight.
    await page.getByLabel("Who says so, or a name").fill("A fourth account");
    await page.getByLabel("From", { exact: true }).fill("2022-09-20");
    await page.getByRole("button", { name: "Check the claim" }).click();
    const day = page.locator(".claim").filter({ hasText: "A fourth account" });
    await expect.poll(() => day.innerText()).toMatch(/20 Sept? 2022.* – 21 Sept? 2022.*UTC/);
    await day.locator("[data-verdict]").waitFor();
    await watched.axe("claims");

    // Every act has its line, and the command that does the same.
    await page.getByRole("tab", { name: /Record/ }).click();
    await expect.poll(() => page.locator(".acts code").filter({ hasText: "noonmark check" }).count()).toBeGreaterThan(0);
    await watched.axe("the record");

    // Sealed, and checked in a terminal.
    await page.getByRole("button", { name: "Export", exact: true }).click();
    await watched.axe("export");
    await page.getByRole("button", { name: "To the report" }).click();
    await page.getByRole("heading", { name: "Nothing stops the report" }).waitFor();
    await page.getByRole("button", { name: "Write the report" }).click();
    await page.getByLabel("New folder").fill(folder.path("bundle"));
    await page.getByRole("button", { name: "Write it", exact: true }).click();
    const command = await page.locator("#verify-command").innerText({ timeout: 120_000 }); // the bundle is written, and checked
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
    await watched.tabTo(".start-choices .button-main");
    await page.keyboard.press("Enter");
    await watched.answered();
    // The answer needs no picture; its marks are drawn with it.
    await page.locator(".point").first().waitFor();
    const count = await page.locator(".point").count();
    await watched.tabTo('.tools [aria-checked="true"]');
    // A sign without a word says its name while it has the focus.
    expect(await page.locator('.tools [aria-checked="true"]').evaluate((tool) => tool.querySelector("span")?.checkVisibility() === true ? "a word" : getComputedStyle(tool, "::after").content)).toMatch(/a word|Thing and shadow/);
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

  it("previews a dragged sun, and answers each date range exactly, the region first", async () => {
    const watched = await Watched.open(browser, server);
    const { page } = watched;
    await watched.openSample();
    await page.locator(".dome .sun").waitFor();
    expect((await previews(page)).length).toBeGreaterThan(0);
    for (const last of ["2022-11-10", "2022-11-24"]) {
      const field = page.getByLabel("Not after", { exact: true }).first();
      await field.fill(last);
      await field.press("Enter");
      await watched.answered();
    }
    expect((await measures(page, "noonmark-region")).length).toBeGreaterThan(0);
    expect((await measures(page, "noonmark-answer")).length).toBeGreaterThan(0);
    await watched.settle();
    await watched.context.close();
  });
});
