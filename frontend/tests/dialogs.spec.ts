/** Every dialog is opened by keyboard, takes the focus, closes by Escape and gives the focus back to what opened it. */
import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch, missing, prepare, scratch, serve, Watched, type Server } from "./browser.ts";

/** The made case of documents and accounts, with a photo, a clip, and a claim of whoever opens it; its id is in claim.txt. */
const CASE = `
import runpy, sys
from pathlib import Path
from noonmark.actions.case_intake import add_to_case
from noonmark.actions.inquiry_forms import claims_of_case, say_in_case
folder, files = Path(sys.argv[1]), sys.argv[2:]
runpy.run_path("tests/made_documents.py")["main"](folder)
case = folder / "case"
add_to_case(case, files)
text = "The gate was shut"
said = claims_of_case(case)["claims"]
kinds = {"kind": "what", "standard": "two origins"}
say_in_case(case, [{"form": "claim", "as": "mine", "text": {"en": text}, "event": said[0]["event"], **kinds}], by="quiet-desk")
(mine,) = [one["id"] for one in claims_of_case(case)["claims"] if one["id"] != said[0]["id"]]
(folder / "claim.txt").write_text(mine)
`;
const FILES = ["street.jpg", "clip.mp4"].map((name) => `../src/noonmark/examples/${name}`);

/** A screen's address (CLAIM: of whoever opens it), what is done there first, and the buttons that open its dialogs. */
const SCREENS: readonly (readonly [string, (page: Page) => Promise<void>, readonly string[]])[] = [
  ["#/footage", async (page) => { await page.locator(".item", { hasText: "clip.mp4" }).click(); }, ["Add files", "Layers", "Contact sheet", "Add a clue", "Export", "Keys"]],
  ["#/claims/CLAIM", async () => undefined, ["New claim", "Add evidence", "Say it anew", "Judge it", "Withdraw this claim"]],
  ["#/report", async () => undefined, ["Add files", "Let it out, with a reason"]],
  ["#/documents", async (page) => {
    await page.locator(".lines li").first().focus();
    await page.keyboard.press("q"); // the line is quoted
  }, ["Add a document", "Cite in a claim", "Add a translation"]],
  ["#/documents/replies", async () => undefined, ["A new letter", "Enter an answer"]],
  ["#/accounts", async (page) => {
    await page.getByRole("button", { name: "Show aliases and code words" }).click();
    await page.locator("[data-segment]").first().click();
  }, ["Add an account", "Cite in a claim", "Add a translation", "Code word", "Copy with words hidden", "Consent was taken back"]],
];

describe.skipIf(missing !== null)("a dialog", () => {
  let browser: Browser, server: Server, watched: Watched, page: Page;
  const folder = scratch();
  beforeAll(async () => {
    prepare(CASE, folder.path("."), ...FILES);
    [server, browser] = await Promise.all([serve(folder.path("case"), "--by", "quiet-desk"), launch()]);
    watched = await Watched.open(browser, server);
    page = watched.page;
    await page.locator("#screens").waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    folder.clear();
  });
  const claim = (): string => readFileSync(folder.path("claim.txt"), "utf8");

  it.each(SCREENS)("of %s gives the focus back to what opened it", async (hash, begin, openers) => {
    await page.evaluate((to) => { location.hash = to; }, hash.replace("CLAIM", claim()));
    await begin(page);
    for (const name of openers) {
      const opener = page.getByRole("button", { name, exact: true }).first();
      await opener.focus();
      await page.keyboard.press("Enter");
      await page.locator("dialog[open]").waitFor();
      await expect.poll(() => page.evaluate(() => document.activeElement?.closest("dialog[open]") != null), { message: name }).toBe(true);
      await page.keyboard.press("Escape");
      await page.locator("dialog").waitFor({ state: "detached" });
      await expect.poll(() => opener.evaluate((one) => one === document.activeElement), { message: name }).toBe(true);
    }
    await watched.settle();
  });

  it("of the first screen gives the focus back to what opened it", async () => {
    await page.getByRole("button", { name: "Close the case" }).click();
    const opener = page.getByRole("button", { name: "Choose a folder…" });
    await opener.focus();
    await page.keyboard.press("Enter");
    await page.locator("dialog[open]").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
    await expect.poll(() => opener.evaluate((one) => one === document.activeElement)).toBe(true);
    await watched.settle();
  });
});
