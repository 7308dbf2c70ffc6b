/** The Footage screen: clips that play and lie side by side, what a file states, hiding by drawing; by mouse, by keyboard, narrow, in Arabic. */
import { execFileSync } from "node:child_process";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch, missing, noonmark, python, scratch, serve, stillBox, Watched, type Server } from "./browser.ts";

/** Two clips of 60 frames at 20 a second: grey that rises by four a frame, in the second one from another start. The first has a tone. */
const CLIPS = `
import sys, av, numpy as np
from PIL import Image
tags = Image.Exif()
tags.get_ifd(0x8825).update({16: "M", 17: 312.5})
Image.new("RGB", (320, 180), (90, 120, 60)).save(sys.argv[1] + "/bearing.jpg", exif=tags)
for name, start in (("first.mp4", 0), ("second.mp4", 10)):
    out = av.open(sys.argv[1] + "/" + name, "w")
    stream = out.add_stream("mpeg4", rate=20)
    stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
    tone = out.add_stream("aac", rate=16000, layout="mono") if start == 0 else None
    for k in range(60):
        frame = av.VideoFrame.from_ndarray(np.full((180, 320, 3), 4 * (k + start) % 256, np.uint8), format="rgb24")
        for packet in stream.encode(frame): out.mux(packet)
    for packet in stream.encode(): out.mux(packet)
    if tone is not None:
        for k in range(46):
            sound = av.AudioFrame.from_ndarray((4000 * np.sin(np.arange(1024) / 8)).astype(np.int16)[None], format="s16", layout="mono")
            sound.sample_rate, sound.pts = 16000, 1024 * k
            out.mux(tone.encode(sound))
        out.mux(tone.encode())
    out.close()
`;

describe.skipIf(missing !== null)("the Footage screen", () => {
  let browser: Browser;
  let server: Server;
  let watched: Watched;
  let page: Page;
  const folder = scratch();
  const playedTo = async (): Promise<number> => Number((await page.locator("canvas[data-playing]").getAttribute("data-playing")) || -1);
  const frame = async (): Promise<number> => Number(((await page.locator(".stage").getAttribute("data-frame")) ?? ":-1").split(":")[1]);

  /** In every language a clip runs from the left: its slider, and the buttons of its frames. */
  const timeFromTheLeft = async (): Promise<void> => {
    const [back, on] = await Promise.all([".steps button:first-of-type", ".steps button:nth-of-type(2)"].map((one) => page.locator(one).last().boundingBox()));
    expect(back?.x).toBeLessThan(on?.x ?? -1);
    expect(await page.locator('.strip input[type="range"]').last().evaluate((slider) => getComputedStyle(slider).direction)).toBe("ltr");
  };

  beforeAll(async () => {
    noonmark("case", "new", folder.path("clips"));
    execFileSync(python, ["-c", CLIPS, folder.path("")]);
    noonmark("case", "add", folder.path("clips"), folder.path("first.mp4"), folder.path("second.mp4"), folder.path("bearing.jpg"));
    browser = await launch();
    server = await serve(folder.path("clips"));
    watched = await Watched.open(browser, server);
    page = watched.page;
    await page.goto(`${server.origin}/#/footage`);
    await page.locator(".item", { hasText: "first.mp4" }).click();
    await page.locator('.strip-player').waitFor();
    await page.locator('.stage[data-frame$=":0"]').waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    folder.clear();
  });

  it("shows the small picture and says so while one is read, under none of another's marks, and asks for the map after it", async () => {
    const second = await Watched.inside(watched.context, server);
    const { page: tab } = second;
    let give = (): void => undefined;
    const given = new Promise<void>((done) => { give = done; });
    await tab.locator(".item img").nth(1).waitFor();
    await tab.locator(".stage:not([data-frame=''])").waitFor();
    await tab.route(/frame\/0$/, async (route) => { await given; await route.continue(); });
    await tab.locator(".item", { hasText: "bearing.jpg" }).click();
    await expect.poll(() => tab.locator(".next-step").innerText()).toBe("Reading the picture…");
    expect(await tab.locator(".stage").getAttribute("data-frame")).toBe("");
    await expect.poll(() => tab.locator(".stage-meanwhile").evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth > 0)).toBe(true);
    give();
    await tab.locator(".stage-meanwhile").waitFor({ state: "detached" });
    await expect.poll(() => tab.locator(".stage").getAttribute("data-frame")).toMatch(/:0$/);
    const asked = second.sent.map((url) => new URL(url).pathname);
    expect(asked.indexOf("/api/basemap/world")).toBeGreaterThan(asked.findIndex((path) => /frame\/0$/.test(path)));
    await second.settle();
    await tab.close();
  });

  it("plays a clip, stands still on a frame, and steps by exact frames", async () => {
    await page.getByRole("button", { name: "Play", exact: true }).click();
    await expect.poll(playedTo).toBeGreaterThan(3);
    await page.getByRole("button", { name: "Pause", exact: true }).click();
    await expect.poll(playedTo).toBe(-1);
    await expect.poll(frame).toBeGreaterThan(3);
    const stood = await frame();
    await page.locator(".stage-keys").focus();
    await page.keyboard.press(".");
    await expect.poll(frame).toBe(stood + 1);
    await page.keyboard.press(",");
    await expect.poll(frame).toBe(stood);
    await page.keyboard.press(" ");
    await expect.poll(playedTo).toBeGreaterThan(stood);
    await page.keyboard.press(" ");
    await expect.poll(playedTo).toBe(-1);
    const time = page.locator('.strip [data-name="time"]');
    await time.fill("1.5");
    await time.press("Enter");
    await expect.poll(frame).toBe(30);
    await watched.settle();
  });

  it("plays the sound of a clip when it is asked for, and says where there is none", async () => {
    const sound = page.getByRole("button", { name: "Sound", exact: true });
    await expect.poll(() => sound.getAttribute("aria-pressed")).toBe("false");
    const asked = (): number => watched.sent.filter((url) => url.includes("/sound?")).length;
    expect(asked()).toBe(0);
    await sound.click();
    const time = page.locator('.strip [data-name="time"]');
    await time.fill("0");
    await time.press("Enter");
    await page.locator(".stage-keys").focus();
    await page.keyboard.press(" ");
    await page.locator("button[data-heard]").waitFor();
    await page.keyboard.press(" ");
    await expect.poll(() => page.locator("button[data-heard]").count()).toBe(0);
    await page.locator(".item", { hasText: "second.mp4" }).click();
    await page.locator(".strip-player").waitFor();
    watched.allowed.push(/status of 400/);
    await page.getByRole("button", { name: "Play", exact: true }).click();
    await page.locator(".strip-silent").waitFor();
    await page.locator(".item", { hasText: "first.mp4" }).click();
    await page.locator('.stage[data-frame$=":0"]').waitFor();
    await page.getByRole("button", { name: "Sound", exact: true }).click();
    await watched.settle();
  });

  it("lays two clips side by side on one clock", async () => {
    const time = page.locator('.strip [data-name="time"]');
    await time.fill("1.5");
    await time.press("Enter");
    await expect.poll(frame).toBe(30);
    await page.getByRole("button", { name: "Side by side" }).click();
    const beside = page.locator(".beside output");
    await expect.poll(() => beside.getAttribute("data-frame")).toBe("30");
    await page.getByRole("button", { name: "Only this one on" }).click();
    await expect.poll(() => beside.getAttribute("data-frame")).toBe("31");
    await expect.poll(() => page.locator('.beside [data-name="offset"]').inputValue()).toBe("0.05");
    await page.locator(".stage-keys").focus();
    await page.keyboard.press(".");
    await expect.poll(() => beside.getAttribute("data-frame")).toBe("32");
    const [picture, room] = await Promise.all([".beside-picture img", ".beside-picture"].map((one) => stillBox(page.locator(one))));
    expect((picture?.y ?? 0) + (picture?.height ?? 0)).toBeLessThanOrEqual((room?.y ?? 0) + (room?.height ?? 0) + 1); // it is seen whole
    await expect.poll(frame).toBe(31); // each of the two pictures comes when it is decoded
    await watched.axe("two clips");
    await page.getByRole("button", { name: "Take it away" }).click();
  });

  it("shows what the file states as its claim", async () => {
    await page.getByRole("tab", { name: "The file" }).click();
    await page.locator(".stated-table, .stated .empty").first().waitFor();
    await expect.poll(() => page.locator(".stated").innerText()).toContain("is a claim");
    await watched.axe("what the file states");
    await page.locator(".item", { hasText: "bearing.jpg" }).click();
    await expect.poll(() => page.locator(".stated-table").innerText()).toContain("312.5° ± 18°");
    const use = page.getByRole("button", { name: "Use its direction" });
    await use.click();
    await expect.poll(() => use.isDisabled()).toBe(true);
    await watched.axe("a direction that the file states");
    await page.locator(".item", { hasText: "first.mp4" }).click();
    await page.locator('.stage[data-frame$=":0"]').waitFor();
  });

  it("says that faces were not looked for, and takes a box that is drawn", async () => {
    await page.getByRole("button", { name: /Hide faces/ }).click();
    // Without the network nothing was looked for; with it the plan says how many places are left.
    await page.getByRole("heading", { name: /Faces were not looked for|places? to look at/ }).waitFor();
    const field = page.locator(".redact-field");
    await field.locator("img").waitFor();
    const box = await stillBox(field);
    await page.mouse.move(box.x + 0.25 * box.width, box.y + 0.25 * box.height);
    await page.mouse.down();
    await page.mouse.move(box.x + 0.5 * box.width, box.y + 0.5 * box.height, { steps: 4 });
    await page.mouse.up();
    await expect.poll(() => page.locator(".cover:not(.drawing)").count()).toBe(1);
    await expect.poll(() => page.getByLabel("Write to").inputValue()).toMatch(/first-hidden\.mp4$/);
    // What was drawn last is there when one comes back at once.
    await page.getByRole("button", { name: "Back to the case" }).click();
    await page.getByRole("button", { name: /Hide faces/ }).click();
    await field.locator("img").waitFor();
    await expect.poll(() => page.locator(".cover").count()).toBe(1);
    await page.getByRole("button", { name: "Back to the case" }).click();
  });

  it("takes a pasted picture into the case", async () => {
    const before = await page.locator(".item").count();
    await page.evaluate(async () => {
      const canvas = Object.assign(document.createElement("canvas"), { width: 8, height: 6 });
      const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
      const data = new DataTransfer();
      data.items.add(new File([blob!], "image.png", { type: "image/png" }));
      document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
    });
    await expect.poll(() => page.locator(".item").count()).toBe(before + 1);
    await expect.poll(() => page.locator(".item-name").last().innerText()).toMatch(/^pasted .*\.png$/);
    await page.locator(".item", { hasText: "first.mp4" }).click();
  });

  it("names the tool in hand where there is no room for all their names, and all of them beside a large photo", async () => {
    await page.setViewportSize({ width: 1024, height: 768 });
    const names = page.locator(".tools-means .tool span");
    const seen = (): Promise<number> => names.evaluateAll((all) => all.filter((one) => one.getBoundingClientRect().width > 0).length);
    await expect.poll(seen).toBe(1);
    await page.setViewportSize({ width: 1440, height: 900 });
    const large = page.getByRole("button", { name: "Make the photo large" });
    await large.click();
    await expect.poll(seen).toBe(await names.count());
    await large.click();
    await expect.poll(seen).toBe(1);
  });

  it("fits a narrow screen and reads from the right in Arabic", async () => {
    await page.setViewportSize({ width: 320, height: 800 });
    await page.locator(".strip-player").waitFor();
    const wide = (): Promise<string> => page.evaluate(() => (document.documentElement.scrollWidth <= 320 ? "" : [...document.querySelectorAll("*")]
      .filter((one) => one.getBoundingClientRect().right > 320.5).map((one) => `${one.tagName} ${one.getAttribute("class")} ${one.getBoundingClientRect().right}`).join("\n")));
    await expect.poll(wide).toBe("");
    await page.setViewportSize({ width: 1440, height: 900 });
    await expect.poll(() => page.locator(".stage").first().evaluate((node) => node.clientWidth)).toBeGreaterThan(460);
    await page.locator("header select").first().selectOption("ar");
    await page.getByRole("button", { name: "تشغيل" }).waitFor();
    await expect.poll(() => page.evaluate(() => document.documentElement.dir)).toBe("rtl");
    await watched.axe("Arabic");
    await timeFromTheLeft();
    await page.getByRole("button", { name: /إخفاء الوجوه/ }).click();
    await page.locator(".redact-field img").waitFor();
    await timeFromTheLeft();
    await page.setViewportSize({ width: 320, height: 800 }); // what is hidden is chosen above what is said of it, and nothing runs out
    await expect.poll(wide).toBe("");
    const [strip, side] = await Promise.all([".redact-stage", ".redact-side"].map((one) => stillBox(page.locator(one))));
    expect((strip?.y ?? 0) + (strip?.height ?? 0)).toBeLessThanOrEqual((side?.y ?? 0) + 1);
    const picture = await stillBox(page.locator(".redact-field"));
    expect(picture.y + picture.height).toBeLessThanOrEqual((side?.y ?? 0) + 1);
    await watched.settle();
  });
});
