/** Events with several items: their footage on one clock in the dock, what was typed while another event is looked at, the user's own area, copies as leads. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch, missing, prepare, scratch, serve, Watched, type Server } from "./browser.ts";

const STREET = "../src/noonmark/examples/street.jpg";
const CLIP = "../src/noonmark/examples/clip.mp4";
/** Two events: a clip, a photo and one without a time; and another photo, a smaller copy of the first. Frame 10 of the clip is told to be at 14:40:01. */
const CASE = `
import sys
from pathlib import Path
from PIL import Image
from noonmark.actions.case_intake import add_to_case
from noonmark.actions.cases import new_case
from noonmark.actions.inquiry_forms import say_in_case
from noonmark.session.case_session import open_session
folder, street, clip = Path(sys.argv[1]), *sys.argv[2:4]
for name, size in (("wide.png", (960, 540)), ("small.jpg", (720, 405))): Image.open(street).resize(size).save(folder / name)
Image.new("RGB", (320, 180), (90, 120, 60)).save(folder / "bare.png")
case = folder / "events"
new_case(case)
added = add_to_case(case, [str(folder / "wide.png"), str(folder / "small.jpg"), str(folder / "bare.png"), clip]).added
sha = {one["name"]: one["sha256"] for one in added}
say_in_case(case, [
    {"form": "event", "title": {"en": "Arrival"}, "items": [sha["bare.png"], sha["clip.mp4"], sha["wide.png"]]},
    {"form": "event", "title": {"en": "Fire"}, "items": [sha["small.jpg"]]},
], by="quiet-heron")
def frame(name, number, time_s, at): return f"{sha[name]}:{number}", {"item": sha[name], "number": number, "time_s": time_s, "marks": {"image": {"width_px": 320, "height_px": 240}, "scene": {"at": at}, "mark": []}}
session = open_session(case, by="quiet-heron")
prior = {"area": {"south": 35.0, "west": -12.0, "north": 45.0, "east": 5.0}}
frames = dict([frame("clip.mp4", 10, 1.0, "2022-10-07T14:40:01Z"), frame("wide.png", 0, None, "2022-10-07T14:39:00Z")])
session.save(0, {"version": 1, "prior": prior, "clues": [], "frames": frames, "pins": [], "layers": [], "notes": ""}, "made")
session.close()
`;

describe.skipIf(missing !== null)("events with several items", () => {
  let browser: Browser;
  let server: Server;
  let watched: Watched;
  let page: Page;
  const folder = scratch();
  const choose = async (label: string): Promise<void> => {
    await page.locator(".pick-event select").selectOption({ label });
    await expect.poll(() => page.locator(".pick-event option:checked").innerText()).toBe(label);
    await expect.poll(() => page.url()).toMatch(/#\/event\//);
  };

  beforeAll(async () => {
    prepare(CASE, folder.path(""), STREET, CLIP);
    [server, browser] = await Promise.all([serve(folder.path("events")), launch()]);
    watched = await Watched.open(browser, server);
    page = watched.page;
    await page.goto(`${server.origin}/#/claims`);
    await page.locator(".pick-event option", { hasText: "Arrival" }).waitFor({ state: "attached" });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    folder.clear();
  });

  it("shows an event's footage on one clock, what has no time last, and leads to an item", async () => {
    await choose("Arrival");
    await page.locator("#dock").getByRole("button", { name: "Open map and dates" }).click();
    const rows = page.locator(".dock-items li");
    await expect.poll(() => rows.evaluateAll((all) => all.map((one) => one.querySelector("button")?.textContent))).toEqual(["wide.png", "clip.mp4", "bare.png"]);
    await expect.poll(() => rows.nth(1).locator("svg").getAttribute("aria-label")).toMatch(/^7 Oct 2022 14:40/);
    await expect.poll(() => rows.nth(2).innerText()).toContain("no time said yet");
    const left = (index: number): Promise<number> => rows.nth(index).locator("rect").evaluate((bar) => bar.getBoundingClientRect().left);
    await expect.poll(() => left(0)).toBeLessThan(await left(1));
    await watched.axe("the dock with an event's footage");
    await choose("Fire");
    await expect.poll(() => rows.count()).toBe(1);
    await choose("Arrival");
    await rows.nth(1).getByRole("button", { name: "clip.mp4" }).click();
    await page.locator('.item[aria-current="true"]', { hasText: "clip.mp4" }).waitFor();
    await watched.settle();
  });

  it("keeps what was typed while another event is looked at", async () => {
    const date = page.getByLabel("Not before");
    await date.fill("2021-0");
    await choose("Fire");
    await expect.poll(() => date.inputValue()).toBe("2021-0");
    await page.keyboard.press("Escape");
    await choose("Arrival");
    await expect.poll(() => date.inputValue()).toBe("2021-0");
    await date.fill("");
    await page.locator("#screens a", { hasText: "Claims" }).click();
    await page.getByRole("button", { name: "New claim" }).first().click();
    const text = page.getByLabel("The claim, in one sentence");
    await text.fill("The wall stood in");
    await page.keyboard.press("Escape");
    await choose("Fire");
    await page.getByRole("button", { name: "New claim" }).first().click();
    await expect.poll(() => text.inputValue()).toBe("The wall stood in");
    await page.keyboard.press("Escape");
    await choose("Arrival");
    await watched.settle();
  });

  it("says in the legend which line is the user's own area", async () => {
    await page.locator("#screens a", { hasText: "Footage" }).click();
    await expect.poll(() => page.locator(".region-map .legend-prior").innerText()).toBe("Your own area");
    await page.getByLabel("Area", { exact: true }).selectOption("world");
    await expect.poll(() => page.locator(".legend-prior").count()).toBe(0);
    await watched.settle();
  });

  it("shows no map, no lines and no words of another event's answer", async () => {
    await choose("Arrival");
    await page.locator(".item", { hasText: "wide.png" }).click();
    await page.getByRole("button", { name: "Add a clue" }).click();
    await page.locator('.kind[data-kind="sun_elevation"]').click();
    await page.locator('[data-field="elevation_deg"] input').fill("35");
    await page.locator('[data-field="sigma_deg"] input').fill("1");
    await page.getByRole("button", { name: "Add the clue" }).click();
    await watched.answered();
    const map = page.locator(".region-map");
    const told = (): Promise<string> => map.locator(".map-canvas").getAttribute("aria-label").then((label) => label ?? "");
    await expect.poll(told).toMatch(/km²/);
    await expect.poll(() => map.locator(".map-legend li:not(.legend-prior)").count()).toBe(3);
    await choose("Fire");
    await page.locator(".item", { hasText: "small.jpg" }).click();
    await expect.poll(told).toBe("Map, no answer yet");
    expect(await map.locator(".map-legend li:not(.legend-prior), .mode").count()).toBe(0);
    await page.locator("#status", { hasText: "This belongs to another event" }).waitFor();
    await choose("Arrival");
    await page.locator(".item", { hasText: "wide.png" }).click();
    await expect.poll(told).toMatch(/km²/);
    await watched.settle();
  });

  it("finds a copy as a lead, which counts once a person keeps it", async () => {
    await page.locator(".item", { hasText: "small.jpg" }).click();
    await page.getByRole("tab", { name: "The file" }).click();
    await page.getByRole("button", { name: "Look for copies" }).click();
    const lead = page.locator(".lead");
    await expect.poll(() => lead.locator("b").innerText(), { timeout: 60_000 }).toBe("wide.png");
    await watched.axe("a lead");
    expect(await lead.getByRole("button", { name: "They show different things" }).isDisabled()).toBe(true);
    await lead.getByLabel("I have looked at both").check();
    await lead.getByLabel("How sure").selectOption("likely");
    await lead.getByRole("button", { name: "Keep as a link" }).click();
    await lead.getByText("Kept as a link: likely.").waitFor();
    await watched.settle();
  });
});
