/** The exact answer without a browser: none is lost, and none is taken for that of another question. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CaseState, Clue, Inquiry } from "../src/types.ts";

const server = vi.hoisted(() => ({ locateFirst: vi.fn(), locate: vi.fn() }));
vi.mock("../src/api.ts", async (original) => ({ ...(await original<object>()), api: server }));

/** The page's modules, made anew: each test begins with a tab that was just opened. */
async function tab() {
  vi.resetModules();
  const api = await import("../src/api.ts"); // first, so that the others get the one without a server
  const [answer, signals, notices] = await Promise.all([
    import("../src/answer.ts"), import("../src/store/signals.ts"), import("../src/store/notices.ts"),
  ]);
  return { ...answer, ...api, signals, notices };
}
let page: Awaited<ReturnType<typeof tab>>;

const refused = (...wheres: string[]): InstanceType<typeof page.Refused> =>
  new page.Refused(400, { code: "bad-value", message: "no", details: { problems: wheres.map((where) => ({ code: "bad-value", where, expected: "a clock reading", found: "half past" })) } });

const grid = { values: "", level: "", south: 0, west: 0, north: 0, east: 0, rows: 0, columns: 0 };
const map = { world: grid, region: null, contours: {}, modes: [] };
const first = { first: true, map, credible: { "0.9": { area_km2: 7 } } };
const whole = (id: string): object => ({ id, map, calendar: { ...grid }, answer: { modes: [] }, act: null });

/** Calls that are answered when the test says so. */
function held(): { done: (value: unknown) => void; failed: (error: unknown) => void }[] {
  const calls: { done: (value: unknown) => void; failed: (error: unknown) => void }[] = [];
  server.locate.mockImplementation(() => new Promise((done, failed) => { calls.push({ done, failed }); }));
  return calls;
}

const clue = { kind: "sun_elevation", elevation_deg: 30, sigma_deg: 1 } as unknown as Clue;
const inquiry = (not_before: string): Inquiry => ({ version: 1, prior: { not_before }, clues: [{ id: "one", on: true, clue }], frames: {}, pins: [], layers: [], notes: "" });
const from = (year: string): void => { page.signals.inquiry.value = inquiry(year); };
const asked = (): unknown[] => server.locateFirst.mock.calls.map(([document]) => (document as { prior: { not_before: string } }).prior.not_before);
/** Until everything that is due within so long [ms] has happened. */
const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  for (const call of Object.values(server)) call.mockReset();
  server.locateFirst.mockResolvedValue(first);
  server.locate.mockImplementation(async ({ prior }: { prior: { not_before: string } }) => whole(prior.not_before));
  page = await tab();
  page.signals.caseState.value = { revision: 1, path: "/one", name: "one", read_only: false, items: [], inquiry: inquiry("2020"), record: [] } as CaseState;
  from("2020");
  page.startAnswering();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the exact answer", () => {
  it("is that of the question which stands when typing ends", async () => {
    await pass(100);
    expect([page.signals.answer.value?.id, page.signals.answerStale.value]).toEqual(["2020", false]);
  });

  it("stays in force where something was changed and changed back at once", async () => {
    await pass(100);
    from("2021");
    expect(page.signals.answerStale.value).toBe(true);
    from("2020");
    await pass(100);
    expect([page.signals.answerStale.value, asked()]).toEqual([false, ["2020"]]);
  });

  it("is not taken for the next one's when it comes late", async () => {
    const calls = held();
    await pass(100);
    from("2021");
    calls[0]!.done(whole("2020"));
    await pass(0);
    expect(page.signals.answerStale.value).toBe(true);
    await pass(100);
    calls[1]!.done(whole("2021"));
    await pass(0);
    expect([page.signals.answer.value?.id, page.signals.answerStale.value]).toEqual(["2021", false]);
  });

  it("is asked for again after another tab had closed the case", async () => {
    const calls = held();
    await pass(100);
    calls[0]!.failed(new page.Refused(409, { code: "other-case-open" }));
    await pass(100);
    expect([page.notices.notices.value.map((one) => one.code), asked().length]).toEqual([["elsewhere"], 1]);
    page.signals.returned.value += 1;
    await pass(100);
    calls[1]!.done(whole("2020"));
    await pass(0);
    expect([page.signals.answer.value?.id, page.signals.answerTrouble.value]).toEqual(["2020", null]);
  });

  it("is asked for again once a server that broke off is back", async () => {
    server.locate.mockRejectedValueOnce(new page.Refused(0, { code: "gone" }));
    await pass(100);
    expect([page.signals.serverGone.value, page.signals.answerStale.value]).toEqual([true, true]);
    page.signals.returned.value += 1;
    await pass(100);
    expect([page.signals.answer.value?.id, page.signals.answerStale.value]).toEqual(["2020", false]);
  });

  it("is told not to come where what came can't be drawn, in place of waiting for ever", async () => {
    server.locate.mockResolvedValueOnce({ id: "2020" });
    await pass(100);
    expect([page.signals.answerStale.value, page.signals.answerTrouble.value === null]).toEqual([false, false]);
  });
});

describe("clues that can't be read", () => {
  it("are told apart from the others, each with the first reason", () => {
    expect([...page.unreadable(refused("clue[2].time", "clue[2].sigma_s", "clue[0].zone"))]).toEqual([
      [2, "clue[2].time: expected a clock reading, got half past"], [0, "clue[0].zone: expected a clock reading, got half past"],
    ]);
  });
  it("are none where the question itself is at fault", () => {
    expect(page.unreadable(refused("clue[2].time", "prior.not_before")).size).toBe(0);
    expect(page.unreadable(new page.Refused(400, { code: "nowhere", message: "no" })).size).toBe(0);
  });
});
