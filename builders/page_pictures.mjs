/**
 * Draws the pictures of the page's screens, from the case that `noonmark demo` makes and the site of docs/tutorial-sites.md.
 *
 *   node builders/page_pictures.mjs demo-out/story/case site docs/images          what the manual shows: English, light, 1440 px
 *   node builders/page_pictures.mjs demo-out/story/case site FOLDER --all         every screen in four languages, light and dark, 1024 and 1440 px
 *   node builders/page_pictures.mjs demo-out/story/case site FOLDER --language ar,ru --scheme dark --width 1024 --screen sites,claims
 *
 * Any of the last four options chooses from what --all draws; one that is left out stands for all of its values. A width may be any number
 * of CSS pixels (320 for a reader at 400 %), and --zoom 2 shows the screens as a reader sees them who has set the browser to 200 %.
 * --height 2000 shows what a reader of a narrow window scrolls to.
 *
 * Needs Chromium (NOONMARK_CHROMIUM, or /usr/bin/chromium), Python (NOONMARK_PYTHON, or .venv) and `npm ci` in frontend.
 */
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

const root = resolve(import.meta.dirname, "..");
const { chromium } = createRequire(join(root, "frontend/package.json"))("playwright-core");
const { values: chosen, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    all: { type: "boolean" },
    language: { type: "string" },
    scheme: { type: "string" },
    width: { type: "string" },
    screen: { type: "string" },
    zoom: { type: "string", default: "1" },
    height: { type: "string" },
  },
});
const [story, site, folder] = positionals;
const listed = (option, every) => chosen[option]?.split(",") ?? every;
const manual = !["all", "language", "scheme", "width", "screen"].some((option) => option in chosen);
const python = process.env["NOONMARK_PYTHON"] ?? join(root, ".venv/bin/python");
const SCREENS = ["overview", "footage", "places", "sites", "documents", "accounts", "claims", "report"];
const SHOWN = ["overview", "sites", "claims", "report"];
const SETTLED_MS = 4000; // a picture for people: maps and pages have drawn themselves by then

/** `noonmark open`, with a case or without one, and the address that it prints. */
async function served(...given) {
  const child = spawn(python, ["-m", "noonmark", "open", "--no-browser", ...given], { env: { ...process.env, NO_COLOR: "1" } });
  let said = "";
  const url = await new Promise((done, fail) => {
    const listen = (piece) => {
      said += piece;
      const found = /http:\/\/\S+[#&]t=[\w-]+/.exec(said)?.[0];
      if (found !== undefined) done(found);
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.on("exit", () => fail(new Error(said)));
  });
  return { child, url };
}

/** A new page under one setting. At zoom 2 a window of 1440 px holds 720 CSS pixels, each drawn twice as large. */
async function opened(browser, { locale, colorScheme, width, zoom = 1 }) {
  const shown = Math.round(width / zoom);
  const viewport = { width: shown, height: Number(chosen.height ?? Math.max(Math.round(shown * 0.625), 450)) };
  const context = await browser.newContext({ locale, colorScheme, viewport, deviceScaleFactor: zoom, reducedMotion: "reduce" });
  return context.newPage();
}

/** Waits until nothing is asked any more, no picture is on its way, and what was drawn stands still. */
async function settled(page) {
  await page.waitForLoadState("networkidle");
  await page.waitForFunction(() => document.querySelector('[aria-busy="true"], .stage-wait:not(.hatched)') === null);
  await page.waitForTimeout(SETTLED_MS);
}

/** One picture of each screen under one setting. */
async function draw(browser, url, setting, screens, nameOf) {
  const page = await opened(browser, setting);
  await page.goto(url);
  for (const screen of screens) {
    await page.locator(`#screens a[href*="${screen}"]`).first().click();
    if (screen === "sites") {
      const path = page.locator(".screen-sites .open-form input");
      await path.or(page.locator(".screen-sites .pair-card")).first().waitFor();
      if (await path.isVisible()) {
        await path.fill(resolve(site));
        await path.press("Enter");
      }
    }
    if (screen === "report") await page.locator(".report-sheet").waitFor({ timeout: 120_000 });
    await settled(page);
    await page.screenshot({ path: join(folder, nameOf(screen)) });
  }
  await page.context().close();
}

/** The sample, answered, as the first page that a reader of the README sees. */
async function drawSample(browser, url) {
  const page = await opened(browser, { locale: "en", colorScheme: "light", width: 1440 });
  await page.goto(url);
  await page.getByRole("button", { name: "Open the sample" }).click();
  await page.locator(".readout .figures").waitFor();
  await page.locator(".readout-waits, .readout-held").waitFor({ state: "detached", timeout: 120_000 });
  await settled(page);
  await page.screenshot({ path: join(folder, "page.png") });
  await page.context().close();
}

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env["NOONMARK_CHROMIUM"] ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const plain = { locale: "en", colorScheme: "light", width: 1440 };
const running = [];
try {
  const { child, url } = await served(story);
  running.push(child);
  if (manual) {
    await draw(browser, url, plain, SHOWN, (screen) => `page-${screen}.png`);
    const sample = await served();
    running.push(sample.child);
    await drawSample(browser, sample.url);
  } else {
    const zoom = Number(chosen.zoom);
    const screens = listed("screen", SCREENS);
    for (const locale of listed("language", ["en", "ar", "ru", "zh"]))
      for (const colorScheme of listed("scheme", ["light", "dark"]))
        for (const width of listed("width", ["1024", "1440"]).map(Number)) {
          const end = zoom === 1 ? "" : `-x${zoom}`;
          await draw(browser, url, { locale, colorScheme, width, zoom }, screens, (screen) => `${screen}-${locale}-${colorScheme}-${width}${end}.png`);
        }
  }
} finally {
  await browser.close();
  for (const child of running) child.kill();
}
