/** What a person waits for, measured in a browser: run by benchmarks/page_speed.py, never by a test. One line of figures each. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, it } from "vitest";
import { launch, manyItems, measures, noonmark, percentile, prepare, previews, scratch, serve, sunDragged, Watched } from "./browser.ts";

const report = (figures: Record<string, number>): void => console.log(`measured ${JSON.stringify(figures)}`);

describe("the page's speed", () => {
  let browser: Browser;
  const folder = scratch();
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    folder.clear();
  });

  it("a dragged sun, and an exact answer", async () => {
    const server = await serve();
    const watched = await Watched.open(browser, server);
    const { page } = watched;
    await watched.openSample();
    await page.locator(".dome .sun").waitFor();
    const took = await previews(page);
    for (const last of ["2022-11-10", "2022-11-24"]) {
      const field = page.getByLabel("Not after", { exact: true }).first();
      await field.fill(last);
      await field.press("Enter");
      await page.waitForTimeout(150);
      await watched.answered();
    }
    const [region, exact] = [await measures(page, "noonmark-region"), await measures(page, "noonmark-answer")];
    report({ preview_p50_ms: percentile(took, 0.5), preview_p95_ms: percentile(took, 0.95), region_ms: Math.min(...region), exact_ms: Math.min(...exact) });
    await watched.context.close();
    await server.stop();
  });

  it("a shadow under a dragged sun", async () => {
    const server = await serve();
    const watched = await Watched.open(browser, server);
    const { page } = watched;
    await page.getByRole("button", { name: "Open the sample" }).click();
    await page.locator('.drawer-words[data-state="solved"]').waitFor();
    const took = await sunDragged(page);
    report({ shadow_p95_ms: percentile(took.shadow, 0.95), map_p95_ms: percentile(took.map, 0.95) });
    await watched.context.close();
    await server.stop();
  });

  it("the first paint of 200 items", async () => {
    const { server, watched } = await manyItems(browser, folder, 200);
    const { page } = watched;
    const paint = await page.evaluate(() => ({
      first_ms: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.NaN,
      items_ms: performance.getEntriesByName("noonmark-case")[0]?.startTime ?? Number.NaN,
    }));
    report(paint);
    await watched.context.close();
    await server.stop();
  });

  it("a clip of an hour", async () => {
    prepare(HOUR, folder.path("hour.mp4"));
    noonmark("case", "new", folder.path("long"));
    noonmark("case", "add", folder.path("long"), folder.path("hour.mp4"));
    const server = await serve(folder.path("long"));
    const watched = await Watched.open(browser, server);
    const { page } = watched;
    await page.goto(`${server.origin}/#/footage`);
    await page.locator(".item").first().waitFor();
    const began = performance.now();
    await page.locator(".item").first().click();
    await page.locator('.stage[data-frame$=":0"]').waitFor();
    const clip_first_ms = performance.now() - began;
    await page.getByRole("button", { name: "Play", exact: true }).click();
    await page.waitForFunction(() => Number(document.querySelector("canvas[data-playing]")?.getAttribute("data-playing")) > 1);
    report({ clip_first_ms, clip_plays_ms: performance.now() - began });
    await watched.context.close();
    await server.stop();
  });
});

/** An hour of 25 frames a second with B-frames: a coded minute, sixty times. */
const HOUR = `
import sys, av, numpy as np
from fractions import Fraction
minute = sys.argv[1] + ".minute.mp4"
with av.open(minute, "w") as out:
    stream = out.add_stream("libx264", rate=25, options={"preset": "ultrafast", "bf": "2", "g": "50"})
    stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
    noise = np.random.default_rng(0).integers(0, 120, (360, 1280, 3), dtype=np.uint8)
    for k in range(1500):
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(noise[:, k % 640 : k % 640 + 640]), format="rgb24")
        frame.pts, frame.time_base = k, Fraction(1, 25)
        out.mux(stream.encode(frame))
    out.mux(stream.encode())
with av.open(minute) as source, av.open(sys.argv[1], "w") as out:
    to = out.add_stream_from_template(source.streams.video[0])
    kept = [(p.pts, p.dts, p.duration, p.time_base, p.is_keyframe, bytes(p)) for p in source.demux(video=0) if p.size]
    for k in range(60):
        for pts, dts, duration, unit, key, data in kept:
            packet, later = av.Packet(data), int(60 / unit) * k
            packet.pts, packet.dts, packet.duration, packet.time_base = pts + later, dts + later, duration, unit
            packet.is_keyframe, packet.stream = key, to
            out.mux(packet)
`;
