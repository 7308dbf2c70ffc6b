/** The server is killed at random moments of the main path: run by benchmarks/page_kills.py, never by a test. One line of figures. */
import { it } from "vitest";
import { launch, noonmark, prepare, scratch, serve, Watched, type Server } from "./browser.ts";

const KILLS = Number(process.env["NOONMARK_KILLS"] ?? 50);
/** So long after an act began it is killed, at most [ms]: typing, saving and the exact answer lie before. */
const LONGEST_MS = 2500;

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
  const said = { early: "", late: "", points: 0 };
  const [early, late] = ["Not before", "Not after"].map((name) => page.getByLabel(name, { exact: true }).first()) as [ReturnType<typeof page.locator>, ReturnType<typeof page.locator>];
  const date = (year: number): string => `${year}-${String(1 + Math.floor(12 * next())).padStart(2, "0")}-${String(1 + Math.floor(28 * next())).padStart(2, "0")}`;
  const act = async (kind: number): Promise<void> => {
    if (kind < 2) {
      const [field, text] = kind === 0 ? [early, (said.early = date(2020))] : [late, (said.late = date(2023))];
      await field.fill(text);
      await field.press("Enter");
      return;
    }
    await page.locator('[data-means="shadow"]').click();
    const box = (await page.locator(".stage").boundingBox())!;
    const left = 0.3 + 0.3 * next();
    for (const [x, y] of [[left, 0.6], [left, 0.35], [left - 0.1, 0.68]] as const) await page.mouse.click(box.x + x * box.width, box.y + y * box.height);
    said.points += 3;
  };
  /** Whether all that was said is on the page, at the latest after a while. */
  const holds = async (): Promise<boolean> => {
    for (let k = 0; k < 100; k += 1) {
      const points = await page.locator(".point").count();
      const dates = [await early.inputValue(), await late.inputValue()];
      if (points === said.points && dates[0]!.startsWith(said.early) && dates[1]!.startsWith(said.late)) return true;
      await page.waitForTimeout(200);
    }
    return false;
  };
  let [lost, stuck] = [0, 0];
  for (let k = 0; k < KILLS; k += 1) {
    const kill = new Promise<void>((done) => setTimeout(() => void killed(server).then(done), LONGEST_MS * next()));
    await act(k % 3);
    await kill;
    server = await serve(folder.path("case"));
    const saved = await page.waitForFunction(() => document.querySelector(".save-saved") !== null && document.querySelector('.notice[data-code="gone"]') === null, null, { timeout: 60_000 }).then(() => true, () => false);
    if (!saved) stuck += 1;
    if (!(await holds())) lost += 1;
    if (k % 5 === 4) { // what the server kept, too
      await page.reload();
      if (!(await holds())) lost += 1;
    }
  }
  console.log(`measured ${JSON.stringify({ kills: KILLS, lost, stuck, points: said.points })}`);
  await browser.close();
  await server.stop();
  folder.clear();
});
