/** Documents and accounts in the browser: read, found, quoted, cited, compared, answered, heard; by mouse and by keyboard. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { launch, missing, python, scratch, serve, Watched, type Server } from "./browser.ts";

describe.skipIf(missing !== null)("documents and accounts", () => {
  const folder = scratch();
  let server: Server, browser: Browser, watched: Watched;
  beforeAll(async () => {
    execFileSync(python, [join(import.meta.dirname, "made_documents.py"), folder.path(".")], { env: process.env });
    [server, browser] = await Promise.all([serve(folder.path("case")), launch()]);
    watched = await Watched.open(browser, server);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    folder.clear();
  });
  afterEach(() => watched.settle());
  const at = async (hash: string): Promise<Page> => {
    await watched.page.locator("#screens").waitFor();
    await watched.page.evaluate((wanted) => { location.hash = wanted; }, hash);
    return watched.page;
  };

  it("reads, quotes by mouse, translates and cites", async () => {
    const page = await at("#/documents");
    await page.locator("h1", { hasText: "nothing is quoted yet" }).waitFor();
    const line = page.locator(".lines li", { hasText: "围墙" }).locator("p").first();
    await line.evaluate((node) => {
      const range = document.createRange();
      range.setStart(node.firstChild ?? node, 0);
      range.setEnd(node.firstChild ?? node, 9);
      getSelection()?.removeAllRanges();
      getSelection()?.addRange(range);
    });
    await page.locator(".quote-bar", { hasText: "新建围墙1240米" }).waitFor();
    await page.getByRole("button", { name: "Quote this" }).click();
    await page.locator(".passage-words", { hasText: "新建围墙1240米" }).waitFor();
    await expect.poll(() => page.locator(".lines .cited").count()).toBe(1);
    await watched.axe("a quoted passage");

    await page.getByRole("button", { name: "Add a translation" }).click();
    await page.getByLabel("Translation", { exact: true }).fill("New wall, 1,240 m");
    await page.getByLabel("Alias of who translated").fill("Anna");
    await page.getByRole("button", { name: "Put it beside the words" }).click();
    await page.locator("dialog .field-error").waitFor(); // a name is no alias
    await page.getByLabel("Alias of who translated").fill("Slow Cedar");
    await page.getByRole("button", { name: "Put it beside the words" }).click();
    await page.locator(".lines .translated", { hasText: "New wall, 1,240 m" }).waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe("Add a translation");

    await page.getByRole("button", { name: "Cite in a claim" }).click();
    await watched.axe("citing");
    await page.getByLabel("Why", { exact: true }).fill("the tender asks for it");
    await page.getByRole("button", { name: "Cite it" }).click();
    await page.locator(".used a", { hasText: "The wall stood in August" }).waitFor();

    // A claim's link names the passage after its item: it leads to the page.
    const [item, , id] = (await page.evaluate(() => location.hash)).slice(2).split(/[/@]/).slice(1);
    await page.evaluate((to) => { location.hash = to; }, `#/documents/${item}/${id}`);
    await expect.poll(() => page.evaluate(() => location.hash)).toBe(`#/documents/${item}/1@${id}`);

    // The address holds the passage: reload leads back to it.
    await page.reload();
    await page.locator(".passage-words", { hasText: "新建围墙1240米" }).waitFor();
  });

  it("finds by letters on the screen and never while a word is composed; quotes by keyboard", async () => {
    const page = await at("#/documents");
    const lines = page.locator(".lines li");
    const onLine = (): Promise<number> => lines.evaluateAll((all) => all.indexOf(document.activeElement as HTMLElement));
    await lines.nth(2).waitFor();
    await lines.first().focus();
    for (const [key, line] of [["ArrowDown", 1], ["End", await lines.count() - 1], ["ArrowUp", await lines.count() - 2], ["Home", 0], ["ArrowUp", 0]] as const) {
      await page.keyboard.press(key);
      await expect.poll(onLine, { message: key }).toBe(line);
    }
    await page.keyboard.press("/");
    const field = page.locator("#find-words");
    await expect.poll(() => field.evaluate((node) => node === document.activeElement)).toBe(true);
    await field.fill("围墙");
    await field.evaluate((node) => node.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true, cancelable: true })));
    expect(await page.locator(".results").count()).toBe(0);
    await page.keyboard.press("Enter");
    await page.locator(".results-head", { hasText: "Looked in" }).waitFor();
    await page.locator(".results .row-button").first().focus();
    await page.keyboard.press("Enter");
    await page.locator(".run-hit", { hasText: "围墙" }).waitFor();

    await field.fill("");
    await page.getByRole("button", { name: "Letters" }).click();
    await page.locator('[data-letter]', { hasText: /^م$/ }).click();
    await page.locator('[data-letter]', { hasText: /^ە$/ }).click();
    await page.locator('[data-letter]', { hasText: /^ك$/ }).click();
    await expect.poll(() => field.inputValue()).toBe("مەك");
    await page.getByRole("button", { name: "Find", exact: true }).click();
    await page.locator(".results .row-button", { hasText: "notice.txt" }).click();
    const words = page.locator(".lines p[data-start]").first();
    await expect.poll(() => words.textContent()).toContain("مەكتەپ");
    await expect.poll(() => words.evaluate((node) => getComputedStyle(node).direction)).toBe("rtl");
    await watched.axe("a search");

    await page.locator(".lines li").first().focus();
    await page.keyboard.press("q");
    await page.locator(".passage-words", { hasText: "مەكتەپ" }).waitFor();

    await field.fill("airport");
    await field.press("Enter");
    await page.getByRole("button", { name: "Keep that nothing was found" }).click();
    await page.locator(".results-kept").waitFor();
    await page.getByRole("button", { name: "Show all documents" }).click();
  });

  it("draws a page of a PDF and the box of what is quoted where its words stand", async () => {
    const page = await at("#/documents");
    await page.locator(".doc-list .row-button", { hasText: "wall.pdf" }).click();
    await page.locator(".page-picture").waitFor();
    await page.locator(".lines li").first().focus();
    await page.keyboard.press("q");
    const box = page.locator(".box-chosen");
    await box.waitFor();
    const [of, on] = await Promise.all([box.evaluate((node) => Object.fromEntries(["x", "y", "width", "height"].map((name) => [name, Number(node.getAttribute(name))])) as { x: number; y: number; width: number; height: number }), page.locator(".page-picture").evaluate((node) => node.getAttribute("viewBox"))]);
    expect(on).toBe("0 0 600000 800000");
    expect(Math.abs(of.x - 80_000)).toBeLessThan(5000);
    expect(of.y).toBeLessThan(100_000);
    expect(of.y + of.height).toBeGreaterThan(100_000);
  });

  it("adds a document and an account from files of this computer", async () => {
    const page = await at("#/documents");
    await page.getByRole("button", { name: "Add a document" }).click();
    await page.getByLabel("File", { exact: true }).setInputFiles({ name: "letter.txt", mimeType: "text/plain", buffer: Buffer.from("The Authority planned the wall.\n") });
    await watched.axe("adding a document");
    await page.getByRole("button", { name: "Add and read it" }).click();
    await page.locator(".lines", { hasText: "The Authority planned the wall." }).waitFor();

    await at("#/accounts");
    await page.getByRole("button", { name: "Add an account" }).click();
    await page.getByLabel("Transcript").setInputFiles({ name: "second.srt", mimeType: "text/plain", buffer: Buffer.from("1\n00:00:01,000 --> 00:00:02,000\nI saw the wall.\n") });
    await page.getByLabel("Alias of the source").fill("Anna");
    await page.getByRole("button", { name: "Add it" }).click();
    await page.locator("dialog .field-error").first().waitFor();
    await page.getByLabel("Alias of the source").fill("amber thistle");
    await page.getByLabel("Language, as spoken").fill("en");
    await watched.axe("adding an account");
    await page.getByRole("button", { name: "Add it" }).click();
    await page.locator(".segs", { hasText: "I saw the wall." }).waitFor();
    await page.locator("h1", { hasText: "1 of 2 accounts may not be quoted" }).waitFor(); // nothing was agreed: not to be quoted
    await page.locator(".account-list .row-button").first().click();
    await page.locator(".segs", { hasText: "السور" }).waitFor();
  });

  it("compares two lists by keyboard and keeps the result; what was decided survives a reload", async () => {
    const page = await at("#/documents");
    await page.locator(".segments a", { hasText: "Two lists" }).focus();
    await page.keyboard.press("Enter");
    await page.getByLabel("List A").waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement === document.body)).toBe(false); // the keys go on in the work
    await page.getByLabel("List A").selectOption({ label: "ordinance.txt" });
    await page.getByLabel("List B").selectOption({ label: "gate.txt" });
    await page.getByRole("button", { name: "Compare", exact: true }).click();
    await page.locator("[data-row=a1]").focus();
    await page.keyboard.press("1");
    await page.locator("[data-row=a1] .sign-holds").waitFor();
    await page.getByLabel("Why", { exact: true }).fill("both on tools");
    await watched.axe("two lists");
    await page.reload();
    await page.getByLabel("List A").selectOption({ label: "ordinance.txt" });
    await page.getByLabel("List B").selectOption({ label: "gate.txt" });
    await page.getByRole("button", { name: "Compare", exact: true }).click();
    await page.locator("[data-row=a1] .sign-holds").waitFor();
    const write = page.getByRole("button", { name: "Write the result down" });
    await expect.poll(() => write.isDisabled()).toBe(true);
    await page.locator("[data-row=a1]").focus();
    await page.keyboard.press("n");
    await expect.poll(() => page.locator("tr[aria-current]").getAttribute("data-row")).toBe("a2");
    await page.keyboard.press("4");
    await page.getByLabel("Why", { exact: true }).fill("not on the gate");
    await page.getByLabel("Your alias").fill("pale heron");
    await write.click();
    await page.locator("h1", { hasText: "1 of 1 entries of gate are also in ordinance" }).waitFor();
    await expect.poll(() => page.locator(".lists-table .sign-absent").count()).toBe(1);
  });

  it("says what is due, and takes the answer", async () => {
    const page = await at("#/documents/replies");
    await page.locator("h1", { hasText: "1 of 1 letters is without an answer" }).waitFor();
    await page.getByRole("button", { name: "Enter an answer" }).click();
    await page.getByLabel("The answer's words").fill("We did.");
    await page.getByLabel("Day it came").fill("soon");
    await page.getByRole("button", { name: "Put it on record" }).click();
    await page.locator("dialog .field-error").waitFor();
    await page.getByLabel("Day it came").fill("2023-01-09");
    await page.getByRole("button", { name: "Put it on record" }).click();
    await page.locator(".chip-good", { hasText: "answered, 9 Jan 2023" }).first().waitFor();
    await watched.axe("replies");
  });

  it("puts a new letter on record: all that is missing is named first", async () => {
    const page = await at("#/documents/replies");
    await page.getByRole("button", { name: "A new letter" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Which organisation").fill("Meridel Court");
    await dialog.getByRole("button", { name: "Put it on record" }).click();
    await expect.poll(() => dialog.locator(".field-error").count()).toBe(5);
    await watched.axe("a letter that lacks something");
    await dialog.getByLabel("What it is").selectOption({ label: "a court" });
    await dialog.getByRole("checkbox").first().check();
    await dialog.getByLabel("What it was asked").fill("Who ordered the wall?");
    await dialog.getByLabel("When it was asked").fill("2023-02-01");
    await dialog.getByLabel("How", { exact: true }).fill("by mail");
    await dialog.getByLabel("Answer asked for until").fill("2023-01-15");
    await dialog.getByRole("button", { name: "Put it on record" }).click();
    await dialog.getByText("This is before it was asked.").waitFor();
    await dialog.getByLabel("Answer asked for until").fill("2023-03-15");
    await dialog.getByRole("button", { name: "Put it on record" }).click();
    await page.locator("h1", { hasText: "1 of 2 letters is without an answer" }).waitFor();
    await page.locator(".letter", { hasText: "Who ordered the wall?" }).waitFor();
    await page.locator(".side .facts", { hasText: "15 Mar 2023" }).waitFor();
  });

  it("hides aliases and code words, draws the sound, plays a sentence and cites it", async () => {
    const page = await at("#/accounts");
    await page.locator(".wave").waitFor();
    expect(await page.locator(".screen-accounts").textContent()).not.toMatch(/Calm Otter|Paper Stork|المدرسة|school/);
    await page.locator("[data-segment]").nth(1).focus();
    await page.keyboard.press("k");
    await page.locator(".side blockquote", { hasText: "السور" }).waitFor();
    await page.keyboard.press(" ");
    await page.getByRole("button", { name: "Stop" }).waitFor();
    await page.getByRole("button", { name: "Play this" }).waitFor(); // it ends by itself
    await watched.axe("an account");
    await page.getByRole("button", { name: "Show aliases and code words" }).click();
    await page.locator("mark", { hasText: "المدرسة" }).waitFor();
    await page.locator("[data-segment]").nth(1).focus();
    for (const [key, title] of [["w", "Code word"], ["h", "Copy with words hidden"]] as const) {
      await page.keyboard.press(`Control+${key}`); // the browser's own
      expect(await page.getByRole("dialog").count()).toBe(0);
      await page.keyboard.press(key);
      await page.getByRole("dialog", { name: title }).waitFor();
      await page.keyboard.press("Escape");
      await page.locator("[data-segment]:focus").waitFor();
    }
    await page.locator(".row-name", { hasText: "Calm Otter" }).waitFor();
    await page.getByRole("button", { name: "Cite in a claim" }).click();
    await page.getByLabel("These words").selectOption({ label: "contradict it" });
    await page.getByLabel("Why", { exact: true }).fill("told so");
    await page.getByRole("button", { name: "Cite it" }).click();
    await page.locator(".segs a", { hasText: "The wall stood in August" }).waitFor();
    const [account, segment] = (await page.evaluate(() => location.hash)).slice("#/accounts/".length).split("@");
    await page.evaluate((to) => { location.hash = to; }, `#/accounts/${segment}`); // as a claim links to it
    await expect.poll(() => page.evaluate(() => location.hash)).toBe(`#/accounts/${account}@${segment}`);
  });

  it("hides aliases and code words at once, before the server answers", async () => {
    await at("#/documents"); // what an earlier test has shown is hidden again
    await watched.page.locator(".doc-rows").waitFor();
    const page = await at("#/accounts");
    await page.getByRole("button", { name: "Show aliases and code words" }).click();
    await page.locator(".row-name", { hasText: "Calm Otter" }).waitFor();
    await page.locator("mark", { hasText: "المدرسة" }).waitFor();
    let give = (): void => undefined;
    const given = new Promise<void>((done) => { give = done; });
    await page.route("**/api/accounts**", async (route) => { await given; await route.continue(); });
    await page.getByRole("button", { name: "Hide aliases and code words" }).click();
    await page.getByRole("button", { name: "Show aliases and code words" }).waitFor();
    expect(await page.locator(".screen-accounts").textContent()).not.toMatch(/Calm Otter|Paper Stork|المدرسة|school/);
    give();
    await page.locator("[data-segment]").first().waitFor();
    expect(await page.locator(".screen-accounts").textContent()).not.toMatch(/Calm Otter|Paper Stork|المدرسة|school/);
    await page.unroute("**/api/accounts**");
  });

  it("fits 320 px, and reads from right to left in Arabic", async () => {
    await watched.settle();
    await watched.context.close();
    watched = await Watched.open(browser, server, { viewport: { width: 320, height: 640 }, locale: "ar" });
    const page = await at("#/documents");
    for (const hash of ["#/documents", "#/documents/lists", "#/documents/replies", "#/accounts"]) {
      await page.evaluate((wanted) => { location.hash = wanted; }, hash);
      await page.locator(hash === "#/accounts" ? ".segs" : hash === "#/documents" ? ".lines" : ".screen-documents .card").first().waitFor();
      await expect.poll(() => page.evaluate(() => [document.documentElement.dir, document.documentElement.scrollWidth]), { message: hash }).toEqual(["rtl", 320]);
    }
    await watched.axe("accounts in Arabic, 320 px");
    await page.evaluate(() => { location.hash = "#/documents"; });
    const more = (part: string): Promise<string | null> => page.locator(part).getAttribute("data-more");
    await expect.poll(() => more(".doc-rows")).toBe("below");
    await page.locator(".doc-rows .row-button").last().scrollIntoViewIfNeeded();
    await expect.poll(() => more(".doc-rows")).toBe("above");
    await page.evaluate(() => { location.hash = "#/documents/replies"; });
    await expect.poll(() => more(".replies-scroll")).toBe("after");
    expect(await page.locator(".replies-scroll").evaluate((frame) => getComputedStyle(frame, "::after").boxShadow)).toMatch(/ 18px 0px 12px/); // on the left
    await page.keyboard.press("Control+k");
    await page.keyboard.type("1240");
    const hit = page.locator('[data-group="pages"]').first();
    await hit.waitFor();
    expect(await hit.innerText()).not.toContain("\ufffd"); // neither its line ends nor our own marks of direction are strangers
    await page.keyboard.press("Escape");
  });
});
