/** Sites in the browser: two images laid over each other, readings by mouse and by key, a blind reader, without and with a case. */
import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { launch, missing, prepare, scratch, serve, stillBox, Watched, type Server } from "./browser.ts";

/** A site of five images, 1 m a pixel: a hall stands in the last two; the third is clouded; the last may not be passed on. */
const MADE = `
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
import numpy as np
from noonmark.actions import site_readings
from noonmark.sites import chips, images, site_folder
from noonmark.sites.outline import SiteFeature
from noonmark.values import utc
folder = Path(sys.argv[1])
def on_earth(ring): return tuple((86 + x * 1.2e-5, 41 - y * 9e-6) for x, y in ring)
parts = {"hall": ((20, 20), (40, 20), (40, 35), (20, 35)), "gate": ((45, 20), (50, 20), (50, 25), (45, 25))}
site_folder.create(folder, "yard", [SiteFeature(n, "roof", (on_earth(r),)) for n, r in parts.items()])
rng, rows = np.random.default_rng(1), []
for i in range(5):
    values = (1000 + rng.normal(0, 20, (3, 60, 70))).astype(np.float32)
    if i >= 3: values[:, 20:35, 20:40] = 2000
    chip = chips.Chip(values, np.ones((60, 70), bool))
    at = utc("2021-03-01T05:00:00Z") + timedelta(days=40 * i)
    grid = {"bands": ["red", "green", "blue"], "rows": 60, "cols": 70, "pixel_m": 1.0, "crs": "EPSG:32645", "transform": [1, 0, 0, 0, -1, 0], "outlines": {n: [r] for n, r in parts.items()}}
    taken = images.Taken(at, at, "metadata")
    row = images.SiteImage(f"i{i}", f"{9 - i}" * 64, (), "x", f"SCENE-{i}", taken, 1.0, redistribute=i < 4, stack="s")
    rows.append(replace(row, chip={"sha256": chips.digest(chip), **grid}))
    (folder / "chips" / f"i{i}.npz").write_bytes(chips.packed(chip))
images.write(folder, rows)
for i, state in enumerate(("not-seen", "not-seen", "could-not", "seen")):
    more = {"could": "yes"} if state == "not-seen" else {"why": "cloud"} if state == "could-not" else {}
    site_readings.read_site(folder, f"i{i}", "hall", state, by="one", **more)
`;

/** Proposals that follow from the site as it is, one event in it, the images at its ends i1 and i4; "again" keeps them. */
const PROPOSED = `
import sys
from pathlib import Path
from noonmark.actions import site_proposal_files as files
from noonmark.sites import site_folder
site = site_folder.open_site(Path(sys.argv[1]))
settings = {"seed": 1, "level": 0.9, "each": 160}
digest = files.inputs_digest(site, settings | {"features": ["gate", "hall"]})
end = lambda name, day: {"image": name, "taken": day}
event = {"order": 1, "level": 0.9, "injected": {"n": 100, "found": 97, "missed": 3, "held": 90}}
event |= {"modes": [{"from": end("i1", "2021-04-10"), "to": end("i4", "2021-08-08"), "p": 0.9, "could_not": ["i2"]}]}
kinds = [{"order": 1, "injected": 200, "found": 150}]
rows = [{"feature": name, "conflicts": [], "agreements": [], "sensors": [{"stack": "s", "why_not": None, "events": events, "calibration": {"kinds": kinds, "ring_boxes": 400}}]}
        for name, events in (("gate", []), ("hall", [event]))]
files.write_proposals(site.folder, digest, {"settings": settings, "features": rows})
`;

describe.skipIf(missing !== null)("sites", () => {
  let browser: Browser;
  let server: Server;
  let unread = "";
  const folder = scratch();
  const site = folder.path("yard");
  const readings = (): { image: string; state: string; by: string; blind: boolean; why: string | null; could: string | null }[] =>
    readFileSync(`${site}/readings.jsonl`, "utf8").trim().split("\n").map((line) => JSON.parse(line));
  beforeAll(async () => {
    prepare(MADE, site);
    unread = readFileSync(`${site}/readings.jsonl`, "utf8");
    [server, browser] = await Promise.all([serve(["sites", "look", "--by", "two"], site), launch()]);
  });
  beforeEach(() => { // as "two" finds it: nothing read yet, no change looked for
    writeFileSync(`${site}/readings.jsonl`, unread);
    rmSync(`${site}/proposals.json`, { force: true });
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    folder.clear();
  });

  it("reads, compares and shows the bracket by mouse", async () => {
    const watched = await Watched.open(browser, server);
    const { page } = watched;
    await page.locator(".pair-layer image").first().waitFor();
    await expect.poll(() => page.locator("h1").innerText()).toBe("hall became visible between 10 Apr 2021 and 29 Jun 2021");
    await expect.poll(() => page.locator("td.in-a").count()).toBe(3);
    await expect.poll(() => page.locator("td.in-a.hatched").getAttribute("aria-label")).toBe("hall, 20 May 2021: Could not see: cloud");
    await watched.axe("a site");

    await page.locator('td[aria-label^="hall, 8 Aug 2021"]').click();
    await expect.poll(() => page.locator(".side .chip-warn").innerText()).toBe("Its pixels may not be passed on");
    await page.getByRole("button", { name: "Swipe" }).click();
    const box = await stillBox(page.locator(".pair-stage"));
    await page.mouse.click(box.x + box.width * 0.25, box.y + box.height / 2);
    await expect.poll(() => page.getByLabel("Edge between them").inputValue()).toBe("25");
    await page.getByRole("button", { name: "Not seen", exact: true }).click();
    await page.getByRole("button", { name: "1 yes" }).click();
    await page.getByText("hall was gone between 29 Jun 2021 and 8 Aug 2021").waitFor();
    await expect.poll(() => readings().at(-1)).toMatchObject({ image: "i4", state: "not-seen", by: "two", could: "yes", blind: false });
    await watched.settle();
  });

  it("reads by key, and a half-made reading is let go of", async () => {
    const watched = await Watched.open(browser, server);
    const { page } = watched;
    await page.locator(".pair-layer image").first().waitFor();
    await watched.tabTo("td[data-chosen]");
    await page.keyboard.press("End");
    await page.keyboard.press("3");
    await page.getByText("Why could it not be seen?").waitFor();
    await page.keyboard.press("Escape");
    await expect.poll(() => page.locator(".asked").count()).toBe(0);
    expect(readings()).toHaveLength(4);
    await page.keyboard.press("3");
    await page.keyboard.press("2");
    await page.locator('td[data-chosen][data-state="could-not"]').waitFor();
    await expect.poll(() => readings().at(-1)).toMatchObject({ image: "i4", state: "could-not", why: "shadow" });
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("1");
    await page.locator('td[data-chosen][data-state="seen"][aria-label^="gate, 29 Jun 2021"]').waitFor();
    // The focus stayed in the table; Space blinks between the two images.
    await page.keyboard.press(" ");
    const shown = page.locator(".pair-layer");
    const first = await shown.getAttribute("data-image");
    await page.keyboard.press(" ");
    await expect.poll(() => shown.getAttribute("data-image")).not.toBe(first);
    await watched.settle();
  });

  it("keeps from a blind reader what another one saw", async () => {
    const watched = await Watched.open(browser, server);
    const { page } = watched;
    await page.getByLabel("Read blind").check();
    await page.getByRole("heading", { name: "Reading hall blind: 5 images left" }).waitFor();
    await expect.poll(() => page.locator("td[data-state]:not([data-state=unread])").count()).toBe(0);
    expect(await page.locator(".app").innerText()).not.toMatch(/2021|SCENE|cloud|became/);
    await page.locator(".pair-stage").focus();
    await page.keyboard.press("1");
    await page.getByRole("heading", { name: "Reading hall blind: 4 images left" }).waitFor();
    await expect.poll(() => readings().at(-1)).toMatchObject({ image: "i4", state: "seen", by: "two", blind: true });
    await watched.axe("a blind reader");
    await watched.settle();
  });

  it("looks for changes when asked, says why a series was not judged, and what rules say of an image", async () => {
    const watched = await Watched.open(browser, server);
    const { page } = watched;
    await page.locator(".pair-layer image").first().waitFor();
    await page.getByRole("button", { name: "Look for changes" }).click();
    await page.getByText("5 images show it clearly; a proposal needs 12").waitFor();
    await page.getByRole("button", { name: "Look again" }).waitFor();
    await page.locator(".rule-said").first().waitFor();
    await expect.poll(() => page.locator(".rule-said").first().innerText()).toMatch(/^By rules it could have been seen: (yes|doubtful|no)/);
    await page.getByLabel("Read blind").check();
    await page.getByRole("heading", { name: /Reading hall blind/ }).waitFor();
    expect(await page.locator(".rule-said").count()).toBe(0);
    expect(await page.locator(".app").innerText()).not.toMatch(/Look again|By rules/);
    await watched.settle();
  });

  it("stops looking when asked, and the server is told", async () => {
    const watched = await Watched.open(browser, server);
    const { page } = watched;
    const cancelled: string[] = [];
    await page.route("**/api/sites/propose", (route) => route.fulfill({ status: 202, json: { ok: true, job: "slow" } }));
    await page.route("**/api/jobs/slow", (route) => route.fulfill({ json: { ok: true, done: false, share: 0.4, words: "calibrating" } }));
    await page.route("**/api/jobs/slow/cancel", (route) => { cancelled.push(route.request().method()); return route.fulfill({ json: { ok: true } }); });
    await page.locator(".pair-layer image").first().waitFor();
    await page.getByRole("button", { name: /^Look (for changes|again)$/ }).click();
    await expect.poll(() => page.locator(".looking .num").innerText()).toMatch(/^40\s?%$/);
    await watched.axe("while changes are looked for");
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByRole("button", { name: /^Look (for changes|again)$/ }).waitFor();
    await expect.poll(() => cancelled).toEqual(["POST"]);
    await watched.settle();
  });

  it("shows a proposal dashed, to be read, in the table and the chart, and none to a blind reader", async () => {
    prepare(PROPOSED, site);
    const watched = await Watched.open(browser, server);
    const { page } = watched;
    await page.locator(".pair-layer image").first().waitFor();
    await expect.poll(() => page.locator("td.proposed").count()).toBe(4);
    await expect.poll(() => page.locator('td[aria-label^="hall, 8 Aug 2021"]').getAttribute("aria-label")).toContain("a change is proposed here, not read yet");
    await page.locator(".growth-proposed").waitFor();
    await page.getByText("In tests on this ground 97 of 100 such changes were found").waitFor();
    await page.getByText("unread: no report prints it").waitFor();
    await expect.poll(() => page.locator("h1").innerText()).toBe("hall became visible between 10 Apr 2021 and 29 Jun 2021");
    await page.locator('td[aria-label^="gate, 8 Aug 2021"]').click();
    await page.getByText("s: no change that this series could show. In tests on this ground 150 of 200 changes were found.").waitFor();
    await watched.axe("a proposal");
    await page.getByLabel("Read blind").check();
    await page.getByRole("heading", { name: /Reading gate blind/ }).waitFor();
    expect(await page.locator("td.proposed, .growth-proposed, .proposal").count()).toBe(0);
    await watched.settle();
  });

  it("is read in Arabic, time from left to right, and fits 320 px", async () => {
    const watched = await Watched.open(browser, server, { locale: "ar", viewport: { width: 320, height: 720 } });
    const { page } = watched;
    await page.locator(".pair-layer image").first().waitFor();
    await expect.poll(() => page.locator("html").getAttribute("dir")).toBe("rtl");
    await expect.poll(() => page.locator("h1").innerText()).toContain("صار ظاهرًا");
    const places = await page.locator("thead .thumb").evaluateAll((heads) => heads.map((head) => head.getBoundingClientRect().left));
    expect([...places].sort((a, b) => a - b)).toEqual(places);
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    // At its edges the table says that there is more.
    await expect.poll(() => page.locator(".readings-card").getAttribute("data-more")).toMatch(/after|before/);
    await watched.axe("Arabic, narrow");
    await watched.settle();
  });

  it("cuts off neither its pictures nor its areas at 1024 x 768, and reads a picture's name in the page's direction", async () => {
    for (const [locale, dir] of [["en-GB", "ltr"], ["ar", "rtl"]] as const) {
      const watched = await Watched.open(browser, server, { locale, viewport: { width: 1024, height: 768 } });
      const { page } = watched;
      await page.locator(".pair-layer image").first().waitFor();
      for (const part of [".pair-stage", ".pair-card", ".growth-card"])
        await expect.poll(() => page.locator(part).evaluate((node) => node.scrollHeight - node.clientHeight), { message: part }).toBe(0);
      const [pair, areas] = await Promise.all([page.locator(".pair-card").boundingBox(), page.locator(".growth-card").boundingBox()]);
      expect([areas?.x, areas?.width]).toEqual([pair?.x, pair?.width]);
      expect(await page.locator(".stage-note bdi").first().evaluate((node) => getComputedStyle(node).direction)).toBe(dir);
      await watched.settle();
    }
  });

  it("has the focus in the work when a site is left and opened again", async () => {
    const watched = await Watched.open(browser, server);
    const { page } = watched;
    await page.locator(".pair-layer image").first().waitFor();
    const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.id ?? "");
    await page.locator(".eyebrow a").focus();
    await page.keyboard.press("Enter");
    await page.locator(".start-drop").waitFor(); // no case is open
    await expect.poll(focused).toBe("main");
    await page.goBack();
    await page.locator(".pair-layer image").first().waitFor();
    await expect.poll(focused).toBe("main");
    await watched.settle();
  });

  it("says in one sentence what is damaged, and reads on when it is mended", async () => {
    appendFileSync(`${site}/readings.jsonl`, "{}\n");
    const watched = await Watched.open(browser, server);
    watched.allowed.push(/400/);
    const { page } = watched;
    await page.getByText(/line 5 of readings.jsonl is no reading/).first().waitFor();
    writeFileSync(`${site}/readings.jsonl`, unread);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("heading", { name: /became visible/, level: 1 }).waitFor();
    await watched.settle();
  });
});
