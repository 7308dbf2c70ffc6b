/** Odd behaviour: two tabs, a case that is moved away, links to what is not there, wrong files. */
import { renameSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { launch, missing, prepare, scratch, serve, Watched, type Server } from "./browser.ts";

const CASE = `
import runpy, sys
from pathlib import Path
from noonmark.actions.case_intake import add_to_case
folder, files = Path(sys.argv[1]), sys.argv[2:]
runpy.run_path("tests/made_documents.py")["main"](folder)
add_to_case(folder / "case", files)
`;
const FILES = ["street.jpg", "clip.mp4"].map((name) => `../src/noonmark/examples/${name}`);

describe.skipIf(missing !== null)("a newcomer", () => {
  let browser: Browser, server: Server, watched: Watched;
  const folder = scratch();
  beforeAll(async () => {
    prepare(CASE, folder.path("."), ...FILES);
    [server, browser] = await Promise.all([serve(folder.path("case"), "--by", "quiet-desk"), launch()]);
  });
  beforeEach(async () => {
    for (const context of browser.contexts()) await context.close();
    watched = await Watched.open(browser, server);
    await watched.page.locator("#screens").waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    folder.clear();
  });
  const to = (one: Watched, hash: string): Promise<void> => one.page.evaluate((wanted) => { location.hash = wanted; }, hash);
  const saved = (one: Watched): Promise<void> => expect.poll(() => one.page.locator(".save-state").innerText()).toBe("Saved");
  async function claim({ page }: Watched, words: string): Promise<void> {
    await to(watched, "#/claims");
    await page.getByRole("button", { name: "New claim" }).first().click();
    await page.getByLabel("The claim, in one sentence").fill(words);
    await page.getByRole("button", { name: "Make the claim" }).click();
    await page.locator("dialog").waitFor({ state: "detached" });
  }

  it("sees in one tab what was done in the other, on every screen that shows it", async () => {
    const other = await Watched.inside(watched.context, server);
    await other.page.locator("#screens").waitFor();
    for (const screen of ["claims", "report"]) {
      await to(other, `#/${screen}`);
      await other.page.getByText("The wall stood in August").first().waitFor();
      await claim(watched, `A claim for ${screen}`);
      await other.page.getByText(`A claim for ${screen}`).first().waitFor();
    }
    // Both tabs' overviews count it: the one that acted, and the one that looks on.
    await to(other, "#/overview");
    const unjudged = (one: Watched) => one.page.locator('[data-screen="claims"] .count').innerText();
    const before = await unjudged(other);
    await claim(watched, "A claim for the overview");
    await expect.poll(() => unjudged(other)).not.toBe(before);
    expect(await unjudged(other)).toBe(await unjudged(watched));
    await other.settle();
    await watched.settle();
  });

  it("undoes in one tab without taking back what the other did", async () => {
    const other = await Watched.inside(watched.context, server);
    for (const one of [watched, other]) await to(one, "#/footage");
    const [early, late] = [watched, other].map((one, index) => one.page.getByLabel(index === 0 ? "Not before" : "Not after", { exact: true }).first());
    await early!.fill("2021-01-01");
    await early!.press("Enter");
    await saved(watched);
    await other.page.locator("#main").focus();
    const there = other.page.getByLabel("Not before", { exact: true }).first();
    await expect.poll(() => there.inputValue()).toBe("2021-01-01");
    await late!.fill("2021-12-31");
    await late!.press("Enter");
    await saved(other);
    await watched.page.locator("#main").focus();
    const here = watched.page.getByLabel("Not after", { exact: true }).first();
    await expect.poll(() => here.inputValue()).toBe("2021-12-31");
    await watched.page.keyboard.press("Control+z");
    await expect.poll(() => early!.inputValue()).toBe("");
    expect(await here.inputValue()).toBe("2021-12-31");
    await saved(watched);
    await other.settle();
    await watched.settle();
  });

  it("leaves no dialog and no error of a screen behind, and loses no word of either", async () => {
    const { page } = watched;
    watched.allowed.push(/status of 400/); // a page that the document has not, a site that nobody opened
    const notice = page.locator('.notice[data-code="no-document-page"]');
    await to(watched, "#/documents/none/99");
    await notice.waitFor();
    await to(watched, "#/sites/none");
    await notice.waitFor({ state: "detached" });
    await page.getByRole("heading", { name: "Which place is followed in images?" }).waitFor();
    await claim(watched, "A claim of my own");
    const why = page.getByRole("dialog").getByLabel("Why");
    await page.getByRole("button", { name: "Withdraw this claim" }).waitFor();
    const own = new URL(page.url()).hash;
    for (const [hash, name, field] of [[own, "Withdraw this claim", why], ["#/footage", "Export", null]] as const) {
      await to(watched, hash);
      await page.getByRole("button", { name, exact: true }).first().click();
      await page.getByRole("dialog").waitFor();
      await field?.fill("Said twice");
      await to(watched, "#/overview");
      await page.getByRole("dialog").waitFor({ state: "detached" });
      await page.goBack();
      await page.getByRole("button", { name, exact: true }).first().waitFor();
      expect(await page.getByRole("dialog").count()).toBe(0);
    }
    await to(watched, own);
    await page.getByRole("button", { name: "Withdraw this claim" }).click();
    expect(await why.inputValue()).toBe("Said twice");
    await watched.settle();
  });

  it("is told once that the folder of the case is away, and loses nothing once it is back", async () => {
    const { page } = watched;
    watched.allowed.push(/status of (400|409)/);
    await to(watched, "#/footage");
    const early = page.getByLabel("Not before", { exact: true }).first();
    await early.waitFor();
    renameSync(folder.path("case"), folder.path("moved"));
    await early.fill("2019-03-04");
    await early.press("Enter");
    const notice = page.locator('.notice[data-code="elsewhere"]', { hasText: "The folder of this case is not where it was" });
    await notice.waitFor();
    for (const screen of ["documents", "accounts", "claims", "overview"]) {
      await to(watched, `#/${screen}`);
      await page.locator(`[data-screen="${screen}"][aria-current="page"]`).waitFor();
    }
    expect(await page.locator(".notice").count()).toBe(1);
    renameSync(folder.path("moved"), folder.path("case"));
    await notice.getByRole("button", { name: "Open it here again" }).click();
    await notice.waitFor({ state: "detached" });
    await saved(watched);
    await page.reload();
    await to(watched, "#/footage");
    await expect.poll(() => early.inputValue()).toBe("2019-03-04");
    await watched.settle();
  });

  it("is told of a file that can't be seen, and of one that is dropped or pasted on another screen", async () => {
    const { page } = watched;
    await to(watched, "#/footage");
    await page.locator(".stage[data-frame]:not([data-frame=''])").waitFor();
    const seen = (): Promise<string | null> => page.locator(".stage").getAttribute("data-frame");
    const before = await seen();
    const hand = (way: "drop" | "paste", name: string, type: string): Promise<void> => page.locator("#main").evaluate((main, [kind, called, mime]) => {
      const data = new DataTransfer();
      data.items.add(new File([`bytes of ${called}`], called, { type: mime }));
      const more = { bubbles: true, cancelable: true };
      main.dispatchEvent(kind === "drop" ? new DragEvent("drop", { dataTransfer: data, ...more }) : new ClipboardEvent("paste", { clipboardData: data, ...more }));
    }, [way, name, type] as const);
    await hand("drop", "papers.zip", "application/zip");
    await page.locator(".notice", { hasText: "can't be shown as a photo or a clip: papers.zip" }).waitFor();
    expect(await seen()).toBe(before); // the photo stays on the stage
    await to(watched, "#/claims");
    await hand("drop", "dropped.png", "image/png");
    await page.locator(".notice", { hasText: "In the case now: dropped.png" }).waitFor();
    await hand("paste", "image.png", "image/png");
    await page.locator(".notice", { hasText: "In the case now: pasted " }).waitFor();
    await watched.settle();
  });
});
