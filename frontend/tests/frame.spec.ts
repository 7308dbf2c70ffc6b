/** The frame editor and the sky dome in the browser: mouse, keyboard, table, undo. */
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch, missing, serve, stillBox, sunDragged, Watched, type Server } from "./browser.ts";

/** The place on the screen of a pixel of the image, from a point whose pixel is known. */
async function onScreen(page: Page, x: number, y: number): Promise<[number, number]> {
  await stillBox(page.locator(".stage"));
  const point = page.locator(".point").first();
  const [box, px, py] = [await point.boundingBox(), Number(await point.getAttribute("data-x")), Number(await point.getAttribute("data-y"))];
  const scale = Number(await page.locator(".stage").getAttribute("data-scale"));
  if (box === null) throw new Error("no point on the stage");
  return [box.x + box.width / 2 + (x - px) * scale, box.y + box.height / 2 + (y - py) * scale];
}

const pixelOf = async (point: Locator): Promise<[number, number]> => [Number(await point.getAttribute("data-x")), Number(await point.getAttribute("data-y"))];
const named = (page: Page, mark: number, path: string): Locator => page.locator(`.point[data-mark="${mark}"][data-path="${path}"]`);
const solved = (page: Page): Promise<void> => page.locator('.drawer-words[data-state="solved"]').waitFor({ timeout: 90_000 });

describe.skipIf(missing !== null)("the frame", () => {
  let browser: Browser;
  let server: Server;
  let watched: Watched;
  let page: Page;
  beforeAll(async () => {
    [browser, server] = await Promise.all([launch(), serve()]);
    watched = await Watched.open(browser, server);
    page = watched.page;
    await page.getByRole("button", { name: "Open the sample" }).click();
    await page.locator(".point").first().waitFor();
    await solved(page);
  });
  afterAll(async () => {
    await watched?.settle();
    await browser?.close();
    await server?.stop();
  });

  it("nudges a point by exactly a tenth, one and ten pixels, and takes them back and forth", async () => {
    const top = named(page, 0, "top_px");
    const [x, y] = await pixelOf(top);
    await top.focus();
    for (let k = 0; k < 10; k += 1) await page.keyboard.press("Shift+ArrowRight");
    await expect.poll(() => pixelOf(top)).toEqual([Math.round((x + 1) * 100) / 100, y]);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Alt+ArrowLeft");
    await expect.poll(() => pixelOf(top)).toEqual([Math.round((x - 9) * 100) / 100, y + 1]);
    await expect.poll(() => top.getAttribute("aria-label")).toContain(`x ${(x - 9).toFixed(1)}, y ${(y + 1).toFixed(1)}, give or take `);
    // It is as sure as the zoom at which it was set: at least half a pixel of the screen.
    const scale = Number(await page.locator(".stage").getAttribute("data-scale"));
    const sure = Number(/take ([\d.]+) px/.exec((await top.getAttribute("aria-label")) ?? "")?.[1]);
    expect(sure).toBeGreaterThanOrEqual(0.99 * (0.5 / scale));
    // Nudges within a second are one step back; on a slow machine they are several.
    let steps = 0;
    for (; steps < 12 && (await pixelOf(top)).join() !== [x, y].join(); steps += 1) await page.keyboard.press("Control+z");
    await expect.poll(() => pixelOf(top)).toEqual([x, y]);
    for (let k = 0; k < steps; k += 1) await page.keyboard.press("Control+y");
    await expect.poll(() => pixelOf(top)).toEqual([Math.round((x - 9) * 100) / 100, y + 1]);
    for (let k = 0; k < steps; k += 1) await page.keyboard.press("Control+z");
    await expect.poll(() => pixelOf(top)).toEqual([x, y]);
  });

  it("widens and narrows the sigma of one point with the brackets", async () => {
    const tip = named(page, 0, "tip_px");
    await tip.focus();
    await page.keyboard.press("]");
    await expect.poll(() => tip.getAttribute("aria-label")).toContain("give or take 1.3 px");
    await expect.poll(() => named(page, 0, "top_px").getAttribute("aria-label")).toContain("give or take 1 px");
    await page.keyboard.press("Control+z");
    await expect.poll(() => tip.getAttribute("aria-label")).toContain("give or take 1 px");
  });

  it("keeps marks on their pixels however the view is zoomed and panned", async () => {
    const base = named(page, 1, "base_px");
    const before = await pixelOf(base);
    const stage = await stillBox(page.locator(".stage"));
    await page.mouse.move(stage.x + 200, stage.y + 150);
    for (let k = 0; k < 4; k += 1) await page.mouse.wheel(0, -240);
    await expect.poll(async () => Number(await page.locator(".stage").getAttribute("data-scale"))).toBeGreaterThan(0.5);
    await page.mouse.down();
    await page.mouse.move(stage.x + 120, stage.y + 100, { steps: 4 });
    await page.mouse.up();
    await expect.poll(() => pixelOf(base)).toEqual(before);
    await page.locator(".stage-keys").focus();
    await page.keyboard.press("0");
  });

  it("draws points that lie close together apart, each with a place of its own to be taken at, and the chosen one on its pixel", async () => {
    const stage = await stillBox(page.locator(".stage"));
    await page.mouse.move(stage.x + stage.width / 2, stage.y + stage.height / 2);
    for (let k = 0; k < 12; k += 1) await page.mouse.wheel(0, 240);
    await page.locator(".point-leader").first().waitFor({ state: "attached" });
    const chosen = named(page, 2, "base_px");
    await chosen.focus();
    await stillBox(chosen);
    expect(await chosen.locator(".point-leader").count()).toBe(0);
    const boxes = await page.locator(".point:visible").evaluateAll((all) => all.map((one) => one.getBoundingClientRect()).map(({ x, y, width, height }) => ({ x, y, width, height })));
    const close = boxes.flatMap((one, at) => boxes.slice(at + 1).filter((other) => Math.max(Math.abs(one.x - other.x), Math.abs(one.y - other.y)) < 24));
    expect(boxes.length).toBeGreaterThan(8);
    expect(boxes.filter(({ width, height }) => width < 24 || height < 24)).toEqual([]);
    expect(close).toEqual([]);
    await watched.axe("crowded points");
    await page.locator(".stage-keys").focus();
    await page.keyboard.press("0");
  });

  it("marks a thing and its shadow with three clicks, and the solution follows", async () => {
    const count = await page.locator(".point").count();
    await page.locator('[data-means="shadow"]').click();
    for (const [x, y] of [[714.6, 473.0], [718.2, 302.0], [504.0, 534.9]] as const) await page.mouse.click(...(await onScreen(page, x, y)));
    await expect.poll(() => page.locator(".point").count()).toBe(count + 3);
    // The new point takes the focus with the next frame that is drawn (frame/keys.ts).
    await expect.poll(async () => Math.abs((await pixelOf(page.locator(".point:focus")))[0] - 504)).toBeLessThan(3);
    await page.locator('.drawer-words[data-state="working"], .drawer-words[data-state="solved"]').first().waitFor();
    await solved(page);
    await expect.poll(() => page.locator(".residual").count()).toBeGreaterThan(0);
    await page.keyboard.press("Delete");
    await expect.poll(() => page.locator(".point").count()).toBe(count + 2);
    await page.keyboard.press("Control+z");
    await expect.poll(() => page.locator(".point").count()).toBe(count + 3);
  });

  it("sets the three points of a shadow with 25 presses of the keyboard, from a loaded photo", async () => {
    const marks = await page.locator(".point[data-path='base_px']").count();
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    let presses = 0;
    const press = async (key: string): Promise<void> => {
      presses += 1;
      await page.keyboard.press(key);
    };
    await press("F6");
    await press("F6");
    await expect.poll(() => page.evaluate(() => document.activeElement?.className)).toBe("stage-keys");
    await press("s");
    await press("g");
    const wanted = { base_px: [714.6, 473], top_px: [718.2, 302], tip_px: [504, 534.9] } as const;
    for (const [path, [x, y]] of Object.entries(wanted)) {
      let [left, top, width, height] = [0, 0, 1280, 720];
      for (let k = 0; k < 6; k += 1) {
        [width, height] = [width / 3, height / 3];
        const [column, row] = [Math.floor((x - left) / width), Math.floor((y - top) / height)];
        [left, top] = [left + column * width, top + row * height];
        await press(String(1 + column + 3 * row));
      }
      await press("Enter");
      await expect.poll(() => named(page, marks, path).count()).toBe(1);
      const [atX, atY] = await pixelOf(named(page, marks, path));
      expect(Math.hypot(atX - x, atY - y), path).toBeLessThan(1.1);
    }
    expect(presses).toBeLessThanOrEqual(25);
    for (let k = 0; k < 12 && (await named(page, marks, "base_px").count()) > 0; k += 1) await page.keyboard.press("Control+z");
    await expect.poll(() => named(page, marks, "base_px").count()).toBe(0);
  });

  it("marks with the keyboard alone, to the pixel", async () => {
    const count = await page.locator(".point").count();
    await watched.tabTo(".stage-keys", 200);
    await page.keyboard.press("v");
    await page.keyboard.press("ArrowRight");
    const cross = async (): Promise<number[]> => ((await page.locator(".stage-keys").getAttribute("data-cross")) ?? "").split(" ").map(Number);
    const [x0 = 0, y0 = 0] = await cross();
    await page.keyboard.press("Alt+ArrowRight");
    await page.keyboard.press("Shift+ArrowDown");
    await page.keyboard.press("Enter");
    for (let k = 0; k < 9; k += 1) await page.keyboard.press("Alt+ArrowUp");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.locator(".point").count()).toBe(count + 2);
    const points = page.locator('.point-mark');
    const [base, top] = [await pixelOf(points.nth(0)), await pixelOf(points.nth(1))];
    expect(Math.abs(base[0] - (x0 + 10))).toBeLessThan(0.06);
    expect(Math.abs(base[1] - (y0 + 0.1))).toBeLessThan(0.06);
    expect(top[0]).toBe(base[0]);
    expect(Math.abs(base[1] - top[1] - 90)).toBeLessThan(0.01);
    await page.keyboard.press("Control+z");
    await page.keyboard.press("Control+z");
    await expect.poll(() => page.locator(".point").count()).toBe(count);
  });

  it("takes typed pixels in the table, and refuses what is no number", async () => {
    await page.locator(".drawer-tab").first().click();
    const row = page.locator('tr[data-mark="0"][data-path="base_px"]');
    const before = await pixelOf(named(page, 0, "base_px"));
    const x = row.locator('[data-name="x"]');
    await x.fill("294.25");
    await x.press("Enter");
    await expect.poll(() => pixelOf(named(page, 0, "base_px"))).toEqual([294.25, before[1]]);
    await x.fill("many");
    await x.press("Enter");
    await page.getByText("was not taken for").waitFor();
    await expect.poll(() => x.inputValue()).toBe("294.25");
    await expect.poll(() => pixelOf(named(page, 0, "base_px"))).toEqual([294.25, before[1]]);
    await watched.axe("the marks as a table");
    await page.getByRole("button", { name: "Undo" }).first().click();
    await expect.poll(() => pixelOf(named(page, 0, "base_px"))).toEqual(before);
    await page.locator(".drawer-tab").nth(1).click();
    await watched.axe("lens and time");
    await page.locator(".drawer-tab").nth(2).click();
    await page.locator(".found").waitFor();
    await watched.axe("what the marks say");
    await page.locator(".drawer-tab").nth(2).click();
  });

  it("drags a shadow's tip: the rough map follows, and the point stays where it was let go", async () => {
    await solved(page);
    const tip = named(page, 0, "tip_px");
    const before = await pixelOf(tip);
    const [x, y] = await onScreen(page, ...before);
    const scale = Number(await page.locator(".stage").getAttribute("data-scale"));
    await page.evaluate(() => performance.clearMeasures());
    await page.mouse.move(x, y);
    await page.mouse.down();
    for (let k = 1; k <= 12; k += 1) {
      await page.mouse.move(x + k, y + k / 2);
      await page.waitForTimeout(60);
    }
    await expect.poll(() => page.evaluate(() => performance.getEntriesByName("noonmark-preview").length)).toBeGreaterThan(0);
    await page.mouse.up();
    const after = await pixelOf(tip);
    expect(Math.abs(after[0] - before[0] - 12 / scale)).toBeLessThan(0.05);
    expect(Math.abs(after[1] - before[1] - 6 / scale)).toBeLessThan(0.05);
    await page.keyboard.press("Control+z");
    await expect.poll(() => pixelOf(tip)).toEqual(before);
  });

  it("turns the sun by keys, a degree or a tenth, and casts its shadow on the photo", async () => {
    await solved(page);
    const sun = page.locator(".dome .sun");
    await sun.focus();
    const height = async (): Promise<number> => Number(await page.locator('.sky [data-name="elevation"]').inputValue());
    const before = await height();
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Shift+ArrowUp");
    await expect.poll(height).toBeCloseTo(before + 1.1, 1);
    await expect.poll(() => page.evaluate(() => performance.getEntriesByName("noonmark-shadow").length)).toBeGreaterThan(0);
    await page.keyboard.press("Escape");
    await expect.poll(height).toBeCloseTo(before, 2);
  });

  it("moves the shadow and the rough map while the sun is dragged", async () => {
    const took = await sunDragged(page);
    expect(took.shadow.length).toBeGreaterThan(0);
    expect(took.map.length).toBeGreaterThan(0);
  });
});
