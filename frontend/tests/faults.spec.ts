/** Faults that were met once, each on the built page: one case, one server, one page. */
import { readFileSync } from "node:fs";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { launch, missing, pictures, prepare, scratch, serve, stillBox, Watched, type Server } from "./browser.ts";

const STREET = "../src/noonmark/examples/street.jpg";
/** A case with a photo whose moment is known, one clue of it, one that can't be read, and a picture of something else. */
const CASE = `
import json, sys
from pathlib import Path
from noonmark.actions.case_intake import add_to_case
from noonmark.actions.cases import new_case
folder, street = Path(sys.argv[1]), sys.argv[2]
case = folder / "faults"
new_case(case)
added = add_to_case(case, [street, str(folder / "other" / "other.png")])
import hashlib
photo = hashlib.sha256(Path(street).read_bytes()).hexdigest()
at = "2022-10-07T14:40:00Z"
marks = {"image": {"width_px": 1280, "height_px": 720}, "scene": {"at": at, "at_sigma_s": 30.0}, "mark": []}
(case / "work").mkdir(exist_ok=True)
(case / "work" / "inquiry.json").write_text(json.dumps({
    "version": 1,
    "prior": {"not_before": "2022-09-01T00:00:00Z", "not_after": "2022-11-01T00:00:00Z"},
    "clues": [
        {"id": "height", "on": True, "picture": f"{photo}:0",
         "clue": {"kind": "sun_elevation", "elevation_deg": 35.0, "sigma_deg": 0.5, "at": at, "at_sigma_s": 30.0}},
        {"id": "said", "on": True, "clue": {"kind": "clock", "time": "half past three", "sigma_s": 60.0, "zone": "UTC"}},
    ],
    "frames": {f"{photo}:0": {"item": photo, "number": 0, "time_s": None, "marks": marks}},
    "pins": [], "layers": [], "notes": "",
}))
`;

describe.skipIf(missing !== null)("a fault that was met once", () => {
  let browser: Browser;
  let server: Server;
  let watched: Watched;
  let page: Page;
  const folder = scratch();
  const large = { width: 1440, height: 900 };
  const item = (name: string): Locator => page.locator(".item", { hasText: name });
  /** The area of the 90 % region on screen [km2], once it is exact. */
  const area = async (): Promise<number> => {
    await watched.answered();
    const [, figure, unit] = /([\d.,\u202f\u00a0 ]+?)\s*(million|billion)?\s*km²/.exec(await page.locator(".figures").innerText()) ?? [];
    return Number((figure ?? "").replace(/[^\d.]/g, "")) * (unit === "million" ? 1e6 : unit === "billion" ? 1e9 : 1);
  };

  beforeAll(async () => {
    pictures(folder.path("other"), 1, () => "other.png");
    prepare(CASE, folder.path("."), STREET);
    [server, browser] = await Promise.all([serve(folder.path("faults")), launch()]);
    watched = await Watched.open(browser, server);
    page = watched.page;
    watched.allowed.push(/status of 400/); // a clue that can't be read is refused in words
    await page.locator('[data-screen="footage"]').click();
    await item("street.jpg").click();
  });
  afterEach(async () => {
    await page.setViewportSize(large);
    await page.emulateMedia({ forcedColors: "none" });
    await page.locator('[data-screen="footage"]').click();
  });
  afterAll(async () => {
    await watched?.settle();
    await browser?.close();
    await server?.stop();
    folder.clear();
  });

  it("one clue that can't be read leaves the others their answer, and is named with the reason", async () => {
    await watched.answered();
    const card = page.locator(".clue-card", { hasText: "half past three" });
    await card.locator(".clue-trouble").waitFor();
    expect(await card.locator(".clue-trouble").innerText()).toMatch(/time/);
    await expect.poll(() => page.locator("#status").innerText()).toMatch(/km²[^]*(left out|can't be read)/);
    await card.getByRole("button", { name: /^Remove/ }).click();
    await expect.poll(() => page.locator(".clue-card").count()).toBe(1);
  });

  it("a picture that the answer is not of says so", async () => {
    await item("other.png").click();
    await expect.poll(() => page.locator("#status").innerText()).toMatch(/street\.jpg/);
    await item("street.jpg").click();
    await expect.poll(() => page.locator("#status").innerText()).not.toMatch(/street\.jpg/);
  });

  it("a clue added by hand is of its picture's moment: the area is a twentieth, not half", async () => {
    const before = await area();
    await page.getByRole("button", { name: "Add a clue" }).click();
    await page.locator('.kind[data-kind="sun_azimuth"]').click();
    await page.locator('[data-field="azimuth_deg"] input').fill("221.5");
    await page.locator('[data-field="sigma_deg"] input').fill("1");
    await page.getByRole("button", { name: "Add the clue" }).click();
    await expect.poll(() => page.locator(".clue-card").count()).toBe(2);
    await expect.poll(() => page.locator(".save-state").innerText()).toBe("Saved");
    await expect.poll(() => page.locator("#status").getAttribute("data-ready")).not.toBe("");
    const after = await area();
    const kept = JSON.parse(readFileSync(folder.path("faults/work/inquiry.json"), "utf8")) as { clues: { clue: Record<string, unknown> }[] };
    expect(kept.clues.at(-1)?.clue).toMatchObject({ kind: "sun_azimuth", at: "2022-10-07T14:40:00Z", at_sigma_s: 30 });
    expect(after / before).toBeLessThan(1 / 20);
  });

  it("a broad answer has no sign on the map, a small one has", async () => {
    /** How many numbered signs a new view of the map draws; they are round and 8.5 px in radius. */
    const signs = async (): Promise<number> => {
      await watched.answered();
      await page.evaluate(() => {
        const drawn: number[] = ((window as unknown as { radii: number[] }).radii = []);
        const { arc } = CanvasRenderingContext2D.prototype;
        CanvasRenderingContext2D.prototype.arc = function (...given) {
          drawn.push(given[2]);
          arc.apply(this, given);
        };
      });
      await page.locator(".region-map").getByRole("button", { name: "Zoom in" }).click();
      await page.getByRole("button", { name: "Whole world" }).click();
      const drawn = await page.locator(".map-canvas").evaluate(async () => {
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        return (window as unknown as { radii: number[] }).radii;
      });
      return drawn.filter((radius) => radius === 8.5).length;
    };
    expect(await signs()).toBeGreaterThan(0);
    await expect.poll(() => page.locator(".mode").first().innerText()).toMatch(/ of /);
    const azimuth = page.locator(".clue-card").nth(1).locator(".switch input");
    await azimuth.uncheck();
    await expect.poll(area).toBeGreaterThan(1e6);
    expect(await signs()).toBe(0);
    // Neither a place nor a town is told in its list.
    await expect.poll(() => page.locator(".mode").first().innerText()).not.toMatch(/ of /);
    await azimuth.check();
    await expect.poll(area).toBeLessThan(1e6);
  });

  it("at 200 % zoom the photo is high enough to mark, and nothing scrolls sideways", async () => {
    await page.setViewportSize({ width: 720, height: 450 });
    await expect.poll(() => page.locator(".stage").evaluate((node) => node.getBoundingClientRect().height)).toBeGreaterThan(270);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
  });

  it("forced colours show what is chosen, pressed and switched on", async () => {
    await page.emulateMedia({ forcedColors: "active" });
    const unseen = (): Promise<string[]> => page.evaluate(() => {
      const on = ":is([aria-current]:not([aria-current='false']), [aria-pressed='true'], [aria-selected='true'], [role='radio'][aria-checked='true'])";
      const all = [...document.querySelectorAll(on)].filter((node) => node.getClientRects().length > 0);
      const knobs = [...document.querySelectorAll(".switch input")].filter((one) => getComputedStyle(one).backgroundColor === getComputedStyle(one, "::after").backgroundColor);
      if (all.length === 0) return ["nothing is on"];
      return [...all.filter((node) => getComputedStyle(node).outlineStyle !== "solid"), ...knobs].map((node) => node.outerHTML.slice(0, 120));
    });
    for (const screen of ["report", "places", "documents", "sites", "footage"]) {
      await page.locator(`[data-screen="${screen}"]`).click();
      await page.locator(`.screen-${screen}`).waitFor();
      if (screen === "footage") await page.locator(".clue-card .switch").first().waitFor();
      await expect.poll(unseen, { message: screen }).toEqual([]);
    }
  });

  it("a tool that shows its sign alone says its name when the keys reach it", async () => {
    await watched.tabTo('.tool[aria-checked="true"]');
    await page.keyboard.press("ArrowRight");
    const told = (): Promise<[string, string, string]> => page.evaluate(() => {
      const [tool, tip] = [document.activeElement!, getComputedStyle(document.activeElement!, "::after")];
      return [tool.getAttribute("aria-label") ?? "", tip.content.replace(/^"|"$/g, ""), tip.position];
    });
    const [name, tip, where] = await told();
    expect(name).toBe("Upright thing");
    expect(tip.startsWith(name)).toBe(true);
    expect(where).toBe("absolute");
    await page.keyboard.press("ArrowLeft");
  });

  it("a view across 180° is drawn, without a word of fault", async () => {
    await page.getByRole("button", { name: "Whole world" }).click();
    const map = page.locator(".map-canvas");
    const box = await stillBox(map);
    const [y, right] = [box.y + box.height / 2, box.x + box.width - 20];
    // The places of a view are asked for once it rests: the last box asked for is the view.
    const seen = (): { west: number; east: number } => {
      const { searchParams: of } = new URL(watched.sent.findLast((url) => url.includes("/api/places")) ?? "");
      return { west: Number(of.get("west")), east: Number(of.get("east")) };
    };
    const wide = (): number => seen().east - seen().west;
    // An earlier test may have looked at less: the world is waited for, then each step of nearer.
    await expect.poll(wide).toBeGreaterThan(300);
    await map.focus();
    while (wide() > 120) {
      const before = wide();
      await page.keyboard.press("+");
      await expect.poll(wide).toBeLessThan(before);
    }
    const crossed = (): boolean => seen().west < 180 && seen().east > 180;
    for (let k = 0; k < 6 && !crossed(); k += 1) {
      const [before, shift] = [seen().west, ((right - box.x - 20) / box.width) * wide()];
      await page.mouse.move(right, y);
      await page.mouse.down();
      await page.mouse.move(box.x + 20, y, { steps: 3 });
      await page.mouse.up();
      await expect.poll(() => Math.round((seen().west - before + 360) % 360)).toBe(Math.round(shift));
    }
    expect(crossed()).toBe(true);
    expect(await page.locator(".notice").count()).toBe(0);
    await watched.settle();
  });

  it("dates above are those below", async () => {
    await watched.answered();
    const days = async (selector: string): Promise<string[]> => [...(await page.locator(selector).first().innerText()).matchAll(/\d{1,2} \p{L}{3,} \d{4}/gu)].map(([day]) => day);
    const above = await days(".figures");
    expect(above.length).toBeGreaterThan(0);
    await expect.poll(() => days(".mode")).toEqual(above);
  });

  it("a name that is offered works each time, a bare name lies in the folder of cases, and a case is chosen without typing", async () => {
    const closeCase = async (): Promise<void> => {
      await page.getByRole("button", { name: "Close the case" }).click();
      await page.getByRole("button", { name: "Make the case" }).waitFor();
    };
    const name = page.locator('section[aria-labelledby="start-new"]').getByLabel("Folder");
    const offered: string[] = [];
    for (let k = 0; k < 2; k += 1) {
      await closeCase();
      await expect.poll(() => name.inputValue()).not.toBe(offered.at(-1) ?? "");
      offered.push(await name.inputValue());
      await page.getByRole("button", { name: "Make the case" }).click();
      await page.getByRole("button", { name: "Add files" }).waitFor();
    }
    expect(new Set(offered).size).toBe(2);
    await closeCase();
    await name.fill("bare");
    await page.getByRole("button", { name: "Make the case" }).click();
    await expect.poll(() => page.locator(".case-name").innerText()).toBe("bare");
    await closeCase();
    await page.getByRole("button", { name: "Choose a folder…" }).click();
    const picker = page.getByRole("dialog", { name: "Choose the folder of a case" });
    await picker.locator("li").filter({ hasText: "bare" }).getByRole("button").click();
    await expect.poll(() => page.locator(".case-name").innerText()).toBe("bare");
    await page.locator('[data-screen="footage"]').waitFor();
  });

  it("what is typed while the case closes is kept, and saved when it is opened again", async () => {
    let goOn = (): void => undefined;
    const held = new Promise<void>((done) => { goOn = done; });
    await page.route("**/api/case/close", async (route) => { await held; await route.continue(); });
    const late = page.getByLabel("Not after", { exact: true }).first();
    await late.waitFor();
    const asked = page.waitForRequest("**/api/case/close");
    await page.getByRole("button", { name: "Close the case" }).click();
    await asked;
    await late.fill("2021-03-04");
    await late.press("Enter");
    goOn();
    await page.locator('.notice[data-code="close"]', { hasText: "is kept in this browser" }).waitFor();
    await page.unroute("**/api/case/close");
    await page.locator(".start-recent").getByRole("button", { name: /bare/ }).first().click();
    await page.locator('[data-screen="footage"]').click();
    await expect.poll(() => late.inputValue()).toBe("2021-03-04");
    await expect.poll(() => page.locator(".save-state").innerText()).toBe("Saved");
    await page.reload();
    await expect.poll(() => late.inputValue()).toBe("2021-03-04");
  });
});
