/** What a person waits for, measured in a browser: run by benchmarks/page_speed.py, never by a test. One line of figures each. */
import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, it } from "vitest";
import { launch, manyItems, measures, noonmark, percentile, prepare, previews, scratch, serve, sunDragged, Watched } from "./browser.ts";

const report = (figures: Record<string, number>): void => console.log(`measured ${JSON.stringify(figures)}`);

/** Scrolls what the selector names by 100 px a frame, 200 frames long: how far it came, the time between frames, the longest of the main thread's tasks. */
const scrolled = (page: Page, selector: string): Promise<{ travelled_px: number; frame_p95_ms: number; longest_ms: number }> =>
  page.evaluate(async (wanted) => {
    const parts = [...document.querySelectorAll<HTMLElement>(`${wanted}, ${wanted} *`), ...(function* up(at: HTMLElement | null): Generator<HTMLElement> { for (; at !== null; at = at.parentElement) yield at; })(document.querySelector(wanted))];
    const element = parts.find((one) => one.scrollHeight > one.clientHeight + 100 && /auto|scroll/.test(getComputedStyle(one).overflowY));
    if (element === undefined) throw new Error(`nothing scrolls at ${wanted}`);
    let longest_ms = 0, before = 0, travelled_px = 0;
    const see = (list: PerformanceEntryList): void => { for (const { duration } of list) longest_ms = Math.max(longest_ms, duration); };
    const watch = new PerformanceObserver((list) => see(list.getEntries()));
    watch.observe({ entryTypes: ["longtask"] });
    const between: number[] = [];
    for (let k = 0, by = 100; k < 200; k += 1) {
      const top = element.scrollTop;
      element.scrollTop += by;
      if (element.scrollTop === top) element.scrollTop -= by = -by;
      travelled_px += Math.abs(element.scrollTop - top);
      const now = await new Promise<number>((done) => requestAnimationFrame(done));
      if (k > 0) between.push(now - before);
      before = now;
    }
    await new Promise((done) => setTimeout(done, 200));
    see(watch.takeRecords());
    watch.disconnect();
    return { travelled_px, frame_p95_ms: between.sort((a, b) => a - b)[Math.floor(0.95 * between.length)]!, longest_ms };
  }, selector);

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

  it("a case of 5,000 items, 500 pages and 200 claims", async () => {
    noonmark("case", "new", folder.path("large"));
    prepare(LARGE, folder.path("large"), folder.path("sources"));
    noonmark("case", "add", folder.path("large"), folder.path("sources/photos"));
    noonmark("docs", "add", folder.path("large"), folder.path("sources/book.pdf"));
    const server = await serve(folder.path("large"));
    const watched = await Watched.open(browser, server);
    const { page } = watched;
    await page.goto(`${server.origin}/#/footage`);
    await page.locator(".item").first().waitFor();
    await page.reload();
    await page.locator(".item").first().waitFor();
    const large_first_ms = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.NaN);
    await page.waitForTimeout(2000);
    /** The least of three: what else the machine does makes a run longer. */
    const least = async (selector: string): Promise<Record<"travelled_px" | "frame_p95_ms" | "longest_ms", number>> => {
      const runs = [await scrolled(page, selector), await scrolled(page, selector), await scrolled(page, selector)];
      const of = (name: "travelled_px" | "frame_p95_ms" | "longest_ms"): number => Math.min(...runs.map((one) => one[name]));
      return { travelled_px: of("travelled_px"), frame_p95_ms: of("frame_p95_ms"), longest_ms: of("longest_ms") };
    };
    const items = await least("#items");
    await page.goto(`${server.origin}/#/documents`);
    await page.locator("#find-words").fill("goods of lot");
    await page.locator("#find-words").press("Enter");
    await page.locator(".doc-rows li").nth(20).waitFor();
    const pages = await least(".doc-rows");
    await page.goto(`${server.origin}/#/claims`);
    await page.locator(".claims-scroll").waitFor();
    await page.waitForTimeout(1500);
    const claims = await least(".claims-scroll");
    for (const [name, { travelled_px, frame_p95_ms, longest_ms }] of Object.entries({ items, pages, claims }))
      report({ [`${name}_travelled_px`]: travelled_px, [`${name}_frame_p95_ms`]: frame_p95_ms, [`${name}_task_ms`]: longest_ms });
    await page.keyboard.press("Control+k");
    await page.locator(".palette input").waitFor();
    const search = (text: string): Promise<number> => page.evaluate((words) => new Promise((done) => {
      const input = document.querySelector<HTMLInputElement>(".palette input")!;
      const hits = document.querySelector("#hits")!;
      const began = performance.now();
      const watch = new MutationObserver(() => {
        if (hits.querySelector("[data-group=said], [data-group=pages], [data-group=items]") === null) return;
        watch.disconnect();
        done(performance.now() - began);
      });
      watch.observe(hits, { childList: true, subtree: true });
      input.value = words;
      input.dispatchEvent(new InputEvent("input", { bubbles: true }));
    }), text);
    const took: number[] = [];
    for (const words of ["post 37", "photo 4711", "lot 77", "wall harbour"]) {
      await page.locator(".palette input").fill("");
      await page.locator("#hits > li").first().waitFor({ state: "detached" });
      took.push(await search(words));
    }
    report({ large_first_ms, search_ms: percentile(took.slice(1), 0.95) });
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
    const clip_plays_ms = performance.now() - began;
    await page.waitForFunction(() => Number(document.querySelector("canvas[data-playing]")?.getAttribute("data-playing")) > 100);
    const most = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${server.process.pid}/status`, "utf8"));
    report({ clip_first_ms, clip_plays_ms, clip_peak_mb: Number(most?.[1]) / 1024 });
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

/** 200 claims in a case, and beside it 5,000 small photos and a PDF of 500 pages. */
const LARGE = `
import sys
from pathlib import Path
from PIL import Image
from noonmark.actions.inquiry_forms import say_in_case
event = {"form": "event", "title": {"en": "The yard"}, "as": "yard"}
text = "Claim {0}: the wall at post {0} stood on day {0} of the record, seen from the harbour"
claims = [{"form": "claim", "event": "@yard", "text": {"en": text.format(k)}, "kind": "when", "standard": "two origins"} for k in range(200)]
say_in_case(Path(sys.argv[1]), [event, *claims])
photos = Path(sys.argv[2], "photos")
photos.mkdir(parents=True)
for k in range(5000):
    Image.new("RGB", (64, 48), (k % 256, k // 256 * 13 % 256, k * 7 % 256)).save(photos / f"photo {k:04d}.png")
parts = [b"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 500/Kids[{}]>>".format(" ".join(f"{4 + 2 * k} 0 R" for k in range(500))).encode(),
         b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
for k in range(500):
    lines = "".join(f"BT /F1 11 Tf 50 {760 - 16 * n} Td (Page {k} line {n}: goods of lot {7 * k + n} came under order {31 * n + k}) Tj ET " for n in range(40))
    parts.append(f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents {5 + 2 * k} 0 R>>".encode())
    parts.append(f"<</Length {len(lines)}>>stream\\n{lines}endstream".encode())
data, places = b"%PDF-1.4\\n", []
for number, part in enumerate(parts, 1):
    places.append(len(data))
    data += f"{number} 0 obj\\n".encode() + part + b"\\nendobj\\n"
table = "".join(f"{at:010d} 00000 n \\n" for at in places)
data += f"xref\\n0 {len(parts) + 1}\\n0000000000 65535 f \\n{table}trailer<</Size {len(parts) + 1}/Root 1 0 R>>\\nstartxref\\n{len(data)}\\n%%EOF".encode()
Path(sys.argv[2], "book.pdf").write_bytes(data)
`;
