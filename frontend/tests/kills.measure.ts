/** The server is killed at random moments of the main path: run by benchmarks/page_kills.py, never by a test. One line of figures. */
import type { Locator } from "playwright-core";
import { expect, it } from "vitest";
import { launch, noonmark, prepare, scratch, serve, Watched, type Server } from "./browser.ts";

const KILLS = Number(process.env["NOONMARK_KILLS"] ?? 50);
/** So long after an act began it is killed, at most [ms]: typing, saving and the exact answer lie before. */
const LONGEST_MS = 2500;
/** So many shadows stand beside one another before the next row begins, a little lower. */
const ACROSS = 14;

const PHOTO = `
import sys, numpy as np
from PIL import Image
Image.fromarray((np.random.default_rng(0).random((720, 1100, 3)) * 90 + 90).astype("uint8")).save(sys.argv[1])
`;

/** The same moments each time: a linear congruential sequence, 0 to 1. */
function moments(seed: number): () => number {
  let state = seed;
  return () => (state = (1_103_515_245 * state + 12_345) % 2_147_483_648) / 2_147_483_648;
}

async function killed(server: Server): Promise<void> {
  server.process.removeAllListeners("exit");
  await new Promise<void>((done) => {
    server.process.once("exit", () => done());
    server.process.kill("SIGKILL");
  });
}

it(`kills the server ${KILLS} times`, { timeout: 3_600_000 }, async () => {
  const folder = scratch();
  prepare(PHOTO, folder.path("photo.png"));
  noonmark("case", "new", folder.path("case"));
  noonmark("case", "add", folder.path("case"), folder.path("photo.png"));
  const browser = await launch();
  let server = await serve(folder.path("case"));
  const { page } = await Watched.open(browser, server);
  await page.goto(`${server.origin}/#/footage`);
  await page.locator(".stage[data-frame]:not([data-frame=''])").waitFor();
  const next = moments(1);
  const [early, late] = ["Not before", "Not after"].map((name) => page.getByLabel(name, { exact: true }).first()) as [Locator, Locator];
  const date = (year: number): string => `${year}-${String(1 + Math.floor(12 * next())).padStart(2, "0")}-${String(1 + Math.floor(28 * next())).padStart(2, "0")}`;
  /** What was said, by its name: two dates, and each point with its place in the photo. */
  const said = new Map<string, string>();
  /** The same as the page shows it. */
  const shown = async (): Promise<Map<string, string>> => {
    const points = await page.locator(".point").evaluateAll((all) => all.map((one) => {
      const { mark, path, x, y } = (one as HTMLElement).dataset;
      return [`point ${mark} ${path}`, `${x} ${y}`] as [string, string];
    }));
    return new Map([["not before", (await early.inputValue()).slice(0, 10)], ["not after", (await late.inputValue()).slice(0, 10)], ...points]);
  };
  const unlike = (now: Map<string, string>): string[] => {
    const names = [...new Set([...said.keys(), ...now.keys()])];
    return names.filter((name) => (said.get(name) ?? "") !== (now.get(name) ?? "")).map((name) => `${name}: ${said.get(name) ?? "not said"}, now ${now.get(name) ?? "gone"}`);
  };
  const type = async (name: string, field: Locator, text: string): Promise<void> => {
    await field.fill(text);
    await field.press("Enter");
    said.set(name, text);
  };
  /** Marks one shadow. No point lies on an earlier one, which a click would choose; each is on the page before the next click. */
  const markShadow = async (index: number): Promise<void> => {
    await page.locator('[data-means="shadow"]').click();
    const box = (await page.locator(".stage").boundingBox())!;
    const [column, row] = [index % ACROSS, Math.floor(index / ACROSS)];
    const x = box.x + (0.14 + (0.72 * column) / ACROSS) * box.width;
    for (const [part, y] of [["base", 0.52], ["top", 0.28], ["tip", 0.76]] as const) {
      await page.mouse.click(x, box.y + (y + 0.07 * (row % 3)) * box.height);
      const point = page.locator(`.point[data-mark="${index}"][data-path="${part}_px"]`);
      await point.waitFor();
      said.set(`point ${index} ${part}_px`, `${await point.getAttribute("data-x")} ${await point.getAttribute("data-y")}`);
    }
  };
  const act = async (k: number): Promise<void> => {
    if (k % 3 === 0) await type("not before", early, date(2020));
    else if (k % 3 === 1) await type("not after", late, date(2023));
    else await markShadow(Math.floor(k / 3));
  };
  let [lost, stuck, first] = [0, 0, ""];
  /** Waits until all that was said is on the page; what is not is counted once, and the first of it named. */
  const check = async (when: string): Promise<void> => {
    let wrong: string[] = [];
    const same = await expect.poll(async () => (wrong = unlike(await shown())), { timeout: 20_000 }).toEqual([]).then(() => true, () => false);
    if (same) return;
    lost += wrong.length;
    if (first === "") first = `${when}: ${wrong.join("; ")}`;
    said.clear();
    for (const [name, value] of await shown()) said.set(name, value);
  };
  for (let k = 0; k < KILLS; k += 1) {
    const kill = new Promise<void>((done) => setTimeout(() => void killed(server).then(done), LONGEST_MS * next()));
    await act(k);
    await kill;
    server = await serve(folder.path("case"));
    const saved = await page.waitForFunction(() => document.querySelector(".save-saved") !== null && document.querySelector('.notice[data-code="gone"]') === null, null, { timeout: 60_000 }).then(() => true, () => false);
    if (!saved) stuck += 1;
    await check(`kill ${k + 1}`);
    if (k % 5 === 4) { // what the server kept, too
      await page.reload();
      await check(`kill ${k + 1}, loaded again`);
    }
  }
  const points = [...said.keys()].filter((name) => name.startsWith("point")).length;
  console.log(`measured ${JSON.stringify({ kills: KILLS, lost, stuck, points, ...(first === "" ? {} : { first }) })}`);
  await browser.close();
  await server.stop();
  folder.clear();
});
