/**
 * Draws the pictures of the page's screens for the manual, from the case that `noonmark demo` makes.
 *
 *   noonmark demo
 *   node builders/page_pictures.mjs demo-out/story/case docs/images          what the manual shows: English, light, 1440 px
 *   node builders/page_pictures.mjs demo-out/story/case FOLDER --all         each screen in four languages, light and dark, 1024 and 1440 px
 *
 * Needs Chromium (NOONMARK_CHROMIUM, or /usr/bin/chromium), Python (NOONMARK_PYTHON, or .venv) and `npm ci` in frontend.
 */
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const { chromium } = createRequire(join(root, "frontend/package.json"))("playwright-core");
const [given, folder, all] = process.argv.slice(2);
const python = process.env["NOONMARK_PYTHON"] ?? join(root, ".venv/bin/python");
const SCREENS = ["overview", "footage", "places", "sites", "documents", "accounts", "claims", "report"];

/** `noonmark open` on the case, and the address that it prints. */
async function served() {
  const child = spawn(python, ["-m", "noonmark", "open", "--no-browser", given], { env: { ...process.env, NO_COLOR: "1" } });
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

/** One picture of every screen under one setting. */
async function draw(browser, url, setting, nameOf) {
  const { locale, colorScheme, width } = setting;
  const context = await browser.newContext({ locale, colorScheme, viewport: { width, height: Math.round(width * 0.625) }, reducedMotion: "reduce" });
  const page = await context.newPage();
  await page.goto(url);
  for (const screen of SCREENS) {
    await page.locator(`#screens a[href*="${screen}"]`).first().click();
    await page.waitForLoadState("networkidle");
    await page.waitForTimeout(1200); // a picture for people: maps and pages have drawn themselves by then
    await page.screenshot({ path: join(folder, nameOf(screen)) });
  }
  await context.close();
}

mkdirSync(folder, { recursive: true });
const { child, url } = await served();
const browser = await chromium.launch({ executablePath: process.env["NOONMARK_CHROMIUM"] ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
try {
  if (all === undefined) {
    await draw(browser, url, { locale: "en", colorScheme: "light", width: 1440 }, (screen) => `page-${screen}.png`);
  } else {
    for (const locale of ["en", "ar", "ru", "zh"])
      for (const colorScheme of ["light", "dark"])
        for (const width of [1024, 1440]) await draw(browser, url, { locale, colorScheme, width }, (screen) => `${screen}-${locale}-${colorScheme}-${width}.png`);
  }
} finally {
  await browser.close();
  child.kill();
}
