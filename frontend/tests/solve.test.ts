/** The clue that marks give: it stays in the inquiry when nobody can work it out just now. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CaseState, Clue, Inquiry, Marks } from "../src/types.ts";

const server = vi.hoisted(() => ({ frame: vi.fn() }));
vi.mock("../src/api.ts", async (original) => ({ ...(await original<object>()), api: server }));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the clue of a frame", () => {
  it("goes when its marks are refused, and stays when the server can't say", async () => {
    const { Refused } = await import("../src/api.ts"); // first, so that the others get the one without a server
    const [{ startSolving }, signals] = await Promise.all([import("../src/frame/solve.ts"), import("../src/store/signals.ts")]);
    const marks: Marks = { image: { width_px: 4, height_px: 3 }, mark: [{ means: "horizon", points_px: [[0, 1], [2, 1]] }] };
    const clue = { kind: "sun_direction" } as unknown as Clue;
    const inquiry: Inquiry = {
      version: 1, prior: {}, clues: [{ id: "one", on: true, frame: "a:0", clue }], frames: { "a:0": { item: "a", number: 0, time_s: null, marks } }, pins: [], layers: [], notes: "",
    };
    signals.caseState.value = { revision: 1, path: "/one", name: "one", read_only: false, items: [], inquiry, record: [] } as CaseState;
    signals.inquiry.value = inquiry;
    signals.selectFrame("a", 0);
    server.frame.mockRejectedValueOnce(new Refused(409, { code: "other-case-open" }));
    startSolving();
    await vi.advanceTimersByTimeAsync(200);
    expect(server.frame).toHaveBeenCalledTimes(1);
    expect(signals.inquiry.value.clues.length).toBe(1);
    server.frame.mockRejectedValueOnce(new Refused(400, { code: "too-few-marks" }));
    signals.returned.value += 1;
    await vi.advanceTimersByTimeAsync(200);
    expect(server.frame).toHaveBeenCalledTimes(2);
    expect(signals.inquiry.value.clues.length).toBe(0);
  });
});
