/**
 * The real server and Debian's Chromium, with what every browser test must hold: no request leaves this machine, the content
 * policy is never broken, the console stays silent, and axe finds nothing.
 */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Locator, type Page } from "playwright-core";
import { expect } from "vitest";

const here = import.meta.dirname;
export const python = process.env["NOONMARK_PYTHON"] ?? resolve(here, "../../.venv/bin/python");
const chromiumPath = process.env["NOONMARK_CHROMIUM"] ?? "/usr/bin/chromium";
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Why the browser tests can't run here; null if they can. */
export const missing = !existsSync(chromiumPath) ? `no Chromium at ${chromiumPath}` : !existsSync(python) ? `no Python at ${python}` : null;

/** A home of the tests' own: no case, key or list of the user is touched. */
const home = mkdtempSync(join(tmpdir(), "noonmark-home-"));
const running = new Set<ChildProcess>();
process.once("exit", () => { // a failed test leaves nothing running, and nothing lying about
  for (const child of running) child.kill("SIGKILL");
  rmSync(home, { recursive: true, force: true });
});
const environment = { ...process.env, NO_COLOR: "1", HOME: home, XDG_STATE_HOME: join(home, "state"), XDG_CONFIG_HOME: join(home, "config") };

export function noonmark(...args: string[]): string {
  return execFileSync(python, ["-m", "noonmark", ...args], { encoding: "utf8", env: environment });
}

/** Runs Python code that makes what a test needs, with the arguments in sys.argv[1:] and the tests' own home. */
export function prepare(code: string, ...args: string[]): void {
  execFileSync(python, ["-c", code, ...args], { env: environment });
}

export interface Server {
  url: string;
  origin: string;
  port: number;
  process: ChildProcess;
  stop: () => Promise<void>;
}

/** The page's server: `noonmark open`, or another command that serves it, given as the first argument; slow where NOONMARK_SLOW says so. */
export async function serve(...given: (string | string[])[]): Promise<Server> {
  const command = Array.isArray(given[0]) ? given[0] : ["open"];
  const args = given.filter((one) => typeof one === "string");
  const program = process.env["NOONMARK_SLOW"] ? [resolve(here, "slow_server.py")] : ["-m", "noonmark"];
  const child = spawn(python, [...program, ...command, "--no-browser", ...args], { env: environment });
  running.add(child);
  child.once("exit", () => running.delete(child));
  let said = "";
  const url = await new Promise<string>((done, fail) => {
    const listen = (piece: Buffer): void => {
      said += piece.toString();
      const found = /http:\/\/\S+[#&]t=[\w-]+/.exec(said)?.[0];
      if (found !== undefined) done(found);
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.on("exit", (code) => fail(new Error(`noonmark open ended with ${code}: ${said}`)));
    setTimeout(() => fail(new Error(`noonmark open said no address: ${said}`)), 60_000);
  });
  const { origin, port } = new URL(url);
  const stop = (): Promise<void> =>
    new Promise((done) => {
      if (child.exitCode !== null || child.signalCode !== null) return done();
      child.removeAllListeners("exit");
      child.on("exit", () => done());
      child.kill("SIGINT");
      setTimeout(() => child.kill("SIGKILL"), 8000).unref();
    });
  return { url, origin, port: Number(port), process: child, stop };
}

export const launch = (): Promise<Browser> =>
  chromium.launch({ executablePath: chromiumPath, args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"] });

export function scratch(): { path: (name: string) => string; clear: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "noonmark-page-"));
  return { path: (name) => join(folder, name), clear: () => rmSync(folder, { recursive: true, force: true }) };
}

/** What stands before the address of what a fault is about: an address, with its port and digests, makes no fault an allowed one. */
const WHERE = "\n  ";

/** A page that is watched from its first byte on. `settle()` asserts what must hold. */
export class Watched {
  readonly faults: string[] = [];
  readonly sent: string[] = [];
  bytes = 0;
  /** Console errors that a test brings about itself, such as a refused connection. */
  readonly allowed: RegExp[] = [];
  private constructor(readonly context: BrowserContext, readonly page: Page, private readonly origin: string) {}

  static async open(browser: Browser, server: Server, options: BrowserContextOptions = {}): Promise<Watched> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB", reducedMotion: "reduce", ...options });
    context.setDefaultTimeout(45_000);
    return Watched.inside(context, server);
  }

  /** Another tab of the same browser. */
  static async inside(context: BrowserContext, server: Server): Promise<Watched> {
    const page = await context.newPage();
    const watched = new Watched(context, page, server.origin);
    await page.addInitScript(() => {
      const found: string[] = [];
      (window as unknown as { policy: string[] }).policy = found;
      document.addEventListener("securitypolicyviolation", (event) => found.push(`${event.violatedDirective} ${event.blockedURI}`));
    });
    page.on("request", (request) => {
      const url = request.url();
      watched.sent.push(url);
      if (!url.startsWith(server.origin) && !url.startsWith("blob:") && !url.startsWith("data:")) watched.faults.push(`request to ${url}`);
    });
    page.on("response", (response) => {
      void response.body().then((body) => { watched.bytes += body.length; }, () => undefined);
    });
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") watched.faults.push(`console ${message.type()}: ${message.text()}${WHERE}${message.location().url}`);
    });
    page.on("pageerror", (error) => watched.faults.push(`page error: ${error.message}`));
    page.on("dialog", (dialog) => {
      watched.faults.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.goto(server.url);
    return watched;
  }

  async openSample(): Promise<void> {
    await this.page.getByRole("button", { name: "Open the sample" }).click();
    await this.answered();
  }

  /** Waits until the exact answer on screen is that of the clues on screen. */
  async answered(): Promise<string> {
    const status = this.page.locator("#status[data-ready]:not([data-ready=''])");
    await status.waitFor({ timeout: 90_000 });
    return (await status.getAttribute("data-ready")) ?? "";
  }

  async axe(name: string): Promise<void> {
    await this.page.evaluate(axe);
    const found = await this.page.evaluate(async () => {
      const { axe: run } = window as unknown as { axe: { run: (where: Document, options: object) => Promise<{ violations: { id: string; help: string; nodes: { target: string[]; failureSummary: string }[] }[] }> } };
      const { violations } = await run.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
      return violations.map((one) => `${one.id}: ${one.help}: ${one.nodes.slice(0, 4).map((node) => `${node.target.join(" ")} ${node.failureSummary.replace(/\s+/g, " ").slice(0, 160)}`).join(" | ")}`);
    });
    expect(found, `axe on ${name}`).toEqual([]);
  }

  async settle(): Promise<void> {
    const policy = await this.page.evaluate(() => (window as unknown as { policy: string[] }).policy);
    const faults = this.faults.filter((fault) => !this.allowed.some((pattern) => pattern.test(fault.split(WHERE)[0] ?? "")));
    expect(faults, "requests elsewhere, console errors").toEqual([]);
    expect(policy, "content policy").toEqual([]);
    expect(this.sent.length).toBeGreaterThan(0);
    expect(this.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  }

  /** Presses Tab until the focus is on what is meant, once it is there. */
  async tabTo(selector: string, most = 150): Promise<void> {
    await this.page.locator(selector).first().waitFor({ state: "attached" });
    for (let i = 0; i < most; i++) {
      if (await this.page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
      await this.page.keyboard.press("Tab");
    }
    throw new Error(`${selector} was not reached with Tab`);
  }
}

/** How long each measure of this name took on the page [ms]. */
export const measures = (page: Page, name: string): Promise<number[]> =>
  page.evaluate((wanted) => performance.getEntriesByName(wanted).map((entry) => entry.duration), name);

/** How long each preview of a sun dragged in an arc took [ms]. */
export async function previews(page: Page): Promise<number[]> {
  await page.evaluate(() => performance.clearMeasures("noonmark-preview"));
  const [x, y] = await middle(page.locator(".dome .sun"));
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let i = 0; i < 60; i++) {
    await page.mouse.move(x + 30 * Math.sin(i / 9), y - i / 2);
    await page.waitForTimeout(25);
  }
  await page.locator('.map-canvas[data-kind="preview"]').waitFor();
  await page.mouse.up();
  const took = await measures(page, "noonmark-preview");
  await page.getByRole("button", { name: "Back to the solution" }).click();
  return took;
}

/** How long each shadow, and each rough map, of a sun dragged in a line took [ms]. */
export async function sunDragged(page: Page): Promise<{ shadow: number[]; map: number[] }> {
  const [x, y] = await middle(page.locator(".dome .sun"));
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let k = 0; k < 8; k += 1) await page.mouse.move(x + k, y - k);
  await page.waitForTimeout(600);
  await page.evaluate(() => performance.clearMeasures());
  for (let k = 0; k < 80; k += 1) {
    await page.mouse.move(x + 8 + 0.4 * k, y - 8 - 0.3 * k);
    await page.waitForTimeout(30);
  }
  await page.waitForTimeout(400);
  await page.mouse.up();
  return { shadow: await measures(page, "noonmark-shadow"), map: await measures(page, "noonmark-preview") };
}

/** Where an element stands, once it has kept its place, size and scale for three frames: what comes or closes beside it moves it a frame later. */
export async function stillBox(shape: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  await shape.evaluate((node) => new Promise<void>((done) => {
    let [last, kept] = ["", 0];
    const look = (): void => {
      const now = `${node.getAttribute("data-scale")} ${JSON.stringify(node.getBoundingClientRect())}`;
      kept = now === last ? kept + 1 : 0;
      last = now;
      if (kept === 3) done();
      else requestAnimationFrame(look);
    };
    look();
  }));
  const box = await shape.boundingBox();
  if (box === null) throw new Error("it is not on the screen");
  return box;
}

async function middle(shape: Locator): Promise<[number, number]> {
  const box = await stillBox(shape);
  return [box.x + box.width / 2, box.y + box.height / 2];
}

/** Small pictures, each of another colour, written by Pillow. */
export function pictures(folder: string, count: number, name: (index: number) => string): void {
  mkdirSync(folder, { recursive: true });
  const names = Array.from({ length: count }, (_, index) => name(index));
  const code = "import sys,json,os\nfrom PIL import Image\nfolder,names=sys.argv[1],json.loads(sys.argv[2])\nfor i,n in enumerate(names): Image.new('RGB',(64,48),(i%256,i//256*13%256,(i*7)%256)).save(os.path.join(folder,n),'PNG')";
  execFileSync(python, ["-c", code, folder, JSON.stringify(names)]);
}

export const percentile = (values: number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
};

/** A case of many pictures, opened and loaded once more: its server, and the page that shows them all. */
export async function manyItems(browser: Browser, folder: ReturnType<typeof scratch>, count: number): Promise<{ server: Server; watched: Watched }> {
  pictures(folder.path("many"), count, (index) => `photo ${String(index).padStart(3, "0")}.png`);
  noonmark("case", "new", folder.path("big"));
  noonmark("case", "add", folder.path("big"), folder.path("many"));
  const server = await serve(folder.path("big"));
  const watched = await Watched.open(browser, server);
  await watched.page.locator(".item").nth(count - 1).waitFor();
  await watched.page.reload();
  await watched.page.locator(".item").nth(count - 1).waitFor();
  return { server, watched };
}
