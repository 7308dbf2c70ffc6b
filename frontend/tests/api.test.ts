/** Calls that break off, and jobs that a server has forgotten. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { api, whileLeaving } from "../src/api.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

const json = (status: number, body: object): Response => new Response(JSON.stringify(body), { status });
/** The server's replies, one after the other; the paths that were called. */
function replies(...given: Response[]): string[] {
  const paths: string[] = [];
  vi.stubGlobal("fetch", async (path: string) => {
    paths.push(path);
    return given.shift();
  });
  return paths;
}

describe("a call", () => {
  it("whose reply breaks off was not answered", async () => {
    const cut = new ReadableStream({ start: (stream) => stream.error(new TypeError("network error")) });
    replies(new Response(cut, { status: 200 }));
    await expect(api.state()).rejects.toMatchObject({ code: "gone" });
  });

  it("whose reply is no JSON was answered, but not so that it can be read", async () => {
    replies(new Response("<html>", { status: 200 }));
    await expect(api.state()).rejects.toMatchObject({ code: "unreadable", status: 200 });
  });

  it("about a case that is being closed is not sent, and one that was is ended", async () => {
    const paths = replies(json(200, { ok: true }), json(202, { ok: true, job: "one" }), json(200, { ok: true, done: true, result: {} }));
    const ended = vi.fn();
    vi.stubGlobal("fetch", (fetched => (path: string, { signal }: { signal: AbortSignal }) => {
      signal.addEventListener("abort", ended);
      return fetched(path);
    })(fetch as unknown as (path: string) => Promise<Response>));
    const before = api.state();
    const closing = whileLeaving(api.closeCase);
    expect(ended).toHaveBeenCalledTimes(1);
    await expect(api.hello()).rejects.toMatchObject({ name: "AbortError" });
    await Promise.all([before, closing]);
    expect(paths).toEqual(["/api/state", "/api/case/close", "/api/jobs/one"]);
    replies(json(200, { ok: true, case: null }));
    expect(await api.hello()).toMatchObject({ case: null });
  });

  it("whose job is forgotten is sent again, where it only works something out", async () => {
    const forgotten = { ok: false, code: "no-such-job", message: "there is no such job" };
    const paths = replies(json(202, { ok: true, job: "one" }), json(404, forgotten), json(200, { ok: true, id: "found" }));
    expect(await api.locate({ prior: {}, clue: [] })).toMatchObject({ id: "found" });
    expect(paths).toEqual(["/api/locate", "/api/jobs/one", "/api/locate"]);
    replies(json(202, { ok: true, job: "two" }), json(404, forgotten));
    await expect(api.addItems("/one")).rejects.toMatchObject({ code: "no-such-job" });
  });
});
