import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { afterWaited, waitedFor } from "./looking.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("small pictures", () => {
  it("come after the frame, also where that was asked for a moment later, or failed", async () => {
    const done: string[] = [];
    let fail = (): void => undefined;
    void afterWaited().then(() => done.push("small"));
    const frame = waitedFor(new Promise((_, failed) => { fail = () => failed(new Error("no frame")); }));
    frame.catch(() => done.push("frame"));
    await vi.advanceTimersByTimeAsync(1000);
    expect(done).toEqual([]);
    fail();
    await vi.advanceTimersByTimeAsync(0);
    expect([...done].sort()).toEqual(["frame", "small"]);
  });

  it("wait for nothing where nothing is waited for", async () => {
    const done: string[] = [];
    void afterWaited().then(() => done.push("small"));
    await vi.advanceTimersByTimeAsync(0);
    expect(done).toEqual(["small"]);
  });
});
