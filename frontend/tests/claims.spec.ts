/** Claims and the report: the made story read, said, judged by keys, and what may go out of it. */
import { existsSync, readFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { launch, missing, prepare, scratch, serve, Watched, type Server } from "./browser.ts";

/** What is said in all cases; in the second it is judged and reviewed too, the third has nine sources in all, the fourth fifteen claims. */
const said = [
  [
    { form: "event", as: "event", title: { en: "The yard" } },
    { form: "consent", as: "consent", of: "copper-lantern", publish: "text", court: "no", archive: "yes" },
    ...["copper-lantern", "dry-elm"].map((source, at) => ({
      form: "account", as: `account${at}`, source, event: "@event", given_at: "2022-03-01T10:00:00Z", how: "interview", languages: ["en"], led: "open", paid: "no", heard_others: "no", consent: "@consent",
    })),
    { form: "claim", as: "claim", event: "@event", text: { en: "A wall was built in spring 2021", ar: "بُني جدار في ربيع 2021" }, kind: "what", standard: "reasonable grounds to believe" },
    { form: "weigh", claim: "@claim", on: { account: "@account0" }, stance: "supports", credibility: 2, why: "Saw it from the road" },
    { form: "weigh", claim: "@claim", on: { account: "@account1" }, stance: "contradicts", credibility: 4, as: "late", why: "Says it was a year later" },
  ],
  [{ form: "judgement", as: "judged", claim: "@claim", low_pct: 55, high_pct: 80, confidence: "moderate", why: "The second account is told at second hand.", contrary: ["@late"] }],
  ["pale-heron", "slow-river", "grey-harbour", "tall-lantern", "amber-thistle", "quiet-cedar", "far-mountain"].flatMap((source, at) => [
    { form: "account", as: `more${at}`, source, event: "@event", given_at: "2022-03-01T10:00:00Z", how: "interview", languages: ["en"], led: "open", paid: "no", heard_others: "no", consent: "@consent" },
    { form: "weigh", claim: "@claim", on: { account: `@more${at}` }, stance: "supports", credibility: 3, why: "Saw it too" },
  ]),
  Array.from({ length: 14 }, (_, at) => ({ form: "claim", event: "@event", text: { en: `Post ${at + 2} was moved` }, kind: "what", standard: "two origins" })),
];

/** Two cases in one process: the claim as it was said, and the same one judged and reviewed. */
const CASES = `
import json, sys
from pathlib import Path
from noonmark.actions.case_intake import add_to_case
from noonmark.actions.cases import new_case
from noonmark.actions.inquiry_forms import claims_of_case, say_in_case
folder, (plain, judged, more, others) = Path(sys.argv[1]), json.loads(sys.argv[2])
(folder / "tender.txt").write_text("Tender 037: a wall of 1240 m")
for name, forms in (("open", plain), ("ready", plain + judged), ("many", plain + more), ("long", plain + others)):
    new_case(folder / name, by="quiet-desk")
    add_to_case(folder / name, [str(folder / "tender.txt")], by="quiet-desk")
    say_in_case(folder / name, forms, by="quiet-desk")
judgement = claims_of_case(folder / "ready")["claims"][0]["judgements"][0]["id"]
say_in_case(folder / "ready", [{"form": "review", "judgement": judgement, "verdict": "agree", "why": "Read both."}], by="slow-cedar")
`;

describe.skipIf(missing !== null)("claims and the report", () => {
  let browser: Browser;
  const folder = scratch();
  const servers = new Map<string, Server>();
  /** The server of a case and whoever works in it, started when it is first asked for. */
  const serveCase = async (name: "open" | "ready" | "many" | "long", alias = "quiet-desk"): Promise<Server> => {
    const server = servers.get(name + alias) ?? await serve(folder.path(name), "--by", alias);
    servers.set(name + alias, server);
    return server;
  };
  const open = async (server: Server, screen: string, options = {}): Promise<Watched> => {
    const watched = await Watched.open(browser, server, options);
    await watched.page.locator(`a[href$="/${screen}"]`).first().click();
    return watched;
  };
  beforeAll(async () => {
    prepare(CASES, folder.path("."), JSON.stringify(said));
    browser = await launch();
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });
  afterAll(async () => {
    await browser?.close();
    for (const server of servers.values()) await server.stop();
    folder.clear();
  });

  it("shows what speaks against a claim first, and is judged and reviewed by two people", async () => {
    const first = await open(await serveCase("open"), "claims");
    const { page } = first;
    await page.getByRole("heading", { level: 1, name: "One claim: one not judged yet" }).waitFor();
    await first.axe("claims");
    const bearing = await page.locator(".claims-bearing").innerText();
    expect(bearing.indexOf("Says it was a year later")).toBeLessThan(bearing.indexOf("Saw it from the road"));
    await page.getByRole("button", { name: "Judge claim 1" }).click();
    await first.axe("the judgement");
    await page.getByLabel("At least").selectOption({ label: "likely (55–80 %)" });
    await page.getByLabel("Moderate").check();
    await page.getByRole("checkbox", { name: "Says it was a year later" }).check();
    await page.getByRole("textbox", { name: "Why" }).fill("The second account is told at second hand.");
    await page.getByRole("button", { name: "Judge", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: "One claim: one judged" }).waitFor();
    // Likelihood and confidence stand under two headings, and whoever judged can't review.
    await expect.poll(() => page.locator(".side").innerText()).toMatch(/Likelihood[\s\S]*Likely[\s\S]*Confidence in that judgement[\s\S]*Moderate/);
    await expect.poll(() => page.getByRole("button", { name: /^Review/ }).count()).toBe(0);
    await first.settle();
    await first.context.close();

    const second = await open(await serveCase("open", "slow-cedar"), "claims");
    await second.page.getByRole("button", { name: "Review claim 1" }).click();
    await second.page.getByLabel("I agree").check();
    await second.page.getByRole("textbox", { name: "Why" }).fill("Read both accounts.");
    await second.page.getByRole("button", { name: "Review", exact: true }).click();
    await second.page.getByRole("heading", { level: 1, name: "One claim: one reviewed" }).waitFor();
    await second.settle();
  });

  it("is walked by keys: arrows move, Enter tells why, A leads to what speaks against, Escape back", async () => {
    const watched = await open(await serveCase("ready"), "claims");
    const { page } = watched;
    await page.locator(".matrix").waitFor();
    expect(watched.sent.filter((url) => url.endsWith("/api/claims"))).toHaveLength(1);
    await watched.tabTo(".matrix [tabindex='0']");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => page.locator(":focus").getAttribute("title")).toBe("contradicts");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.locator(":focus").innerText()).toBe("Claim 1 and Dry Elm");
    await page.keyboard.press("Escape");
    await expect.poll(() => page.locator(":focus").getAttribute("title")).toBe("contradicts");
    await page.keyboard.press("a");
    await expect.poll(() => page.locator(":focus").innerText()).toBe("Claim 1: what speaks against it");
    // The address says what is chosen; a reload leads there.
    await page.reload();
    await page.getByRole("heading", { name: "Claim 1 and Dry Elm" }).waitFor();
    // A dialog gives the focus back, and what was typed is there again.
    await page.getByRole("button", { name: "New claim" }).focus();
    await page.keyboard.press("Enter");
    await page.getByLabel("The claim, in one sentence").fill("A gate was added");
    await page.keyboard.press("Escape");
    await expect.poll(() => page.locator(":focus").innerText()).toBe("New claim");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.getByLabel("The claim, in one sentence").inputValue()).toBe("A gate was added");
    await watched.settle();
  });

  it("lets nothing out before everything is in order, and then writes what was chosen", async () => {
    const watched = await open(await serveCase("ready"), "report");
    const { page } = watched;
    await page.getByRole("heading", { level: 1, name: "Nothing stops the report" }).waitFor();
    await watched.axe("the report");
    // A sentence that says too much stops it, beside the reason.
    const write = page.getByRole("button", { name: "Write the report" });
    await page.getByLabel("Title").evaluate((field: HTMLInputElement) => {
      field.value = "A proven wall";
      field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    });
    expect(await write.isDisabled()).toBe(true); // at once: what was checked before is no check of this
    await page.getByRole("heading", { level: 1, name: /one thing stops it/ }).waitFor();
    await expect.poll(() => page.getByRole("button", { name: "Write the report" }).isDisabled()).toBe(true);
    await page.getByText("A sentence says more than evidence can").waitFor();
    await page.getByLabel("Title").fill("A wall");
    await page.getByRole("heading", { level: 1, name: "Nothing stops the report" }).waitFor();
    // One more file, by name.
    await page.getByRole("button", { name: "Add files" }).click();
    await page.getByLabel("tender.txt").check();
    await page.getByRole("button", { name: "Add one file" }).click();
    await page.getByLabel("What goes out of tender.txt").waitFor();
    await page.locator(".report-sheet").getByText("tender.txt").waitFor();
    // The draft is there after a reload.
    await expect.poll(() => existsSync(folder.path("ready/work/report-draft.json")) && readFileSync(folder.path("ready/work/report-draft.json"), "utf8")).toMatch(/^(?=[^]*"A wall")(?=[^]*"as": ?"original")/);
    await page.reload();
    await page.getByLabel("What goes out of tender.txt").waitFor();
    await expect.poll(() => page.getByLabel("Title").inputValue()).toBe("A wall");
    await page.getByRole("button", { name: "Write the report" }).click();
    await page.getByLabel("New folder").fill(folder.path("out"));
    await page.getByRole("button", { name: "Write it", exact: true }).click();
    await page.locator("#verify-command").waitFor();
    expect(readFileSync(folder.path("out/report.html"), "utf8")).toContain("tender.txt");
    await watched.axe("the written report");
    // What prints is the sheet.
    await page.keyboard.press("Escape");
    await page.emulateMedia({ media: "print" });
    await expect.poll(() => page.locator(".side").isVisible()).toBe(false);
    await expect.poll(() => page.locator(".report-sheet").isVisible()).toBe(true);
    await watched.settle();
  });

  it("reads in Arabic and in 320 px without sideways scrolling", async () => {
    const server = await serveCase("ready");
    const watched = await open(server, "claims", { viewport: { width: 320, height: 800 } });
    const { page } = watched;
    await page.locator(".matrix").waitFor();
    const wide = (): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    await expect.poll(wide).toBe(0);
    // What stands above the screen leaves most of even a small one to it.
    await expect.poll(() => page.locator("#main").evaluate((node) => node.getBoundingClientRect().top)).toBeLessThan(190);
    await page.locator('a[href$="/report"]').first().click();
    await page.locator(".report-sheet").waitFor();
    await expect.poll(wide).toBe(0);
    // A file's name and its choice stand together, however narrow the screen.
    await expect.poll(() => page.locator(".report-item .grow").first().evaluate((node) => node.clientHeight - (node.lastElementChild?.getBoundingClientRect().bottom ?? 0) + node.getBoundingClientRect().top)).toBeLessThan(8);
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.locator("select").filter({ hasText: "العربية" }).first().selectOption("ar");
    await page.getByRole("heading", { level: 1, name: "لا شيء يوقف التقرير" }).waitFor();
    await watched.axe("the report in Arabic");
    // Why it can't go out is said in Arabic; the report itself is English, and that is said too.
    await page.locator(".report-language").waitFor();
    await page.getByLabel("العنوان").fill("A proven wall");
    await page.locator(".report-points").getByText(/لا تُظهر أي لقطات ذلك.*A proven wall/).waitFor();
    expect(await page.locator(".report-points").first().locator('[lang="en"]').count()).toBe(0);
    await page.getByLabel("العنوان").fill("A wall");
    await page.getByRole("heading", { level: 1, name: "لا شيء يوقف التقرير" }).waitFor();
    await page.locator('a[href$="/claims"]').first().click();
    await page.locator(".matrix").waitFor();
    await expect.poll(() => page.locator(".matrix").innerText()).toContain("بُني جدار");
    await watched.axe("claims in Arabic");
    await watched.settle();
  });

  it.each(["en", "ru"])("shows nine sources beside a claim at 1024 px, all of them at once, in %s", async (locale) => {
    const { page } = await open(await serveCase("many"), "claims", { viewport: { width: 1024, height: 768 }, locale });
    await page.locator(".matrix thead .c-e").nth(8).waitFor();
    await expect.poll(() => page.locator(".claims-scroll").evaluate((node) => node.scrollWidth - node.clientWidth)).toBe(0);
  });

  it("says at its edge that the table goes on, and is scrolled by keyboard", async () => {
    const { page } = await open(await serveCase("many"), "claims", { viewport: { width: 1024, height: 200 } });
    const frame = page.locator(".more-frame");
    const more = (): Promise<string | null> => frame.getAttribute("data-more");
    const shadow = (): Promise<string> => frame.evaluate((node) => getComputedStyle(node, "::after").boxShadow);
    await page.locator(".matrix thead .c-e").nth(8).waitFor();
    await expect.poll(more).toBe("below");
    await expect.poll(shadow).toContain("inset");
    await page.setViewportSize({ width: 480, height: 800 });
    await expect.poll(more).toBe("after");
    // The names of the rows stick once the columns have moved under them: what sticks costs every frame of a scroll.
    const rowSticks = (): Promise<string> => page.locator(".matrix tbody .c-claim").first().evaluate((node) => getComputedStyle(node).position);
    expect(await rowSticks()).toBe("static");
    await page.locator(".matrix [tabindex='0']").focus();
    for (let k = 0; k < 9; k += 1) await page.keyboard.press("ArrowRight");
    await expect.poll(more).toMatch(/before/);
    expect(await rowSticks()).toBe("sticky");
    await page.locator(".matrix th[tabindex]").first().focus();
    for (let k = 0; k < 9; k += 1) await page.keyboard.press("ArrowLeft");
    // Where all of it is seen there is no shadow.
    await page.setViewportSize({ width: 1440, height: 900 });
    await expect.poll(more).toBe("");
    await expect.poll(shadow).not.toContain("inset");
  });

  it("is walked by pages and to its ends", async () => {
    const watched = await open(await serveCase("long"), "claims");
    const { page } = watched;
    await page.locator(".matrix tbody tr").nth(14).waitFor();
    const at = (): Promise<number[]> => page.evaluate(() => {
      const cell = document.activeElement?.closest<HTMLTableCellElement>(".matrix :is(td, th)");
      return [(cell?.parentElement as HTMLTableRowElement | null)?.rowIndex ?? -1, cell?.cellIndex ?? -1];
    });
    await page.locator(".matrix [tabindex='0']").focus();
    const walk: [string, [number, number]][] = [
      ["PageDown", [11, 0]], ["PageDown", [15, 0]], ["End", [15, 2]], ["PageUp", [5, 2]], ["Home", [5, 0]], ["Control+End", [15, 2]], ["Control+Home", [1, 0]],
    ];
    for (const [key, place] of walk) {
      await page.keyboard.press(key);
      await expect.poll(at, { message: key }).toEqual(place);
    }
    await watched.settle();
  });

  it("gives a claim its dates, and withdraws a weighing and a claim with a reason", async () => {
    const watched = await open(await serveCase("open"), "claims");
    const { page } = watched;
    const dialog = page.getByRole("dialog");
    await page.getByRole("button", { name: "Say it anew" }).click();
    await dialog.getByLabel("Not before").fill("2021-03-01");
    await dialog.getByLabel("Not after").fill("soon");
    await dialog.getByRole("button", { name: "Make the claim" }).click();
    await dialog.getByText("This can't be read as a date or time.").waitFor();
    await dialog.getByLabel("Not after").fill("2021-06-30 14:30");
    await watched.axe("a claim's dates");
    await dialog.getByRole("button", { name: "Make the claim" }).click();
    await page.getByText("It says: 1 Mar 2021 to 30 Jun 2021 14:30 UTC.").waitFor();
    // A date at the end holds the whole of that day.
    await page.getByRole("button", { name: "Say it anew" }).click();
    await dialog.getByLabel("Not after").fill("2021-06-29");
    await dialog.getByRole("button", { name: "Make the claim" }).click();
    await page.getByText("It says: 1 Mar 2021 to 29 Jun 2021.").waitFor();
    await page.getByRole("button", { name: "Say it anew" }).click();
    expect(await dialog.getByLabel("Not after").inputValue()).toBe("2021-06-29");
    await dialog.getByLabel("Not after").fill("2021-06-30 14:30");
    await dialog.getByRole("button", { name: "Make the claim" }).click();
    await page.getByText("It says: 1 Mar 2021 to 30 Jun 2021 14:30 UTC.").waitFor();
    // Said anew with another sentence alone, it keeps its dates.
    await page.getByRole("button", { name: "Say it anew" }).click();
    await dialog.getByLabel("The claim, in one sentence").fill("A long wall was built");
    await dialog.getByRole("button", { name: "Make the claim" }).click();
    await page.locator(".side .claims-text", { hasText: "A long wall was built" }).waitFor();
    await page.getByText("It says: 1 Mar 2021 to 30 Jun 2021 14:30 UTC.").waitFor();

    await page.getByRole("button", { name: "Withdraw: Says it was a year later" }).click();
    await expect.poll(() => dialog.getByRole("button", { name: "Withdraw", exact: true }).isDisabled()).toBe(true);
    await dialog.getByLabel("Why").fill("It was another yard");
    await watched.axe("withdrawing");
    await dialog.getByRole("button", { name: "Withdraw", exact: true }).click();
    await page.getByText("Says it was a year later").first().waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Withdraw this claim" }).click();
    await dialog.getByLabel("Why").fill("It names a person");
    await dialog.getByRole("button", { name: "Withdraw", exact: true }).click();
    await page.getByRole("heading", { name: "A claim is a sentence that could be wrong" }).waitFor();
    await watched.settle();
  });
});
