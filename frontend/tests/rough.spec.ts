/** What comes in by hand, and what goes wrong with it: each time one sentence, nothing lost, and the page goes on. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, CDPSession } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { launch, missing, noonmark, python, scratch, serve, Watched, type Server } from "./browser.ts";

/** A picture of any size by its edge lengths, of one colour but for a post, so that it is quickly made. */
function picture(path: string, width: number, height: number): void {
  const code = "import sys\nfrom PIL import Image\npath,w,h=sys.argv[1],int(sys.argv[2]),int(sys.argv[3])\nim=Image.new('RGB',(w,h),(96,140,190))\nim.paste((30,30,30),(w//2,h//4,w//2+max(1,w//100),h//2))\nim.save(path)";
  execFileSync(python, ["-c", code, path, String(width), String(height)]);
}

const SCRIPTS = ["ئۈرۈمچى رەسىم.png", "صورة من الشارع.png", "Съёмка у моста.png", "乌鲁木齐街景.png", "ရန်ကုန်လမ်း.png"];

describe.skipIf(missing !== null)("rough use", () => {
  let browser: Browser;
  let server: Server | null = null;
  const folder = scratch();
  beforeAll(async () => {
    browser = await launch();
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    await server?.stop();
    server = null;
  });
  afterAll(async () => {
    await browser?.close();
    folder.clear();
  });

  async function fresh(name: string, options = {}): Promise<Watched> {
    noonmark("case", "new", folder.path(name));
    server = await serve(folder.path(name));
    return Watched.open(browser, server, options);
  }

  it("takes photos in by the file picker and by drag and drop, whatever script their names are in", async () => {
    const names = SCRIPTS.map((name, index) => {
      picture(folder.path(name), 320 + index, 240);
      return folder.path(name);
    });
    const watched = await fresh("Дело ئىش 案件");
    const { page } = watched;
    expect(await page.locator(".case-name").innerText()).toBe("Дело ئىش 案件");
    await page.getByRole("button", { name: "Add files" }).click();
    await page.locator('.dropzone input[type="file"]').setInputFiles(names.slice(0, 3));
    await page.locator(".item").nth(2).waitFor();
    await page.locator(".stage[data-frame]:not([data-frame=''])").waitFor();

    // Dropped beside its place: on the map. It must be taken in, and the page must stay.
    const bytes = readFileSync(names[3]!).toString("base64");
    const last = SCRIPTS[3]!;
    await page.evaluate(({ bytes: text, last: name }) => {
      const raw = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
      const held = new DataTransfer();
      held.items.add(new File([raw], name, { type: "image/png" }));
      for (const kind of ["dragenter", "dragover", "drop"]) document.querySelector(".region-map")?.dispatchEvent(new DragEvent(kind, { dataTransfer: held, bubbles: true, cancelable: true }));
    }, { bytes, last });
    await page.locator(".item").nth(3).waitFor();
    const held = await page.evaluateHandle(() => new DataTransfer());
    const fifth = readFileSync(names[4]!).toString("base64");
    await page.evaluate(({ to, text, name }) => to.items.add(new File([Uint8Array.from(atob(text), (one) => one.charCodeAt(0))], name, { type: "image/png" })), { to: held, text: fifth, name: SCRIPTS[4]! });
    await page.locator(".item-rail").dispatchEvent("dragover", { dataTransfer: held });
    expect(await page.locator(".item-rail.over").count()).toBe(1);
    await page.locator(".item-rail").dispatchEvent("drop", { dataTransfer: held });
    await page.locator(".item").nth(4).waitFor();
    await expect.poll(() => page.locator(".item-name").allInnerTexts()).toEqual(SCRIPTS);
    await expect.poll(() => page.locator(".item img").count()).toBe(5);
    await page.getByRole("tab", { name: /Record/ }).click();
    await expect.poll(() => page.locator(".acts").innerText()).toContain("added ئۈرۈمچى رەسىم.png");
    await watched.axe("photos of many scripts");
    await watched.settle();
  });

  it("keeps an upload that the server left in the middle, and ends it when the server is back", async () => {
    picture(folder.path("late.png"), 400, 300);
    const watched = await fresh("late");
    const { page } = watched;
    watched.allowed.push(/ERR_CONNECTION_REFUSED|ERR_INTERNET_DISCONNECTED|ERR_FAILED/);
    await page.getByRole("button", { name: "Add files" }).waitFor();
    await watched.context.setOffline(true);
    await page.getByRole("button", { name: "Add files" }).click();
    await page.locator('.dropzone input[type="file"]').setInputFiles(folder.path("late.png"));
    await page.locator('.notice[data-code="gone"]').waitFor();
    expect(await page.locator(".item").count()).toBe(0);
    await watched.context.setOffline(false);
    await page.locator(".item").first().waitFor();
    await page.locator(".stage[data-frame]:not([data-frame=''])").waitFor();
    await watched.settle();
  });

  it("says in one sentence that a clip or photo can't be opened, and goes on", async () => {
    writeFileSync(folder.path("broken.mp4"), Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from("ftypisom"), Buffer.alloc(40_000, 7)]));
    writeFileSync(folder.path("broken.jpg"), Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(3000, 9)]));
    picture(folder.path("sound.png"), 320, 240);
    const watched = await fresh("broken");
    const { page } = watched;
    watched.allowed.push(/status of 400/);
    const early = page.getByLabel("Not before", { exact: true }).first();
    await early.fill("2021-05-05");
    await early.press("Enter");
    await page.getByRole("button", { name: "Add files" }).click();
    await page.locator('.dropzone input[type="file"]').setInputFiles(folder.path("broken.mp4"));
    await page.locator(".stage-words").waitFor();
    await expect.poll(() => page.locator(".stage-words p").first().innerText()).toMatch(/^This file can’t be opened/);
    expect(await page.locator(".notice-error").count()).toBe(0); // once is enough
    await expect.poll(() => page.locator(".strip").count()).toBe(0);
    await watched.axe("a clip that can't be opened");
    await page.getByRole("button", { name: "Hide faces…" }).click();
    await page.getByText("nothing can be hidden in it").waitFor();
    await page.getByRole("button", { name: "Back to the case" }).click();
    await page.getByRole("button", { name: "Add files" }).click();
    await page.locator('.dropzone input[type="file"]').setInputFiles([folder.path("broken.jpg"), folder.path("sound.png")]);
    await page.locator(".item").nth(2).waitFor();
    await page.locator(".stage[data-frame]:not([data-frame=''])").waitFor();
    await expect.poll(() => page.locator(".stage-words").count()).toBe(0);
    expect(await early.inputValue()).toBe("2021-05-05");
    await expect.poll(() => page.locator(".save-state").innerText()).toBe("Saved");
    await watched.settle();
  });

  it("opens a picture of 200 megapixels, or says in one sentence why not", async () => {
    picture(folder.path("vast.jpg"), 20_000, 10_000);
    const watched = await fresh("vast");
    const { page } = watched;
    watched.allowed.push(/status of 400/);
    await page.getByRole("button", { name: "Add files" }).click();
    await page.getByLabel("Or a path on this machine").fill(folder.path("vast.jpg"));
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await page.locator(".stage[data-frame]:not([data-frame='']), .stage-words").first().waitFor({ timeout: 90_000 });
    if ((await page.locator(".stage-words").count()) > 0) {
      await expect.poll(() => page.locator(".stage-words p").first().innerText()).toMatch(/^This picture is too large/);
    } else {
      // Shown scaled, marked in pixels of the original, its details fetched where one looks closely.
      await page.locator(".stage-keys").focus();
      await page.keyboard.press("v");
      await page.keyboard.press("ArrowRight");
      const [x = 0] = ((await page.locator(".stage-keys").getAttribute("data-cross")) ?? "").split(" ").map(Number);
      expect(x).toBeGreaterThan(5000);
    }
    await page.getByRole("button", { name: "Add a clue" }).click();
    await page.locator('.kind[data-kind="sun_elevation"]').waitFor();
    await page.keyboard.press("Escape");
    await watched.settle();
  });

  it("opens a case on a read-only disk, says so, keeps what is tried out, and saves it once it can", async (context) => {
    noonmark("case", "new", folder.path("source"));
    const place = folder.path("disk");
    mkdirSync(place);
    try {
      execFileSync("mount", ["--bind", folder.path("source"), place], { stdio: "ignore" });
    } catch {
      return context.skip("mounting is not allowed here");
    }
    try {
      execFileSync("mount", ["-o", "remount,ro,bind", place]);
      server = await serve(place);
      const watched = await Watched.open(browser, server);
      const { page } = watched;
      watched.allowed.push(/status of (400|503)/);
      await page.locator('.notice[data-code="read-only"]').waitFor();
      expect(await page.locator('.notice[data-code="read-only"]').innerText()).toMatch(/can't be written to/);
      const early = page.getByLabel("Not before", { exact: true }).first();
      await early.fill("2021-05-05");
      await early.press("Enter");
      await expect.poll(() => page.locator(".save-state").innerText()).toBe("Not being saved");
      await watched.axe("a read-only case");
      // Closing would drop what was said: the page asks first.
      await page.getByRole("button", { name: "Close the case" }).click();
      await page.locator('.notice[data-code="close"]').waitFor();
      expect(await early.inputValue()).toBe("2021-05-05");
      // Still read-only: one sentence; then the disk can be written to.
      await page.locator('.notice[data-code="read-only"]').getByRole("button", { name: "Try again" }).click();
      await page.locator('.notice[data-code="save"]').waitFor();
      expect(await early.inputValue()).toBe("2021-05-05");
      execFileSync("mount", ["-o", "remount,rw,bind", place]);
      await page.locator('.notice[data-code="save"]').getByRole("button", { name: "Try again" }).click();
      await expect.poll(() => page.locator(".save-state").innerText()).toBe("Saved");
      expect(readFileSync(join(place, "work", "inquiry.json"), "utf8")).toContain("2021-05-05");
      await watched.settle();
      await watched.context.close();
    } finally {
      await server?.stop();
      server = null;
      execFileSync("umount", [place]);
    }
  });

  it("reviews what is hidden with the keyboard alone", async () => {
    server = await serve();
    const watched = await Watched.open(browser, server);
    const { page } = watched;
    await watched.openSample();
    await page.getByRole("button", { name: "Hide faces…" }).focus();
    await page.keyboard.press("Enter");
    await page.locator(".redact-field img").waitFor();
    const side = (name: string) => page.getByLabel(`Box 1, ${name}`, { exact: true });
    await page.keyboard.press("a"); // the screen has the focus from the start
    await page.locator(".cover").waitFor();
    await watched.tabTo(".cover");
    const [left, low] = [Number(await side("Left").inputValue()), Number(await side("Bottom").inputValue())];
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Shift+ArrowLeft");
    await page.keyboard.press("Alt+Shift+ArrowDown");
    expect([Number(await side("Left").inputValue()), Number(await side("Bottom").inputValue())]).toEqual([left - 11, low + 10]);
    await page.keyboard.press("Delete");
    await expect.poll(() => page.locator(".cover").count()).toBe(0);
    // The focus stays in the screen, so that its keys go on working.
    await page.keyboard.press("a");
    await page.locator(".cover").waitFor();
    for (const name of ["n", "r"]) await page.keyboard.press(name);
    await page.keyboard.press("Escape");
    await page.locator(".clue-card").first().waitFor();
    await watched.settle();
  });

  it("forgets a closed case: no address of a picture, and not one of its words, is left in the tab", async () => {
    const secret = "Zeitzeuge-Qvxjwkz";
    picture(folder.path(`${secret}-photo.png`), 320, 240);
    noonmark("case", "new", folder.path(`${secret}-case`));
    noonmark("case", "add", folder.path(`${secret}-case`), folder.path(`${secret}-photo.png`), join(import.meta.dirname, "../../src/noonmark/examples/clip.mp4"));
    server = await serve();
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB", reducedMotion: "reduce" });
    await context.addInitScript(() => {
      const open = new Set<string>();
      (window as unknown as { addresses: Set<string> }).addresses = open;
      const [make, drop] = [URL.createObjectURL.bind(URL), URL.revokeObjectURL.bind(URL)];
      URL.createObjectURL = (what: Blob | MediaSource) => {
        const made = make(what);
        open.add(made);
        return made;
      };
      URL.revokeObjectURL = (url: string) => {
        open.delete(url);
        drop(url);
      };
    });
    const watched = await Watched.inside(context, server);
    const { page } = watched;
    watched.allowed.push(/status of 400/);
    // Else the first screen names the case among those to open again.
    await page.getByRole("switch", { name: "Remember on this computer" }).click();
    await page.locator(".start-recent [role='switch']:not(:checked)").waitFor();
    await page.getByLabel("Folder").nth(1).fill(folder.path(`${secret}-case`));
    await page.getByRole("button", { name: "Open", exact: true }).click();
    await page.locator('[data-screen="footage"]').click(); // a case opens on its overview
    await page.locator(".item").nth(1).waitFor();
    await expect.poll(() => page.locator(".item img").count()).toBe(2);
    await page.locator(".item").nth(1).click();
    await page.getByRole("button", { name: "Contact sheet" }).click();
    await page.locator(".sheet img").waitFor();
    await page.keyboard.press("Escape");
    await page.locator(".item").first().click();
    await page.getByRole("tab", { name: /Record/ }).click();
    await page.getByLabel("Notes").fill(`${secret}-note`);
    await page.getByLabel("Notes").blur();
    await page.getByRole("tab", { name: /Claims/ }).click();
    await page.getByLabel("Who says so, or a name").fill(`${secret}-claim`);
    await page.getByLabel("Latitude, longitude").fill("10, 10");
    await page.getByRole("button", { name: "Check the claim" }).click();
    await page.locator(".claim").waitFor();
    await page.getByRole("button", { name: "Hide faces…" }).click();
    await page.locator(".redact-field img").waitFor();
    await page.getByRole("button", { name: "Back to the case" }).click();
    await expect.poll(() => page.locator(".save-state").innerText()).toBe("Saved");
    const cdp = await context.newCDPSession(page);
    expect(await heap(cdp)).toContain(secret); // else the search below could not fail
    expect(await page.evaluate(() => (window as unknown as { addresses: Set<string> }).addresses.size)).toBeGreaterThan(0);
    await page.getByRole("button", { name: "Close the case" }).click();
    await page.getByRole("button", { name: "Open the sample" }).waitFor();
    await expect.poll(() => page.evaluate(() => (window as unknown as { addresses: Set<string> }).addresses.size)).toBe(0);
    expect(await page.evaluate(() => document.documentElement.outerHTML)).not.toContain(secret);
    expect(await page.evaluate(() => JSON.stringify([sessionStorage, localStorage]))).not.toContain(secret);
    // What the browser still lets go of is gone soon; what the page holds stays.
    const left = async (): Promise<string> => {
      const all = await heap(cdp);
      const at = all.indexOf(secret);
      return at === -1 ? "" : all.slice(Math.max(0, at - 120), at + 160);
    };
    await expect.poll(left, { timeout: 45_000 }).toBe("");
    await watched.settle();
  });
});

/** Everything that the tab's script holds, as text. */
async function heap(cdp: CDPSession): Promise<string> {
  const pieces: string[] = [];
  const take = ({ chunk }: { chunk: string }): void => { pieces.push(chunk); };
  cdp.on("HeapProfiler.addHeapSnapshotChunk", take);
  await cdp.send("HeapProfiler.enable");
  await cdp.send("HeapProfiler.collectGarbage");
  await cdp.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
  await cdp.send("HeapProfiler.disable");
  cdp.off("HeapProfiler.addHeapSnapshotChunk", take);
  return pieces.join("");
}
