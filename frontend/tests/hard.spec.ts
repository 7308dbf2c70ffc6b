/** What must not hurt: hostile words, a server that goes, two tabs, a case of two hundred items, another direction of reading. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch, manyItems, missing, noonmark, pictures, scratch, serve, Watched } from "./browser.ts";

const hostile = [
  "<script>window.hacked=1</script>", "<img src=x onerror=window.hacked=1>", "javascript:window.hacked=1", "\"'><svg onload=window.hacked=1>", "photo\u202egpj.exe", "=cmd|' /C calc'!A0", "nul\u0000\u0007", "{count} ${1+1} {{7*7}}",
];

/** The smallest PMTiles archive: one raster tile of the whole world (version 3 of its specification). */
function archive(tile: Buffer): Buffer {
  const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)]);
  const root = Buffer.from([1, 0, 1, ...varint(tile.length), 1]);
  const meta = Buffer.from("{}");
  const header = Buffer.alloc(127);
  header.write("PMTiles");
  header[7] = 3;
  const sizes = [127, root.length, 127 + root.length, meta.length, 127 + root.length + meta.length, 0, 127 + root.length + meta.length, tile.length, 1, 1, 1];
  sizes.forEach((size, index) => header.writeBigUInt64LE(BigInt(size), 8 + 8 * index));
  header.set([1, 1, 1, 2, 0, 0], 96);
  [-1800000000, -850000000, 1800000000, 850000000].forEach((edge, index) => header.writeInt32LE(edge, 102 + 4 * index));
  return Buffer.concat([header, root, meta, tile]);
}

describe.skipIf(missing !== null)("the page under trial", () => {
  let browser: Browser;
  const folder = scratch();
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    folder.clear();
  });

  it("shows hostile words as words", async () => {
    const names = hostile.filter((text) => !/[\u0000/]/.test(text));
    pictures(folder.path("in"), names.length, (index) => `${names[index]}.png`);
    const name = "case of <b onclick=window.hacked=1>bold";
    noonmark("case", "new", folder.path(name));
    noonmark("case", "add", folder.path(name), folder.path("in"));
    const server = await serve(folder.path(name));
    const watched = await Watched.open(browser, server);
    const { page } = watched;
    await page.locator(".item").nth(names.length - 1).waitFor();
    watched.allowed.push(/status of 400/); // a claim of a place alone, and a clue without a date, are refused in words
    for (const text of hostile) {
      await page.getByRole("tab", { name: /Claims/ }).click();
      await page.getByLabel("Who says so, or a name").fill(text);
      await page.getByLabel("Latitude, longitude").fill("10, 10");
      await page.getByRole("button", { name: "Check the claim" }).click();
      await page.getByRole("tab", { name: /Record/ }).click();
      await page.getByLabel("Notes").fill(text);
      await page.getByLabel("Notes").blur();
    }
    await page.getByRole("tab", { name: /Clues/ }).click();
    await page.getByRole("button", { name: "Add a clue" }).click();
    await page.locator('.kind[data-kind="sun_elevation"]').click();
    await page.locator('[data-field="elevation_deg"] input').fill("30");
    await page.locator(".more summary").click();
    await page.locator('[data-field="note"] input').fill(hostile.slice(0, 6).join(" "));
    await page.getByRole("button", { name: "Add the clue" }).click();
    await page.locator(".clue-card").waitFor();
    await page.getByRole("tab", { name: /Claims/ }).click();
    await page.locator(".claim").nth(hostile.length - 1).waitFor();
    await expect.poll(() => page.locator(".save-state").innerText()).toMatch(/Saved/);
    await page.reload();
    await page.locator(".item").first().waitFor();
    await page.getByRole("tab", { name: /Claims/ }).click();
    await expect.poll(() => page.locator(".claim").first().innerText()).toContain("<script>");
    const harm = await page.evaluate(() => ({
      hacked: (window as unknown as { hacked?: number }).hacked ?? 0,
      scripts: document.querySelectorAll("script:not([src]), [onclick], [onerror], [onload], a[href^='javascript'], #app b").length,
      overrides: /[\u202a-\u202e]/.test(document.querySelector(".item-rail")?.textContent ?? ""),
    }));
    expect(harm).toEqual({ hacked: 0, scripts: 0, overrides: false });
    await watched.settle();
    await watched.context.close();
    await server.stop();
  });

  it("keeps what was typed while the server is away, and goes on at its new address", async () => {
    noonmark("case", "new", folder.path("away"));
    const server = await serve(folder.path("away"));
    const watched = await Watched.open(browser, server);
    const { page } = watched;
    watched.allowed.push(/ERR_CONNECTION_REFUSED|ERR_INTERNET_DISCONNECTED|ERR_FAILED|status of 403/);
    await page.getByRole("button", { name: "Add a clue" }).waitFor();
    await watched.context.setOffline(true);
    const early = page.getByLabel("Not before", { exact: true }).first();
    await early.fill("2020-01-01");
    await early.press("Enter");
    await page.locator('.notice[data-code="gone"]').waitFor();
    await expect.poll(() => page.locator(".save-state").innerText()).toMatch(/Not saved/);
    await watched.context.setOffline(false);
    await page.locator('.notice[data-code="back"]').waitFor();
    await expect.poll(() => page.locator(".save-state").innerText()).toBe("Saved");

    await server.stop();
    const late = page.getByLabel("Not after", { exact: true }).first();
    await late.fill("2020-12-31");
    await late.press("Enter");
    await page.locator('.notice[data-code="gone"]').waitFor();
    const again = await serve(folder.path("away"), "--port", String(server.port));
    await page.goto(again.url);
    await expect.poll(() => page.locator(".save-state").innerText()).toBe("Saved");
    await expect.poll(() => late.inputValue()).toBe("2020-12-31");
    await page.reload();
    await page.getByLabel("Not after", { exact: true }).first().waitFor();
    await expect.poll(() => page.getByLabel("Not after", { exact: true }).first().inputValue()).toBe("2020-12-31");
    await expect.poll(() => page.getByLabel("Not before", { exact: true }).first().inputValue()).toBe("2020-01-01");
    await watched.settle();
    await watched.context.close();
    await again.stop();
  });

  it("puts two tabs on one case together, and asks where both changed one thing", async () => {
    noonmark("case", "new", folder.path("tabs"));
    const server = await serve(folder.path("tabs"));
    const one = await Watched.open(browser, server);
    const two = await Watched.inside(one.context, server);
    for (const watched of [one, two]) watched.allowed.push(/status of 409/);
    await two.page.getByLabel("Not before", { exact: true }).first().waitFor();
    const say = async (watched: Watched, label: string, text: string): Promise<void> => {
      const field = watched.page.getByLabel(label, { exact: true }).first();
      await field.fill(text);
      await field.press("Enter");
    };
    await say(one, "Not before", "2021-01-01");
    await expect.poll(() => one.page.locator(".save-state").innerText()).toBe("Saved");
    await two.page.getByRole("tab", { name: /Claims/ }).click();
    for (const watched of [one, two]) watched.allowed.push(/status of 400/);
    await two.page.getByLabel("Latitude, longitude").fill("1, 2");
    await two.page.getByRole("button", { name: "Check the claim" }).click();
    await expect.poll(() => two.page.locator(".save-state").innerText()).toBe("Saved");
    await two.page.getByRole("tab", { name: /Clues/ }).click();
    await expect.poll(() => two.page.getByLabel("Not before", { exact: true }).first().inputValue()).toBe("2021-01-01");

    // Both set the earliest date, the second before it hears of the first: it is asked.
    await two.page.route("**/api/state", () => undefined);
    await say(one, "Not before", "2021-02-02");
    await expect.poll(() => one.page.locator(".save-state").innerText()).toBe("Saved");
    await say(two, "Not before", "2021-03-03");
    await two.page.getByRole("button", { name: "Take the other's" }).click();
    await expect.poll(() => two.page.getByLabel("Not before", { exact: true }).first().inputValue()).toBe("2021-02-02");
    await one.settle();
    await two.settle();
    await one.context.close();
    await server.stop();
  });

  it("shows a case of 200 items, and sends less than 3 MB for it", async () => {
    const { server, watched } = await manyItems(browser, folder, 200);
    const { page } = watched;
    // Small pictures come after the list: of every item in sight there is one.
    const blank = (): Promise<number> => page.locator(".item:has(.item-blank)").evaluateAll((items) => items.filter((item) => {
      const [box, rail] = [item.getBoundingClientRect(), item.closest(".item-rail")?.getBoundingClientRect()];
      return rail !== undefined && box.bottom > rail.top && box.top < rail.bottom;
    }).length);
    await expect.poll(blank, { timeout: 45_000 }).toBe(0);
    expect(await page.locator(".item img").count()).toBeGreaterThan(3);
    expect(watched.bytes / 2).toBeLessThan(3_000_000);
    await watched.settle();
    await watched.context.close();
    await server.stop();
  });

  it("draws the user's own layers, from this machine alone", async () => {
    pictures(folder.path("tile"), 1, () => "tile.png");
    writeFileSync(folder.path("world.pmtiles"), archive(readFileSync(folder.path("tile/tile.png"))));
    writeFileSync(folder.path("area.geojson"), JSON.stringify({ type: "Feature", properties: { name: "<b>area</b>" }, geometry: { type: "Polygon", coordinates: [[[0, 0], [30, 0], [30, 30], [0, 30], [0, 0]]] } }));
    writeFileSync(folder.path("site.kml"), '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>Site</name><Point><coordinates>-60,10,0</coordinates></Point></Placemark></kml>');
    noonmark("case", "new", folder.path("layers"));
    const server = await serve(folder.path("layers"));
    const watched = await Watched.open(browser, server);
    const { page } = watched;
    await page.locator('[data-screen="footage"]').click(); // a case opens on its overview
    const ground = (): Promise<number[]> =>
      page.evaluate(() => {
        const canvas = document.querySelector<HTMLCanvasElement>(".map-canvas");
        const copy = document.createElement("canvas");
        const context = copy.getContext("2d", { willReadFrequently: true });
        if (canvas === null || context === null) return [];
        context.drawImage(canvas, -Math.round(canvas.width * 0.42), -Math.round(canvas.height * 0.55));
        return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
      });
    for (const name of ["area.geojson", "site.kml", "world.pmtiles"]) {
      await page.getByRole("button", { name: "Layers" }).click();
      await page.getByLabel("File").fill(folder.path(name));
      await page.getByRole("button", { name: "Add", exact: true }).click();
      await page.locator(".layers li").filter({ hasText: name }).waitFor();
      await page.keyboard.press("Escape");
    }
    await expect.poll(async () => Math.max(...(await ground()))).toBeLessThan(30); // the tile is black
    await page.getByRole("button", { name: "Layers" }).click();
    await watched.axe("layers");
    await page.getByRole("switch", { name: "world.pmtiles" }).click();
    await page.keyboard.press("Escape");
    await expect.poll(async () => Math.min(...(await ground()))).toBeGreaterThan(120);
    await watched.settle();
    await watched.context.close();
    await server.stop();
  });

  it("tells the answer though the first two replies are lost", async () => {
    const server = await serve();
    const watched = await Watched.open(browser, server);
    const { page } = watched;
    watched.allowed.push(/ERR_FAILED/);
    let asked = 0;
    await page.route("**/api/locate", async (route) => {
      asked += 1;
      await (asked <= 2 ? route.abort() : route.continue());
    });
    await watched.openSample();
    expect(asked).toBeGreaterThan(2);
    await expect.poll(() => page.locator('.notice[data-code="gone"]').count()).toBe(0);
    await watched.settle();
    await watched.context.close();
    await server.stop();
  });

  it("takes a country by its name, and tells no answer while none is read", async () => {
    const server = await serve();
    const watched = await Watched.open(browser, server);
    const { page } = watched;
    await watched.openSample();
    const form = page.getByLabel("Area", { exact: true }).first();
    await form.selectOption({ label: "A country" });
    await page.getByText("The area is not finished").waitFor();
    const status = page.locator("#status");
    await expect.poll(() => status.innerText()).toContain("No answer");
    const field = page.getByLabel("Country", { exact: true });
    await field.fill("Atlantis");
    await field.press("Enter");
    await page.getByText("No country of this name").waitFor();
    expect(await status.innerText()).toContain("No answer");
    await field.fill("Norway");
    await field.press("Enter");
    await watched.answered();
    const early = page.getByLabel("Not before", { exact: true }).first();
    await early.fill("2022-13-01");
    await early.press("Enter");
    await expect.poll(() => status.innerText()).toContain("No answer");
    await early.fill("2022-09-15");
    await early.press("Enter");
    await watched.answered();
    await expect.poll(() => page.locator(".save-state").innerText()).toBe("Saved");
    await watched.settle();
    await watched.context.close();
    await server.stop();
  });

  it("adds no area clue in place of one that is half typed", async () => {
    const server = await serve();
    const watched = await Watched.open(browser, server);
    const { page } = watched;
    await watched.openSample();
    const before = await page.locator(".clue-card").count();
    await page.getByRole("button", { name: "Add a clue" }).click();
    await page.locator('[data-kind="area"]').click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Area", { exact: true }).selectOption({ label: "A country" });
    await dialog.getByLabel("Country", { exact: true }).fill("Jap");
    await dialog.getByRole("button", { name: "Add the clue" }).click();
    await dialog.getByText("This is needed.").waitFor();
    expect(await page.locator(".clue-list .clue-card").count()).toBe(before);
    await dialog.getByLabel("Country", { exact: true }).fill("Japan");
    await dialog.getByRole("button", { name: "Add the clue" }).click();
    await expect.poll(() => page.locator(".clue-list .clue-card").count()).toBe(before + 1);
    await expect.poll(() => page.locator(".clue-list .clue-card").last().innerText()).toContain("Japan");
    await watched.settle();
    await watched.context.close();
    await server.stop();
  });

  it("keeps the focus in a dialog, and gives it back to what opened it", async () => {
    noonmark("case", "new", folder.path("focus"));
    const server = await serve(folder.path("focus"));
    const watched = await Watched.open(browser, server);
    const { page } = watched;
    const opened = (): Promise<string> => page.evaluate(() => document.activeElement?.textContent ?? "");
    for (const name of ["Layers", "Add files", "Add a clue", "Export"]) {
      await page.getByRole("button", { name, exact: true }).focus();
      await page.keyboard.press("Enter");
      await page.locator("dialog[open]").waitFor();
      // What the dialog is for has the focus, not its close button.
      await expect.poll(() => page.evaluate(() => document.activeElement?.closest(".dialog-body") !== null), { message: name }).toBe(true);
      for (let i = 0; i < 12; i++) {
        await page.keyboard.press("Tab");
        expect(await page.evaluate(() => document.activeElement === document.body || document.activeElement?.closest("dialog[open]") !== null), name).toBe(true);
      }
      if (name === "Add a clue") { // the next step of a dialog begins at its first field too
        await page.locator('.kind[data-kind="sun_elevation"]').focus();
        await page.keyboard.press("Enter");
        await page.locator(".clue-form input").first().waitFor();
        await expect.poll(() => page.evaluate(() => document.activeElement?.matches(".clue-form input, .clue-form select"))).toBe(true);
      }
      await page.keyboard.press("Escape");
      await page.locator("dialog").waitFor({ state: "detached" });
      await expect.poll(opened).toBe(name);
    }
    // With its opener gone, the focus goes to the work.
    await page.getByRole("button", { name: "Layers" }).click();
    await page.locator("dialog[open]").waitFor();
    await page.evaluate(() => document.querySelector(".region-map .toolbar")?.querySelectorAll(":scope > .button").forEach((one) => one.remove()));
    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe("main");
    await watched.settle();
    await watched.context.close();
    await server.stop();
  });

  it("hides what a human boxed, once that human says so, and lets the original out of no report", async () => {
    const server = await serve();
    const watched = await Watched.open(browser, server);
    const { page } = watched;
    await watched.openSample();
    await page.getByRole("button", { name: "Hide faces…" }).click();
    await page.locator(".redact-field img").waitFor();
    await page.locator(".redact-field").hover();
    await page.getByRole("button", { name: "Add a box" }).click();
    await page.locator(".cover").focus();
    const before = await page.getByLabel("Box 1, Left", { exact: true }).inputValue();
    await page.keyboard.press("Shift+ArrowRight");
    await page.keyboard.press("Alt+ArrowDown");
    expect(Number(await page.getByLabel("Box 1, Left", { exact: true }).inputValue())).toBe(Number(before) + 10);
    await watched.axe("redaction");
    await page.getByLabel("Who looked").fill("<b>A. Reviewer</b>");
    await page.getByLabel("Write to").fill(folder.path("hidden.png"));
    await page.getByLabel("I looked at the whole picture").check();
    await page.getByRole("button", { name: "Hide and write" }).click();
    await page.locator(".written").waitFor();
    expect(existsSync(folder.path("hidden.png"))).toBe(true);
    await page.getByRole("button", { name: "Back to the case" }).click();
    await page.locator(".clue-card").first().waitFor();
    const name = await page.locator('.item[aria-current="true"] .item-name').innerText();
    const original = ((await page.locator(".stage").getAttribute("data-frame")) ?? "").slice(0, 64);
    expect(original).toMatch(/^[0-9a-f]{64}$/);

    // The report takes the hidden copy; the original is chosen by hand alone, and then stops it.
    await page.locator('[data-screen="report"]').click();
    const choice = page.getByLabel(`What goes out of ${name}`);
    const write = page.getByRole("button", { name: "Write the report" });
    await page.locator(".report-sheet", { hasText: "hidden.png: hidden copy" }).waitFor();
    expect(await choice.inputValue()).toBe("hidden");
    expect(await page.locator(".report-item").count()).toBe(1);
    await expect.poll(() => write.isEnabled()).toBe(true);
    await choice.selectOption("original");
    await page.locator(".report-points li:has(.report-stop)", { hasText: name }).first().waitFor();
    expect(await write.isDisabled()).toBe(true);
    await choice.selectOption("hidden");
    await expect.poll(() => write.isEnabled()).toBe(true);
    await write.click();
    await page.getByLabel("New folder").fill(folder.path("released"));
    await page.getByLabel(/^With the answer of this page/).uncheck();
    await page.getByRole("button", { name: "Write it", exact: true }).click();
    await page.locator("#verify-command").waitFor();
    const out = readdirSync(folder.path("released"), { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    const digests = out.map((one) => createHash("sha256").update(readFileSync(join(one.parentPath, one.name))).digest("hex"));
    expect(digests).toContain(createHash("sha256").update(readFileSync(folder.path("hidden.png"))).digest("hex"));
    expect(digests).not.toContain(original);
    await page.keyboard.press("Escape");
    await watched.settle();
    await watched.context.close();
    await server.stop();
  });

  it("is whole in Arabic, from the right, in the dark, on a narrow screen", async () => {
    const server = await serve();
    const watched = await Watched.open(browser, server, { locale: "ar", colorScheme: "dark", viewport: { width: 1024, height: 768 } });
    const { page } = watched;
    await page.getByRole("button", { name: "افتح المثال" }).click();
    await watched.answered();
    expect(await page.evaluate(() => [document.documentElement.dir, document.documentElement.lang])).toEqual(["rtl", "ar"]);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(1024);
    const rail = await page.locator(".item-rail").boundingBox();
    expect(rail?.x ?? 0).toBeGreaterThan(800);
    await watched.axe("Arabic, dark, narrow");
    await page.getByRole("button", { name: "أضف قرينة" }).click();
    await watched.axe("kinds of clue in Arabic");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "أغلق القضية" }).click();
    await page.getByRole("button", { name: "افتح المثال" }).waitFor();
    await expect.poll(() => page.locator("img").count()).toBe(0);
    await watched.settle();
    await watched.context.close();
    await server.stop();
  });
});

