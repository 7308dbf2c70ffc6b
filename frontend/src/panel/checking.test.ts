/** Claims are checked one after the other, the newest clues alone. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { CaseState, CheckReply, Pin } from "../types.ts";

const server = vi.hoisted(() => ({ check: vi.fn() }));
vi.mock("../api.ts", async (original) => ({ ...(await original<object>()), api: server }));

const { caseState, inquiry } = await import("../store/signals.ts");
const { startChecking, verdicts } = await import("./checking.ts");

const pin = (id: string): Pin => ({ id, label: id, place: [10, 10], km: 5, from: null, to: null });
const claims = ["a", "b", "c"].map(pin);
const opened = (elevation_deg: number): void => {
  inquiry.value = { version: 1, prior: {}, clues: [{ id: "sun", on: true, clue: { kind: "sun_elevation", elevation_deg } }], frames: {}, pins: claims, layers: [], notes: "" };
  caseState.value = { revision: 1, path: "/one", name: "one", read_only: false, items: [], record: [], inquiry: inquiry.value } satisfies CaseState;
};
const answers: (() => void)[] = [];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  server.check.mockImplementation(() => new Promise((done) => { answers.push(() => done({ act: null } as unknown as CheckReply)); }));
});
afterEach(() => vi.useRealTimers());

/** The reply to the call that was begun last. */
async function reply(): Promise<void> {
  answers.at(-1)?.();
  await vi.advanceTimersByTimeAsync(0);
}

it("asks one claim after the other, says of all that they are being checked, and drops what new clues have overtaken", async () => {
  startChecking();
  opened(30);
  await vi.advanceTimersByTimeAsync(1000);
  expect(server.check).toHaveBeenCalledTimes(1);
  expect(verdicts.value).toEqual({ a: null, b: null, c: null });
  await reply();
  expect(server.check).toHaveBeenCalledTimes(2);
  expect(verdicts.value["a"]).not.toBeNull();
  opened(40);
  await vi.advanceTimersByTimeAsync(1000);
  expect(server.check).toHaveBeenCalledTimes(2); // the call that runs is waited for
  for (let i = 0; i < 4; i++) await reply();
  const elevations = server.check.mock.calls.map(([document]) => (document as { clue: { elevation_deg: number }[] }).clue[0]?.elevation_deg);
  expect(elevations).toEqual([30, 30, 40, 40, 40]);
  expect(Object.values(verdicts.value).every((one) => one !== null)).toBe(true);
});
