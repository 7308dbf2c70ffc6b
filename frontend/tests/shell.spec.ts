/** The shell: the first screen, the overview, search, addresses, and a server or a tab that goes away. */
import { existsSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { launch, missing, noonmark, pictures, prepare, scratch, serve, stillBox, Watched, type Server } from "./browser.ts";
import { KEY_TABLE } from "../src/shell/key_table.ts";

const STREET = "../src/noonmark/examples/street.jpg";
const SAID = [
  { form: "event", as: "yard", title: { en: "Arrival at the yard" } },
  { form: "claim", event: "@yard", kind: "which_organisation", standard: "two origins", text: { en: "The wall stood in June", ar: "كان السور قائماً" } },
];
/** In one process: three cases with one event, one claim that lacks a judgement, and one photo; and a case of many photos. */
const CASES = `
import json, sys
from pathlib import Path
from noonmark.actions.case_intake import add_to_case
from noonmark.actions.cases import new_case
from noonmark.actions.inquiry_forms import say_in_case
folder, street, forms = Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])
for name in ("told", "killed", "tabs"):
    new_case(folder / name)
    add_to_case(folder / name, [street])
    say_in_case(folder / name, forms, by="quiet-heron")
new_case(folder / "listed")
add_to_case(folder / "listed", [str(folder / "many")])
`;

describe.skipIf(missing !== null)("the shell", () => {
  let browser: Browser;
  const folder = scratch();
  const running: Server[] = [];
  let told: Server | null = null;
  /** One server for what is only read; not before the first test, which opens no case and finds none on the list. */
  const reading = async (): Promise<Server> => (told ??= await serve(folder.path("told")));
  /** A server of the test's own, for what is not only read. */
  const started = async (...args: string[]): Promise<Server> => {
    const server = await serve(...args);
    running.push(server);
    return server;
  };
  const sideways = (watched: Watched): Promise<number> => watched.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

  beforeAll(async () => {
    pictures(folder.path("many"), 12, (index) => `photo ${String(index).padStart(2, "0")}.png`);
    prepare(CASES, folder.path("."), STREET, JSON.stringify(SAID));
    browser = await launch();
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    for (const server of running.splice(0)) await server.stop();
  });
  afterAll(async () => {
    await browser?.close();
    await told?.stop();
    folder.clear();
  });

  it("answers a first shadow in six clicks at most, with no path typed, and makes another case the same way", async () => {
    const watched = await Watched.open(browser, await started());
    const { page } = watched;
    await page.locator(".start-recent").waitFor();
    await watched.axe("the first screen");
    let clicks = 1; // the files are chosen
    await page.locator(".start-drop input").setInputFiles(STREET);
    await page.locator(".stage[data-frame]:not([data-frame=''])").waitFor();
    expect(page.url()).toMatch(/#\/footage$|\/$/);
    const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.id ?? "");
    await expect.poll(focused).toBe("main"); // what opened the case is gone: the keys go on in the work
    const box = await stillBox(page.locator(".stage"));
    const scale = Number(await page.locator(".stage").getAttribute("data-scale"));
    for (const [x, y] of [[673, 427], [675, 274], [482, 480]] as const) {
      await page.mouse.click(box.x + box.width / 2 + (x - 640) * scale, box.y + box.height / 2 + (y - 360) * scale);
      clicks += 1;
    }
    watched.allowed.push(/status of 400/); // until the dates are said
    // The question stands above the photo; Escape leads to it, and its place keeps the focus.
    await page.locator(".ask-when").waitFor();
    // What to do next is no fault: it is asked in the ink of any other sentence, and the photo's own hint has come to its end.
    const ink = (selector: string): Promise<string> => page.locator(selector).evaluate((node) => getComputedStyle(node).color);
    expect(await ink(".ask-when p")).toBe(await ink("#status"));
    expect(await page.locator("#status :is(.readout-trouble, [role=alert]), .notice").count()).toBe(0);
    await expect.poll(() => page.locator(".next-step").innerText()).toMatch(/^1 thing is marked/);
    await page.locator(".stage-keys").focus();
    await page.keyboard.press("Escape");
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe("The last year");
    await page.keyboard.press("Enter");
    clicks += 1;
    await expect.poll(focused).toBe("status");
    await watched.answered();
    expect(clicks).toBeLessThanOrEqual(6);

    // The whole path of the photo, to a bundle that was checked before it left: 30 clicks at most.
    const click = async (name: string): Promise<void> => {
      await page.getByRole("button", { name, exact: true }).click();
      clicks += 1;
    };
    await click("Export");
    await click("To the report");
    await page.getByRole("heading", { name: "Nothing stops the report" }).waitFor();
    await click("Write the report");
    await page.getByLabel("New folder").fill(folder.path("."));
    await click("Write it");
    await page.locator("dialog .notice").waitFor(); // why not is said in the dialog, not in its shade
    await page.getByLabel("New folder").fill(folder.path("clicked"));
    clicks += 1;
    await click("Write it");
    await page.locator("#verify-command").waitFor({ timeout: 120_000 }); // the bundle is written, and checked
    expect(existsSync(folder.path("clicked"))).toBe(true);
    expect(clicks).toBeLessThanOrEqual(30);
    await page.getByRole("button", { name: "Close", exact: true }).last().click();

    await page.getByRole("button", { name: "Close the case" }).click();
    await page.locator(".start-recent li").waitFor();
    await page.locator(".start-drop input").setInputFiles(STREET);
    await page.locator(".item").waitFor();
    await page.getByRole("button", { name: "Close the case" }).click();
    await expect.poll(() => page.locator(".start-recent li").count()).toBe(2);

    // Forgotten when the user says so.
    await page.getByRole("switch", { name: "Remember on this computer" }).click();
    await expect.poll(() => page.locator(".start-recent li").count()).toBe(0);
    await page.getByRole("switch", { name: "Remember on this computer" }).click();
    await watched.settle();
  });

  it("says what stops the report, leads there, and keeps its address through reload and Back", async () => {
    const watched = await Watched.open(browser, await reading());
    const { page } = watched;
    await page.locator('[data-screen="overview"]').click();
    await page.getByRole("heading", { level: 1, name: "2 things stand between this case and its report" }).waitFor();
    await expect.poll(() => page.locator("[data-next]").innerText()).toContain("Judge “The wall stood in June”");
    await watched.axe("the overview");
    // What waits stands beside each screen; the inspector closes by key, for this screen alone, and is still closed after a reload.
    await expect.poll(() => page.locator('.rail [data-screen="claims"] .count').innerText()).toMatch(/^1\s*one thing to do$/);
    await page.locator("#panel").focus();
    await page.keyboard.press("Alt+Digit0");
    await expect.poll(() => page.locator("#panel").count()).toBe(0);
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe("main");
    await page.locator('[data-screen="claims"]').click();
    await page.locator("#panel").waitFor();
    await page.goBack();
    await page.reload();
    await page.locator('[data-code="claim-unjudged"]').waitFor();
    const details = page.getByRole("button", { name: "Details" });
    await expect.poll(() => details.getAttribute("aria-expanded")).toBe("false");
    expect(await page.locator("#panel").count()).toBe(0);
    await watched.axe("the overview without its inspector");
    await details.click();
    await page.locator("#panel").waitFor();
    await page.reload();
    await page.locator('[data-code="claim-unjudged"] .button').click();
    await expect.poll(() => page.url()).toMatch(/#\/claims\/[\w-]+$/);
    await page.goBack();
    await page.locator('[data-code="claim-unasked"]').waitFor();
    await page.locator(".pick-event select").selectOption({ label: "Arrival at the yard" });
    await expect.poll(() => page.url()).toMatch(/#\/event\/[\w-]+\/overview$/);

    await page.setViewportSize({ width: 320, height: 640 });
    await expect.poll(() => sideways(watched)).toBe(0);
    await page.setViewportSize({ width: 720, height: 450 });
    await expect.poll(() => sideways(watched)).toBe(0);
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.getByLabel("Language").selectOption("ar");
    await page.locator('html[dir="rtl"]').waitFor();
    await expect.poll(() => page.locator("h1").innerText()).toContain("أمران");
    await watched.axe("the overview in Arabic");
    await page.emulateMedia({ forcedColors: "active" });
    const rail = page.locator('.rail a[aria-current="page"]');
    await expect.poll(() => rail.evaluate((one) => getComputedStyle(one).outlineStyle)).toBe("solid");
    await watched.settle();
  });

  it("says that it looks for cases while it waits, and has room for its words on a narrow screen", async () => {
    const server = await serve();
    const context = await browser.newContext({ viewport: { width: 320, height: 640 }, locale: "en-GB" });
    const page = await context.newPage();
    let goOn = (): void => undefined;
    const held = new Promise<void>((done) => { goOn = done; });
    await page.route("**/api/hello", async (route) => { await held; await route.continue(); });
    await page.goto(server.url);
    await page.locator(".start-asking", { hasText: "Looking for your cases…" }).waitFor();
    goOn();
    const words = page.locator(".start-drop-words");
    await words.waitFor();
    expect(await page.locator(".start-asking").count()).toBe(0);
    expect(await words.evaluate((node) => node.getBoundingClientRect().width)).toBeGreaterThan(150);
    await context.close();
    await server.stop();
  });

  it("offers no first screen before it is known that no case is open, and asks for the other cases once", async () => {
    const watched = await Watched.open(browser, await reading());
    const { page } = watched;
    await page.locator("#screens").waitFor();
    let give = (): void => undefined;
    const given = new Promise<void>((done) => { give = done; });
    await page.route("**/api/hello", async (route) => { await given; await route.continue(); });
    const before = watched.sent.length;
    const asked = (what: string): number => watched.sent.slice(before).filter((url) => url.endsWith(`/api/${what}`)).length;
    await page.reload();
    await expect.poll(() => asked("hello")).toBe(1);
    await page.locator('#main[aria-busy="true"]').waitFor();
    expect(await page.locator(".start-drop, .start-choices").count()).toBe(0);
    expect(asked("recent")).toBe(0);
    give();
    await page.locator('[data-screen="overview"]').click();
    await expect.poll(() => asked("recent")).toBe(1);
    await watched.settle();
  });

  it("adds a file that is dropped before it is known that a case is open to that case", async () => {
    noonmark("case", "new", folder.path("early"));
    const watched = await Watched.open(browser, await started(folder.path("early")));
    const { page } = watched;
    await page.getByRole("button", { name: "Add files" }).waitFor();
    let give = (): void => undefined;
    const given = new Promise<void>((done) => { give = done; });
    await page.route("**/api/hello", async (route) => { await given; await route.continue(); });
    await page.reload();
    await page.locator('#main[aria-busy="true"]').waitFor();
    const before = watched.sent.length;
    await page.evaluate(async () => {
      const canvas = Object.assign(document.createElement("canvas"), { width: 8, height: 6 });
      const made = await new Promise<Blob>((done) => canvas.toBlob((blob) => done(blob!)));
      const held = new DataTransfer();
      held.items.add(new File([made], "early.png", { type: "image/png" }));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: held, bubbles: true, cancelable: true }));
    });
    give();
    await page.locator(".item-name", { hasText: "early.png" }).waitFor();
    expect(await page.locator(".case-name").innerText()).toBe("early");
    expect(watched.sent.slice(before).filter((url) => url.endsWith("/api/case/new"))).toEqual([]);
    await watched.settle();
  });

  it("searches everything by keyboard, not while something is composed, and gives the focus back", async () => {
    const watched = await Watched.open(browser, await reading());
    const { page } = watched;
    await page.locator(".item").waitFor();
    await page.locator('[data-screen="sites"]').focus();
    await page.keyboard.press("Control+k");
    const field = page.getByRole("combobox", { name: "Search everything" });
    await field.waitFor();
    await page.keyboard.type("wall");
    await page.locator('[data-group="said"]').waitFor();
    await watched.axe("the search");
    const asked = watched.sent.filter((url) => url.includes("/api/search")).length;
    await field.evaluate((input: HTMLInputElement) => {
      input.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
      input.value = "qiang";
      input.dispatchEvent(new InputEvent("input", { bubbles: true, isComposing: true }));
      input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, isComposing: true }));
    });
    expect(await page.locator('[data-group="said"]').count()).toBe(1);
    await field.fill("");
    await page.getByRole("button", { name: "Letters" }).click();
    for (const letter of ["ت", "ا", "م"]) await page.locator(`[data-letter="${letter}"]`).click();
    await expect.poll(() => field.inputValue()).toBe("تام");
    await page.getByRole("button", { name: "Letters" }).click();
    await field.fill("nothing of the kind");
    await expect.poll(() => page.locator(".palette-foot").innerText()).toMatch(/^Nothing was found\. Looked in files: 1, pages of documents: 0, sites: 0, things that were said: 2\./);
    expect(watched.sent.filter((url) => url.includes("qiang"))).toEqual([]);
    expect(watched.sent.filter((url) => url.includes("/api/search")).length).toBeGreaterThan(asked);
    await page.keyboard.press("Escape");
    await expect.poll(() => page.evaluate(() => (document.activeElement as HTMLElement).dataset["screen"])).toBe("sites");

    // Enter at once leads to what these words find, not to what the words before had found.
    await page.keyboard.press("Control+k");
    await page.keyboard.type("wall");
    await page.locator('[data-group="said"]').waitFor();
    await field.fill("street");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.url()).toMatch(/#\/footage\/[0-9a-f]{64}$/);

    // Each part of the page by F6, each screen by its number.
    await page.keyboard.press("Alt+Digit1");
    await page.locator(".overview-body").waitFor();
    await page.locator("#main").focus();
    await page.keyboard.press("F6");
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe("panel");
    await page.keyboard.press("F6");
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe("dock");
    await page.keyboard.press("?");
    const keys = page.getByRole("dialog", { name: "Keys" });
    await keys.waitFor();
    await page.keyboard.press("Escape");
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe("dock");

    // The list has every key, those of the screen in sight before those of the others; they can be switched off.
    await page.keyboard.press("Alt+Digit6");
    await page.locator(".screen-accounts").waitFor();
    await page.locator("#screens [aria-current]").focus();
    await page.keyboard.press("?");
    await keys.waitFor();
    expect(await keys.locator("tr:has(kbd)").count()).toBe(Object.values(KEY_TABLE).flat().length);
    expect(await keys.locator(".keys-part").first().innerText()).toBe("Accounts");
    await keys.getByRole("switch").click();
    await page.keyboard.press("Escape");
    await page.locator("#screens [aria-current]").focus();
    await page.keyboard.press("?");
    await page.keyboard.press("Control+k"); // which is no key of one sign: it opens, and the list had not
    await page.getByRole("combobox", { name: "Search everything" }).waitFor();
    expect(await keys.count()).toBe(0);
    await page.keyboard.press("Escape");
    await watched.settle();
  });

  it("lists many files as one stop of the Tab key, filtered by name, and reaches the photo soon", async () => {
    const watched = await Watched.open(browser, await started(folder.path("listed")));
    const { page } = watched;
    await page.locator(".item").nth(11).waitFor();
    await page.locator(".stage[data-frame]:not([data-frame=''])").waitFor();
    await expect.poll(() => page.locator('.item[tabindex="0"]').count()).toBe(1);
    await page.locator("#main").focus();
    await watched.tabTo(".stage-keys", 14);
    await page.getByLabel("Name", { exact: true }).first().fill("photo 07");
    await expect.poll(() => page.locator(".item").count()).toBe(1);
    await page.getByLabel("Show", { exact: true }).selectOption("marked");
    await page.getByText("None is like that.").waitFor();
    await watched.axe("the filtered list");
    await watched.settle();
  });

  it("goes on by itself when its server is killed and started again, also in a new tab", async () => {
    const path = folder.path("killed");
    const first = await started(path);
    const watched = await Watched.open(browser, first);
    watched.allowed.push(/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/);
    const { page } = watched;
    const early = page.getByLabel("Not before", { exact: true }).first();
    await early.waitFor();
    first.process.removeAllListeners("exit");
    first.process.kill("SIGKILL");
    await early.fill("2020-01-01");
    await early.press("Enter");
    await page.locator('.notice[data-code="gone"]').waitFor();
    const second = await started(path);
    expect(second.url).toBe(first.url);
    await page.locator('.notice[data-code="back"]').waitFor();
    await expect.poll(() => page.locator(".save-state").innerText()).toBe("Saved");

    // What was typed while nobody listened is there in the next tab, though this one was closed.
    second.process.removeAllListeners("exit");
    second.process.kill("SIGKILL");
    await early.fill("2021-02-03");
    await early.press("Enter");
    await page.locator('.notice[data-code="gone"]').waitFor();
    const drafts = await page.evaluate(() => Object.entries(localStorage).filter(([key]) => key.startsWith("noonmark-draft")));
    expect(drafts).toHaveLength(1);
    await page.close({ runBeforeUnload: false });
    const third = await started(path);
    const other = await watched.context.newPage();
    await other.addInitScript((kept) => {
      // As if the tab had been closed a while ago.
      for (const [key, text] of kept) if (localStorage.getItem(key) !== null) localStorage.setItem(key, JSON.stringify({ ...JSON.parse(text), at: 0 }));
    }, drafts);
    await other.goto(third.url);
    await expect.poll(() => other.getByLabel("Not before", { exact: true }).first().inputValue()).toBe("2021-02-03");
    await expect.poll(() => other.locator(".save-state").innerText()).toBe("Saved");
    await expect.poll(() => other.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("noonmark-draft")))).toEqual([]);
  });

  it("opens its case again after another tab closed it or opened another", async () => {
    const path = folder.path("tabs");
    const server = await started(path);
    const one = await Watched.open(browser, server);
    const two = await Watched.inside(one.context, server);
    one.allowed.push(/status of 4(00|09)/);
    const early = one.page.getByLabel("Not before", { exact: true }).first();
    await early.waitFor();
    await two.page.getByRole("button", { name: "Close the case" }).click();
    await two.page.getByRole("button", { name: "Make the case" }).click();
    await two.page.locator('[data-screen="footage"]').waitFor();
    await early.fill("2019-05-06");
    await early.press("Enter");
    await one.page.locator('.notice[data-code="elsewhere"]').waitFor();
    await one.page.getByRole("button", { name: "Open it here again" }).click();
    await expect.poll(() => one.page.locator(".save-state").innerText()).toBe("Saved");
    await one.page.reload();
    await expect.poll(() => one.page.getByLabel("Not before", { exact: true }).first().inputValue()).toBe("2019-05-06");
    // From the overview to another case.
    await one.page.locator('[data-screen="overview"]').click();
    const other = one.page.locator(".overview-others button").first();
    const name = await other.innerText();
    await other.click();
    await expect.poll(() => one.page.locator(".case-name").innerText()).toBe(name);
    await one.settle();
  });
});
