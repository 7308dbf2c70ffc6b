/** Places in the browser: a question written by form and by hand, its answer on the map, a place ruled out by eye, the clue that comes of it. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { launch, missing, noonmark, prepare, python, scratch, serve, stillBox, Watched, type Server } from "./browser.ts";

/** Six stations in a row; every other one has a water tower 280 m away. */
const TOWN = `<?xml version="1.0"?><osm version="0.6">${Array.from({ length: 6 }, (_, k) => [
  node(2 * k + 1, 48.4 + 0.02 * k, 11, { railway: "station", name: `Bahnhof ${k}` }),
  k % 2 === 0 ? node(2 * k + 2, 48.402 + 0.02 * k, 10.998, { man_made: "water_tower" }) : "",
].join("")).join("")}</osm>`;
function node(id: number, lat: number, lon: number, tags: Record<string, string>): string {
  const own = Object.entries(tags).map(([key, value]) => `<tag k="${key}" v="${value}"/>`).join("");
  return `<node id="${id}" version="1" timestamp="2024-05-01T12:00:00Z" lat="${lat.toFixed(7)}" lon="${lon.toFixed(7)}">${own}</node>`;
}
const hasOsmium = missing === null && ((): boolean => {
  try {
    execFileSync(python, ["-c", "import osmium"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

/**
 * A photo of peaks against the sky, and tiles of elevation about the town: a plain ringed by mountains, and a hole of 60 m in which the third
 * tower stands, so that all land in its view is near.
 */
const RIDGE = `
import sys
import numpy as np
from pathlib import Path
from PIL import Image, ImageDraw
photo, tiles = Path(sys.argv[1]), Path(sys.argv[2])
photo.parent.mkdir(parents=True)
tiles.mkdir()
picture = Image.new("RGB", (640, 400), (150, 190, 235))
ImageDraw.Draw(picture).polygon([(0, 400), (0, 250), (90, 190), (170, 240), (300, 130), (420, 230), (510, 170), (640, 260), (640, 400)], fill=(70, 60, 45))
picture.save(photo)
row, column = np.mgrid[0:1201, 0:1201] / 1200.0
for west in (10, 11):
    lat, lon = 49.0 - row, west + column
    north_km, east_km = 111.2 * (lat - 48.45), 74.0 * (lon - 11.0)
    toward = np.arctan2(east_km, north_km)
    rise = np.clip(np.hypot(north_km, east_km) - 9.0, 0.0, 6.0)
    height = 500.0 + 200.0 * rise * (1.2 + np.sin(9.0 * toward) + 0.6 * np.sin(23.0 * toward))
    height[(np.abs(lat - 48.482) < 6e-4) & (np.abs(lon - 10.998) < 6e-4)] = 440.0
    (tiles / f"N48E0{west}.hgt").write_bytes(np.round(height).astype(">i2").tobytes())
`;
const CASE = `
import sys
from pathlib import Path
from noonmark.actions import cases
from noonmark.actions.case_intake import add_to_case
cases.new_case(Path(sys.argv[1]), by="tester")
add_to_case(Path(sys.argv[1]), [sys.argv[2]], by="tester")
`;

describe.skipIf(!hasOsmium)("places", () => {
  let browser: Browser;
  let server: Server;
  const folder = scratch();
  const work = (name: string): string => folder.path(`case/work/${name}`);
  const before = process.env["XDG_DATA_HOME"];
  beforeAll(async () => {
    process.env["XDG_DATA_HOME"] = folder.path("home"); // maps of this test only
    writeFileSync(folder.path("town.osm"), TOWN);
    noonmark("world", "add", folder.path("town.osm"));
    prepare(RIDGE, folder.path("photos/ridge.png"), folder.path("tiles"));
    noonmark("elevation", "add", folder.path("tiles/N48E010.hgt"), folder.path("tiles/N48E011.hgt"));
    prepare(CASE, folder.path("case"), folder.path("photos/ridge.png"));
    [server, browser] = await Promise.all([serve(folder.path("case")), launch()]);
  });
  beforeEach(() => { // nothing asked, nothing ruled out, no clue
    for (const name of ["place-question.toml", "place-rulings.jsonl", "inquiry.json"]) rmSync(work(name), { force: true });
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });
  afterAll(async () => {
    if (before === undefined) delete process.env["XDG_DATA_HOME"];
    else process.env["XDG_DATA_HOME"] = before;
    await browser?.close();
    await server?.stop();
    folder.clear();
  });

  /** Opens the screen and asks for stations with a water tower within 100 to 500 m, by the form. */
  async function asked(page: Page): Promise<void> {
    await page.locator('.rail [data-screen="places"]').click();
    await page.getByRole("button", { name: "Write the question" }).click();
    await page.getByLabel("What stands there").fill("railway station");
    await page.getByRole("button", { name: "Add it to the question" }).click();
    await page.getByLabel("Counted from").waitFor();
    await page.getByLabel("What stands there").fill("water tower");
    await page.getByLabel("At least").fill("100");
    await page.getByLabel("At most").fill("500");
    await page.getByRole("button", { name: "Add it to the question" }).click();
    await page.getByText("water-tower, 100–500 m from railway-station").waitFor();
    await page.getByRole("button", { name: "Ask the maps" }).click();
    await page.locator('.question-card[aria-busy="false"]').waitFor(); // the answer of an earlier test may stand in the table until then
    await page.locator(".places-table tbody tr").first().waitFor();
  }

  it("leads by mouse from a landmark to a clue, and a place is ruled out with a reason", async () => {
    const watched = await Watched.open(browser, server);
    watched.allowed.push(/400/); // the clue alone is no question yet: it has no dates
    const { page } = watched;
    await asked(page);
    await page.locator(".ol-target[data-ready] canvas").first().waitFor();
    await watched.axe("places");
    const rows = page.locator(".places-table th[data-osm]");
    const first = await rows.first().innerText();
    await expect.poll(() => page.locator(".none-row").innerText()).toMatch(/None of these/);
    await expect.poll(() => page.locator(".map-foot").innerText()).toContain("OpenStreetMap contributors");
    await page.getByRole("button", { name: "Rule it out by eye" }).click();
    await page.getByRole("button", { name: "Rule it out", exact: true }).click();
    await page.getByText("A reason is needed.").waitFor();
    await page.getByLabel(/Why is it not/).fill("its roof is flat");
    await page.getByRole("button", { name: "Rule it out", exact: true }).click();
    await expect.poll(() => rows.first().innerText()).not.toBe(first);
    expect(readFileSync(work("place-rulings.jsonl"), "utf8")).toContain("its roof is flat");
    await page.getByRole("button", { name: "take it back" }).click();
    await expect.poll(() => rows.first().innerText()).toBe(first);
    await page.getByRole("button", { name: "Use as a clue" }).click();
    await page.getByText("The places are a clue now.").waitFor();
    await expect.poll(() => existsSync(work("inquiry.json")) && readFileSync(work("inquiry.json"), "utf8").includes('"places"')).toBe(true);
    await watched.settle();
  });

  it("tells beside all clues how probable each place is, in the answer and here, and follows what is ruled out by eye", async () => {
    const dates = { not_before: "2022-10-07T12:00:00Z", not_after: "2022-10-07T12:10:00Z" };
    mkdirSync(folder.path("case/work"), { recursive: true });
    writeFileSync(work("inquiry.json"), JSON.stringify({ version: 1, prior: dates, clues: [], frames: {}, pins: [], layers: [], notes: "" }));
    const watched = await Watched.open(browser, server);
    const { page } = watched;
    await asked(page);
    const first = await page.locator(".places-table [data-chosen]").innerText();
    const share = await page.locator(".places-table tr:has([data-chosen]) .share").innerText();
    await page.getByRole("button", { name: "Use as a clue" }).click();
    await page.getByText("The places are a clue now.").waitFor();
    // Alone, the places have the shares that were found: 4,000 draws tell them to about two points.
    const beside = page.locator(".share-beside b");
    const points = (text: string): number => Number(/[\d.]+/.exec(text)?.[0]);
    await expect.poll(async () => Math.abs(points(await beside.innerText()) - points(share))).toBeLessThan(5);

    await page.locator('.rail [data-screen="footage"]').click();
    const card = page.locator(".clue-card", { hasText: "Places from a search" });
    await expect.poll(() => card.innerText()).toContain("Maps: ©");
    expect(await card.innerText()).not.toMatch(/[0-9a-f]{16}/); // which question it was is told on demand
    await card.locator("summary").click();
    await expect.poll(() => card.innerText()).toMatch(/[0-9a-f]{16}/);
    const rows = page.locator(".named-list li");
    const names = (): Promise<string[]> => page.locator(".named-list button").allInnerTexts();
    await rows.last().getByText("None of these").waitFor();
    expect((await names()).some((name) => name.includes(first))).toBe(true);
    const total = (await rows.locator(".named-share").allInnerTexts()).map(points).reduce((sum, one) => sum + one, 0);
    expect(Math.abs(total - 100)).toBeLessThan(3);
    await page.locator(".named-list button").first().focus();
    await page.keyboard.press("Enter");
    await page.locator(".region-map").getByRole("button", { name: "Whole answer" }).click();
    await watched.axe("the places that were named");

    await page.locator('.rail [data-screen="places"]').click();
    await page.getByRole("button", { name: "Rule it out by eye" }).click();
    await page.getByLabel(/Why is it not/).fill("its roof is flat");
    await page.getByRole("button", { name: "Rule it out", exact: true }).click();
    await page.getByRole("button", { name: "take it back" }).waitFor();
    await page.locator('.rail [data-screen="footage"]').click();
    await expect.poll(async () => (await names()).some((name) => name.includes(first))).toBe(false);
    await page.getByRole("button", { name: "Undo", exact: true }).click();
    await expect.poll(async () => (await names()).some((name) => name.includes(first))).toBe(true);
    await page.locator('.rail [data-screen="places"]').click();
    await page.getByText("The clue holds other places than this answer.").waitFor();

    await page.locator('.rail [data-screen="footage"]').click();
    await page.locator(".topbar select, .top-bar select").first().selectOption("ar");
    await page.setViewportSize({ width: 320, height: 720 });
    await page.locator(".named", { hasText: "لا شيء منها" }).waitFor();
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    await watched.axe("the places that were named, Arabic, narrow");
    await watched.settle();
  });

  it("chooses, rules out and takes the focus back by keyboard", async () => {
    const watched = await Watched.open(browser, server);
    const { page } = watched;
    await asked(page);
    await watched.tabTo(".places-table [data-chosen]");
    const first = await page.locator(".places-table [data-chosen]").innerText();
    await page.keyboard.press("ArrowDown");
    const focused = page.locator(".places-table [data-chosen]:focus");
    await expect.poll(() => focused.innerText()).not.toBe(first);
    await page.keyboard.press("ArrowUp");
    await expect.poll(() => focused.innerText()).toBe(first);
    await page.keyboard.press("End");
    const last = await page.locator(".places-table th[data-osm]").last().getAttribute("data-osm");
    await expect.poll(() => page.locator(`tr:has([data-chosen]:focus) [data-osm], [data-osm][data-chosen]:focus`).first().getAttribute("data-osm")).toBe(last);
    await page.keyboard.press("Home");
    await expect.poll(() => focused.innerText()).toBe(first);
    await page.keyboard.press("ArrowDown");
    await expect.poll(() => focused.innerText()).not.toBe(first);
    await page.keyboard.press("x");
    await page.locator(".rule-form input:focus").waitFor();
    await page.keyboard.press("Escape");
    await page.locator(".places-table [data-chosen]:focus").waitFor();
    await page.keyboard.press("x");
    await page.locator(".rule-form input:focus").waitFor();
    await page.keyboard.type("no tower is there");
    await page.keyboard.press("Enter");
    await page.getByText("no tower is there").waitFor();
    await watched.settle();
  });

  it("is hit, drawn and measured upon", async () => {
    const watched = await Watched.open(browser, server);
    const { page } = watched;
    await asked(page);
    await page.getByRole("button", { name: "Change the question" }).click();
    const text = page.getByLabel("The question as text (TOML)");
    await text.fill(`${await text.inputValue()}\n[eye]\nnear = "railway-station"\n`);
    await page.getByText("The camera stood within 30 m of: railway-station.").waitFor();
    await page.getByRole("button", { name: "Ask the maps" }).click();
    await page.locator('.question-card[aria-busy="false"]').waitFor();
    await expect.poll(() => page.locator(".places-table th[data-osm]").count()).toBe(6);
    const target = page.locator(".ol-target[data-ready]");
    await target.locator("canvas").first().waitFor();
    const box = await stillBox(target);
    await page.getByRole("button", { name: "Measure" }).click();
    await page.mouse.click(box.x + box.width * 0.4, box.y + box.height * 0.5);
    await page.mouse.click(box.x + box.width * 0.6, box.y + box.height * 0.5);
    await expect.poll(() => page.locator(".map-said").innerText()).toMatch(/^[\d.,]+ k?m, toward (89|90)(\.\d)?° from north$/);
    await page.getByRole("button", { name: "Draw an area" }).click();
    await page.mouse.click(box.x + box.width * 0.3, box.y + box.height * 0.4);
    await page.mouse.click(box.x + box.width * 0.7, box.y + box.height * 0.8);
    await expect.poll(() => existsSync(work("place-question.toml")) && readFileSync(work("place-question.toml"), "utf8")).toMatch(/\[search\]\narea = \{ south = 4\d\.\d{5}/);
    await page.getByText("The answer below is that of the question before.").waitFor();
    // A place with nothing around it is brought to the middle; another is chosen; a click on its region chooses it again.
    const rows = page.locator(".places-table th[data-osm]");
    await rows.nth(4).click();
    const name = await rows.nth(4).innerText();
    await page.getByRole("button", { name: "Near 5", exact: true }).click();
    await rows.first().click();
    await expect.poll(() => page.locator(".places-table [data-chosen]").innerText()).not.toBe(name);
    const field = await stillBox(target);
    // The buttons above take 76 px, the scale below 40.
    await target.click({ position: { x: field.width / 2, y: 76 + (field.height - 116) / 2 } });
    await expect.poll(() => page.locator(".places-table [data-chosen]").innerText()).toBe(name);
    await watched.settle();
  });

  it("keeps what is typed while an answer or the question itself is fetched, and takes no answer for that of another text", async () => {
    const watched = await Watched.open(browser, server);
    const { page } = watched;
    await asked(page);
    const text = page.getByLabel("The question as text (TOML)");
    const more = '\n[eye]\nnear = "railway-station"\n';
    const held = async (path: string): Promise<() => void> => {
      let give = (): void => undefined;
      const given = new Promise<void>((done) => { give = done; });
      await page.route(`**${path}`, async (route) => { await given; await route.continue(); }, { times: 1 });
      return give;
    };
    const change = async (words: string): Promise<void> => {
      await page.getByRole("button", { name: "Change the question" }).click();
      await text.fill(words);
    };
    const question = await (async (): Promise<string> => {
      await page.getByRole("button", { name: "Change the question" }).click();
      return text.inputValue();
    })();
    const answer = await held("/api/landmarks/ask");
    await page.getByRole("button", { name: "Ask the maps" }).click();
    await change(question + more);
    await page.getByText("The camera stood within 30 m of: railway-station.").waitFor();
    answer();
    await page.locator('.question-card[aria-busy="false"]').waitFor();
    await page.getByText("The answer below is that of the question before.").waitFor();

    const read = await held("/api/landmarks");
    await page.locator('.rail [data-screen="claims"]').click();
    await page.locator(".places-body").waitFor({ state: "detached" });
    await page.locator('.rail [data-screen="places"]').click();
    await change(question);
    read();
    await page.getByText("The camera stood within 30 m of: railway-station.").waitFor({ state: "detached" });
    await expect.poll(() => text.inputValue()).toBe(question);
    await expect.poll(() => readFileSync(work("place-question.toml"), "utf8")).toBe(question);
    await watched.settle();
  });

  it("lets the answer be used at once after typing: the click waits for the check, and what is typed is kept", async () => {
    const watched = await Watched.open(browser, server);
    watched.allowed.push(/400/);
    const { page } = watched;
    await asked(page);
    await page.getByRole("button", { name: "Change the question" }).click();
    const text = page.getByLabel("The question as text (TOML)");
    const question = await text.inputValue();
    const use = page.getByRole("button", { name: "Use as a clue" });
    await text.fill(`${question}\n[eye]\nnear = "railway-station"\n`);
    await use.click();
    await page.locator('.notice[data-code="landmarks"]', { hasText: "The answer below is that of the question before." }).waitFor();
    await expect.poll(() => use.isDisabled()).toBe(true);
    await text.fill(`${question}\n# seen from a train\n`);
    expect(await use.isEnabled()).toBe(true);
    await use.click();
    await page.getByText("The places are a clue now.").waitFor();
    expect(readFileSync(work("place-question.toml"), "utf8")).toContain("# seen from a train");
    await watched.settle();
  });

  it("names every problem of a text, keeps it, and asks nothing", async () => {
    const watched = await Watched.open(browser, server);
    watched.allowed.push(/400/);
    const { page } = watched;
    await page.locator('.rail [data-screen="places"]').click();
    await page.getByRole("button", { name: "Write the question" }).click();
    await page.getByLabel("The question as text (TOML)").fill('[[thing]]\nid = "a"\nis = "railway station"\nwide = 3\n[[pair]]\nof = ["a", "b"]\n');
    await page.locator(".problems code", { hasText: "thing[0].wide" }).waitFor();
    await expect.poll(() => page.getByRole("button", { name: "Ask the maps" }).isDisabled()).toBe(true);
    await page.reload();
    await page.locator(".problems code", { hasText: "thing[0].wide" }).waitFor();
    // Before anything is asked, the map shows the coasts that ship with Noonmark: more than one colour.
    await expect.poll(() => page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>(".ol-target canvas");
      const pixels = canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      const colours = new Set<string>();
      for (let at = 0; at < pixels.length; at += 4 * 97) colours.add(`${pixels[at]} ${pixels[at + 1]} ${pixels[at + 2]}`);
      return colours.size;
    })).toBeGreaterThan(2);
    await watched.settle();
  });

  it("says how far away the land of a skyline stands, and where that is too near to tell", async () => {
    const watched = await Watched.open(browser, server);
    const { page } = watched;
    await asked(page);
    const card = page.locator(".skyline-card");
    await page.locator('.places-table th[data-osm="node/2"]').click();
    await card.getByRole("button", { name: "Find the skyline" }).click();
    await expect.poll(() => card.innerText()).toMatch(/That land stands about \d+(\.\d)? km away\./);
    await expect.poll(() => card.locator(".note").count()).toBe(0);
    await page.locator('.places-table th[data-osm="node/10"]').click();
    await expect.poll(() => card.innerText()).toMatch(/That land stands about \d+ m away\./);
    await card.getByText("don't know the shape of land within 190 m").waitFor();
    await watched.axe("skyline too near");
    await watched.settle();
  });

  it("says which share of a skyline stands before ground that no tile holds", async () => {
    const watched = await Watched.open(browser, server);
    const { page } = watched;
    // The land of the other tests is known; the share of the reply is made one of land that is not.
    await page.route(/\/api\/(landmarks\/skyline|jobs\/[^/]+)$/, async (route) => {
      const answer = await route.fetch();
      const reply = await answer.json();
      for (const place of (reply.result ?? reply).places ?? []) {
        expect(place.unknown_share).toBeTypeOf("number");
        place.unknown_share = place.near ? 0.8 : 0.3;
      }
      await route.fulfill({ response: answer, json: reply });
    });
    await asked(page);
    const card = page.locator(".skyline-card");
    await page.locator('.places-table th[data-osm="node/2"]').click();
    await card.getByRole("button", { name: "Find the skyline" }).click();
    await card.getByText("For 30% of the line the elevation tiles may not hold the ridge.").waitFor();
    expect(await card.getByText("The skyline says almost nothing here").count()).toBe(0);
    await page.locator('.places-table th[data-osm="node/10"]').click();
    await card.getByText("The skyline says almost nothing here").waitFor();
    await watched.axe("skyline before unknown land");
    await watched.settle();
  });

  it("is read in Arabic and fits 320 px", async () => {
    const watched = await Watched.open(browser, server);
    const { page } = watched;
    await asked(page);
    await page.locator(".topbar select, .top-bar select").first().selectOption("ar");
    await page.setViewportSize({ width: 320, height: 720 });
    await page.locator("h1", { hasText: "أماكن" }).waitFor();
    await expect.poll(() => page.locator("html").getAttribute("dir")).toBe("rtl");
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    await watched.axe("Arabic, narrow");
    await watched.settle();
  });
});
