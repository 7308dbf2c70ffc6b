/** The store without a browser: steps and undo, saving soon, two tabs, and a server that goes and comes back. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CaseState, Inquiry } from "../src/types.ts";

const server = vi.hoisted(() => ({
  hello: vi.fn(), state: vi.fn(), saveInquiry: vi.fn(), openCase: vi.fn(), closeCase: vi.fn(),
}));
vi.mock("../src/api.ts", async (original) => ({ ...(await original<object>()), api: server }));

const empty: Inquiry = { version: 1, prior: {}, clues: [], frames: {}, pins: [], layers: [], notes: "" };
const caseOf = (part: Partial<CaseState> = {}): CaseState => ({
  revision: 1, path: "/cases/one", name: "one", read_only: false, items: [], inquiry: empty, record: [], ...part,
});
const noted = (notes: string) => (now: Inquiry): Inquiry => ({ ...now, notes });
const from = (not_before: string) => (now: Inquiry): Inquiry => ({ ...now, prior: { ...now.prior, not_before } });

/** All modules of the store, made anew: each test begins with a tab that was just opened. */
async function tab() {
  vi.resetModules();
  const api = await import("../src/api.ts"); // before the rest: asked for by many at once, the mock is made more than once, each with a Refused of its own
  const [signals, notices, history, edit, autosave, open, connection] = await Promise.all([
    import("../src/store/signals.ts"), import("../src/store/notices.ts"), import("../src/store/history.ts"),
    import("../src/store/edit.ts"), import("../src/store/autosave.ts"), import("../src/store/open_case.ts"),
    import("../src/store/connection.ts"),
  ]);
  const store = { ...api, ...signals, ...notices, ...history, ...edit, ...autosave, ...open, ...connection };
  const notice = (code: string) => store.notices.value.find((one) => one.code === code);
  const press = (code: string, button: number): void => notice(code)?.actions[button]?.act();
  return { ...store, notice, press };
}
type Tab = Awaited<ReturnType<typeof tab>>;

/** What a browser keeps between tabs. */
function storage(): object {
  const held = new Map<string, string>();
  return {
    get length() { return held.size; },
    key: (index: number) => [...held.keys()][index] ?? null,
    getItem: (key: string) => held.get(key) ?? null,
    setItem: (key: string, value: string) => void held.set(key, value),
    removeItem: (key: string) => void held.delete(key),
  };
}

/** The server keeps what it is sent, at the next revision. */
const saves = async (revision: number): Promise<object> => ({ revision: revision + 1, act: null });
/** What was sent: revision, notes and earliest date of the inquiry, line. */
const sent = (): unknown[] =>
  (server.saveInquiry.mock.calls as [number, Inquiry, string][]).map(([revision, { notes, prior }, said]) =>
    [revision, notes, prior.not_before ?? null, said]);

let page: Tab;
let listeners: Record<string, () => void>;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "queueMicrotask"] });
  listeners = {};
  vi.stubGlobal("requestAnimationFrame", () => 0);
  vi.stubGlobal("addEventListener", (name: string, act: () => void) => { listeners[name] = act; });
  vi.stubGlobal("location", { hash: "", pathname: "/" });
  vi.stubGlobal("history", { replaceState: () => { location.hash = ""; } });
  vi.stubGlobal("localStorage", storage());
  const kept = new Map<string, string>();
  vi.stubGlobal("sessionStorage", { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value) });
  for (const call of Object.values(server)) call.mockReset();
  server.saveInquiry.mockImplementation(saves);
  server.hello.mockResolvedValue({ case: "/cases/one" });
  page = await tab();
  page.startConnection();
  page.takeCase(caseOf());
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const gone = (): Error => new page.Refused(0, { code: "gone" });
const conflict = (state: CaseState): Error => new page.Refused(409, { code: "newer-revision", state });

describe("undo", () => {
  it("goes back and forward, and forgets what was undone at the next step", () => {
    for (const text of ["a", "b", "c"]) page.edit(`wrote ${text}`, noted(text));
    page.undo();
    page.undo();
    expect([page.inquiry.value.notes, page.canUndo.value, page.canRedo.value]).toEqual(["a", true, true]);
    page.redo();
    expect(page.inquiry.value.notes).toBe("b");
    page.edit("wrote d", noted("d"));
    expect(page.canRedo.value).toBe(false);
    page.undo();
    expect(page.inquiry.value.notes).toBe("b");
  });

  it("keeps the last 200 steps", () => {
    for (let step = 1; step <= page.MOST_STEPS + 5; step++) page.edit(`wrote ${step}`, noted(String(step)));
    let back = 0;
    for (; page.canUndo.value; back++) page.undo();
    expect([back, page.inquiry.value.notes]).toEqual([page.MOST_STEPS, "5"]);
    for (; page.canRedo.value; back--) page.redo();
    expect([back, page.inquiry.value.notes]).toEqual([0, String(page.MOST_STEPS + 5)]);
  });

  it("takes steps of one kind within a second as one, and a pause or another kind ends that", () => {
    page.edit("moved", noted("1"), "mark 0");
    vi.advanceTimersByTime(page.TOGETHER_MS - 1);
    page.edit("moved", noted("2"), "mark 0");
    page.undo();
    expect(page.inquiry.value.notes).toBe("");
    page.edit("moved", noted("1"), "mark 0");
    vi.advanceTimersByTime(page.TOGETHER_MS);
    page.edit("moved", noted("2"), "mark 0");
    page.edit("moved", noted("3"), "mark 1");
    page.undo();
    expect(page.inquiry.value.notes).toBe("2");
    page.undo();
    expect(page.inquiry.value.notes).toBe("1");
  });

  it("knows no step that changed nothing, and none of another case", async () => {
    page.edit("did nothing", (now) => now);
    expect([page.canUndo.value, page.unsaved()]).toEqual([false, false]);
    page.edit("wrote", noted("a"));
    page.takeCase(caseOf({ path: "/cases/two" }));
    expect([page.canUndo.value, page.unsaved(), page.inquiry.value.notes]).toEqual([false, false, ""]);
  });

  it("is saved like any other step, with its own line", async () => {
    page.edit("wrote", noted("a"));
    await page.flush();
    page.undo();
    page.redo();
    await page.flush();
    expect(sent()).toEqual([[1, "a", null, "wrote"], [2, "a", null, "undid: wrote; did again: wrote"]]);
  });
});

describe("saving", () => {
  it("waits until nothing has changed for a while, and sends the lines together, each once", async () => {
    page.edit("wrote a", noted("a"));
    await vi.advanceTimersByTimeAsync(page.QUIET_MS - 1);
    page.edit("wrote b", noted("b"));
    page.edit("wrote b", noted("bb"));
    await vi.advanceTimersByTimeAsync(page.QUIET_MS - 1);
    expect([sent(), page.saving.value, page.unsaved()]).toEqual([[], "unsaved", true]);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent()).toEqual([[1, "bb", null, "wrote a; wrote b"]]);
    expect([page.saving.value, page.unsaved()]).toEqual(["saved", false]);
  });

  it("sends what was said while it was sending afterwards, on the new revision", async () => {
    server.saveInquiry.mockImplementationOnce((revision: number) => {
      page.edit("wrote b", noted("b"));
      return saves(revision);
    });
    page.edit("wrote a", noted("a"));
    await page.flush();
    expect(page.saving.value).toBe("unsaved");
    await vi.advanceTimersByTimeAsync(page.QUIET_MS);
    expect(sent()).toEqual([[1, "a", null, "wrote a"], [2, "b", null, "wrote b"]]);
    expect(page.saving.value).toBe("saved");
  });

  it("sends one save at a time", async () => {
    let arrive = (): void => undefined;
    server.saveInquiry.mockImplementationOnce(async (revision: number) => {
      await new Promise<void>((done) => { arrive = done; });
      return saves(revision);
    });
    page.edit("wrote a", noted("a"));
    const first = page.flush();
    page.edit("wrote b", noted("b"));
    const second = page.flush();
    await vi.advanceTimersByTimeAsync(page.QUIET_MS);
    expect(sent()).toEqual([[1, "a", null, "wrote a"]]);
    arrive();
    await Promise.all([first, second]);
    expect(sent()).toEqual([[1, "a", null, "wrote a"], [2, "b", null, "wrote b"]]);
  });

  it("keeps the lines of a save that failed, and tries again when asked to", async () => {
    server.saveInquiry.mockRejectedValueOnce(new page.Refused(500, { code: "disk_full", message: "No space is left." }));
    page.edit("wrote a", noted("a"));
    await page.flush();
    expect([page.saving.value, page.unsaved(), page.notice("save")?.tone]).toEqual(["read-only", true, "error"]);
    page.press("save", 0);
    await vi.advanceTimersByTimeAsync(0);
    expect(sent()).toEqual([[1, "a", null, "wrote a"], [1, "a", null, "wrote a"]]);
    expect([page.saving.value, page.notice("save")]).toEqual(["saved", undefined]);
  });

  it("sends nothing of a case that can't be written to, until it is tried again", async () => {
    page.takeCase(caseOf({ read_only: true, read_only_why: "a read-only disk" }));
    page.edit("wrote a", noted("a"));
    await vi.advanceTimersByTimeAsync(page.QUIET_MS);
    expect([sent(), page.saving.value, page.notice("read-only")?.hint]).toEqual([[], "read-only", "a read-only disk"]);
    page.press("read-only", 0);
    await vi.advanceTimersByTimeAsync(0);
    expect([sent(), page.saving.value]).toEqual([[[1, "a", null, "wrote a"]], "saved"]);
  });

  it("goes before closing, and what it could not save is dropped only when the user says so", async () => {
    page.edit("wrote a", noted("a"));
    server.saveInquiry.mockRejectedValue(new page.Refused(500, { code: "disk_full", message: "No space is left." }));
    await page.closeCase();
    expect([page.caseState.value?.name, page.notice("close")?.tone, page.forgotten.value]).toEqual(["one", "warn", 0]);
    page.press("close", 0);
    await vi.advanceTimersByTimeAsync(0);
    expect([page.caseState.value, page.inquiry.value, page.notices.value, page.forgotten.value]).toEqual([null, empty, [], 1]);
  });
});

describe("two tabs", () => {
  it("are put together where another tab saved first, and the whole is saved", async () => {
    const theirs = caseOf({ revision: 7, inquiry: from("2021-01-01T00:00:00Z")(empty) });
    server.saveInquiry.mockRejectedValueOnce(conflict(theirs));
    page.edit("wrote a", noted("a"));
    await page.flush();
    expect([page.inquiry.value.notes, page.inquiry.value.prior.not_before]).toEqual(["a", "2021-01-01T00:00:00Z"]);
    await vi.advanceTimersByTimeAsync(page.QUIET_MS);
    expect(sent().at(-1)).toEqual([7, "a", "2021-01-01T00:00:00Z", "wrote a"]);
    expect([page.saving.value, page.notice("tabs")?.tone]).toEqual(["saved", "done"]);
  });

  async function clash(): Promise<void> {
    server.saveInquiry.mockRejectedValueOnce(conflict(caseOf({ revision: 7, inquiry: noted("theirs")(empty) })));
    page.edit("wrote mine", noted("mine"));
    await page.flush();
    await vi.advanceTimersByTimeAsync(10 * page.QUIET_MS);
    expect(sent()).toHaveLength(1); // nothing is saved until the user has chosen
    expect([page.inquiry.value.notes, page.saving.value, page.notice("tabs")?.tone]).toEqual(["mine", "unsaved", "warn"]);
  }

  it("ask where both changed one thing, and this tab's version is kept on request", async () => {
    await clash();
    page.press("tabs", 0);
    await vi.advanceTimersByTimeAsync(page.QUIET_MS);
    expect(sent().at(-1)).toEqual([7, "mine", null, "wrote mine; kept this tab's version"]);
    expect([page.saving.value, page.notice("tabs")]).toEqual(["saved", undefined]);
  });

  it("take the other's version on request, as a step that can be undone", async () => {
    await clash();
    page.press("tabs", 1);
    await vi.advanceTimersByTimeAsync(page.QUIET_MS);
    expect(sent().at(-1)).toEqual([7, "theirs", null, "wrote mine; took the other tab's version"]);
    page.undo();
    expect(page.inquiry.value.notes).toBe("mine");
  });

  it("take over what another tab saved while this one said nothing", async () => {
    server.state.mockResolvedValue({ state: caseOf({ revision: 7, inquiry: noted("theirs")(empty), record: [{ number: 3, at: "", said: "wrote", told: [], command: null }] }) });
    await page.refresh();
    await vi.advanceTimersByTimeAsync(page.QUIET_MS);
    expect([page.inquiry.value.notes, page.record.value.length, page.saving.value, sent()]).toEqual(["theirs", 1, "saved", []]);
    page.edit("wrote on", noted("on"));
    await page.flush();
    expect(sent()).toEqual([[7, "on", null, "wrote on"]]);
  });
});

describe("a server that is gone", () => {
  async function lose(): Promise<void> {
    server.saveInquiry.mockRejectedValueOnce(gone());
    page.edit("wrote a", noted("a"));
    await page.flush();
    expect([page.serverGone.value, page.saving.value, page.unsaved(), page.notice("gone")?.tone]).toEqual([true, "unsaved", true, "error"]);
  }

  it("is asked again until it answers; what was said meanwhile is saved then", async () => {
    await lose();
    server.state.mockRejectedValueOnce(gone()).mockRejectedValueOnce(gone()).mockResolvedValue({ state: caseOf() });
    page.fail(gone()); // a second call that fails does not ask twice as often
    await vi.advanceTimersByTimeAsync(1000 + 1500 - 1);
    expect([server.state.mock.calls.length, page.serverGone.value]).toEqual([1, true]);
    await vi.advanceTimersByTimeAsync(1 + 1500);
    expect([server.state.mock.calls.length, page.serverGone.value, page.returned.value]).toEqual([3, false, 1]);
    expect([page.notice("gone"), page.notice("back")?.tone, page.saving.value]).toEqual([undefined, "done", "saved"]);
    expect(sent().at(-1)).toEqual([1, "a", null, "wrote a"]);
  });

  it("may have gained what another tab said: both are put together", async () => {
    await lose();
    server.state.mockResolvedValue({ state: caseOf({ revision: 4, inquiry: from("2020-01-01T00:00:00Z")(empty) }) });
    await vi.advanceTimersByTimeAsync(2000);
    expect(sent().at(-1)).toEqual([4, "a", "2020-01-01T00:00:00Z", "wrote a"]);
    expect(page.saving.value).toBe("saved");
  });

  it("that was started anew refuses the old token; its new address goes on with what is on screen", async () => {
    await lose();
    server.state.mockRejectedValueOnce(new page.Refused(403, { code: "token" }));
    await vi.advanceTimersByTimeAsync(10_000);
    expect([server.state.mock.calls.length, page.notice("gone")?.actions.length, page.serverGone.value]).toEqual([1, 1, true]);
    server.hello.mockResolvedValue({ case: null });
    server.openCase.mockResolvedValue({ state: caseOf({ revision: 3 }) });
    location.hash = "#t=another-token";
    listeners["hashchange"]?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(server.openCase).toHaveBeenCalledWith({ path: "/cases/one" });
    expect([page.token.value, location.hash, page.serverGone.value, page.returned.value]).toEqual(["another-token", "", false, 1]);
    expect(sent().at(-1)).toEqual([3, "a", null, "wrote a"]);
  });

  it("is not called back where it was never gone: the same address once more, or a new one", async () => {
    location.hash = "#t=one-token";
    server.hello.mockResolvedValue({ case: "/cases/one" });
    server.state.mockResolvedValue({ state: caseOf() });
    const asked = server.hello.mock.calls.length;
    listeners["hashchange"]?.(); // as if opened with it
    await vi.advanceTimersByTimeAsync(0);
    location.hash = "#t=one-token";
    listeners["hashchange"]?.();
    await vi.advanceTimersByTimeAsync(0);
    expect([page.token.value, location.hash, page.notice("back"), server.hello.mock.calls.length - asked]).toEqual(["one-token", "", undefined, 1]);
  });

  it("lets an upload wait until it is back, or until the case is closed", async () => {
    server.state.mockResolvedValue({ state: caseOf() });
    page.reportServerGone();
    const back = page.cameBack();
    await vi.advanceTimersByTimeAsync(1000);
    await expect(back).resolves.toBeUndefined();
    const never = page.cameBack();
    page.leaveCase();
    await expect(never).rejects.toThrow("closed");
  });
});

describe("what is typed and not saved", () => {
  const drafts = (): number => localStorage.length;

  it("is kept by case until it is saved, and not after", async () => {
    page.edit("wrote a", noted("a"));
    expect(drafts()).toBe(1);
    await page.flush();
    expect([drafts(), page.saving.value]).toEqual([0, "saved"]);
  });

  it("is taken up by the next tab of that case, and put together with what was saved meanwhile", async () => {
    server.saveInquiry.mockRejectedValue(gone());
    page.edit("wrote a", noted("a"));
    await page.flush();
    const key = localStorage.key(0) ?? "";
    const { inquiry } = JSON.parse(localStorage.getItem(key) ?? "{}") as { inquiry: Inquiry };
    expect(inquiry.notes).toBe("a");
    server.saveInquiry.mockImplementation(saves);
    page = await tab();
    page.takeCase(caseOf({ path: "/cases/other" }));
    expect([page.inquiry.value.notes, drafts()]).toEqual(["", 1]);
    page.takeCase(caseOf({ revision: 5, inquiry: from("2020-01-01T00:00:00Z")(empty) }));
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent().at(-1)).toEqual([5, "a", "2020-01-01T00:00:00Z", "wrote a"]);
    expect([page.saving.value, drafts()]).toEqual(["saved", 0]);
  });

  it("keeps what is said while the server closes it, and saves that at the next opening", async () => {
    let closed = (): void => undefined;
    server.closeCase.mockImplementation(() => new Promise<void>((done) => { closed = done; }));
    server.saveInquiry.mockRejectedValue(new DOMException("the case is being left", "AbortError")); // as every call is while a case is left
    const closing = page.closeCase();
    await vi.advanceTimersByTimeAsync(0);
    page.edit("wrote late", noted("late"));
    await vi.advanceTimersByTimeAsync(1000);
    closed();
    await closing;
    server.saveInquiry.mockReset().mockImplementation(saves);
    expect(page.caseState.value).toBeNull();
    expect(page.notice("close")?.text).toMatch(/is kept in this browser/);
    page.takeCase(caseOf());
    expect(page.inquiry.value.notes).toBe("late");
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent()).toEqual([[1, "late", null, "wrote late"]]);
  });

  it("goes when the user closes the case all the same", async () => {
    server.saveInquiry.mockRejectedValue(gone());
    page.edit("wrote a", noted("a"));
    await page.closeCase(true);
    expect(drafts()).toBe(0);
  });
});

describe("a case that another tab closed", () => {
  beforeEach(() => {
    server.hello.mockResolvedValue({ case: null });
  });

  it("saves what was on its way when it was opened here again, although that was refused late", async () => {
    const elsewhere = new page.Refused(409, { code: "no-case-open" });
    let refuse = (_: Error): void => {};
    server.saveInquiry.mockImplementationOnce(() => new Promise((_, no) => { refuse = no; }));
    page.edit("wrote a", noted("a"));
    void page.flush();
    await vi.advanceTimersByTimeAsync(0);
    page.fail(elsewhere); // another call was refused first
    server.openCase.mockResolvedValue({ state: caseOf() });
    page.press("elsewhere", 0);
    await vi.advanceTimersByTimeAsync(0);
    server.hello.mockResolvedValue({ case: "/cases/one" });
    refuse(elsewhere);
    await vi.advanceTimersByTimeAsync(0);
    expect([page.saving.value, page.notice("elsewhere"), page.caseElsewhere.value]).toEqual(["saved", undefined, false]);
    expect(sent().at(-1)).toEqual([1, "a", null, "wrote a"]);
  });

  it("is told once, saves nothing until it is opened here again, and then saves what was typed", async () => {
    server.saveInquiry.mockRejectedValue(new page.Refused(409, { code: "other-case-open" }));
    page.edit("wrote a", noted("a"));
    await page.flush();
    await page.flush();
    expect([server.saveInquiry.mock.calls.length, page.saving.value, page.notice("elsewhere")?.tone]).toEqual([1, "unsaved", "warn"]);
    server.saveInquiry.mockImplementation(saves);
    server.openCase.mockResolvedValue({ state: caseOf({ revision: 2 }) });
    page.press("elsewhere", 0);
    await vi.advanceTimersByTimeAsync(0);
    expect(server.openCase).toHaveBeenCalledWith({ path: "/cases/one" });
    expect(sent().at(-1)).toEqual([2, "a", null, "wrote a"]);
    expect([page.saving.value, page.notice("elsewhere")]).toEqual(["saved", undefined]);
  });

  it("is not taken from another tab when the server comes back with another case", async () => {
    server.saveInquiry.mockRejectedValueOnce(gone());
    page.edit("wrote a", noted("a"));
    await page.flush();
    server.hello.mockResolvedValue({ case: "/cases/other" });
    await vi.advanceTimersByTimeAsync(2000);
    expect([server.openCase.mock.calls.length, page.notice("elsewhere")?.actions.length, page.serverGone.value]).toEqual([0, 1, false]);
  });
});

describe("notices", () => {
  it("take the place of older ones with the same code, three at most; done ones go by themselves", async () => {
    for (const code of ["a", "b", "a", "c", "d"]) page.tell("warn", `${code} happened`, { code });
    expect(page.notices.value.map((one) => one.code)).toEqual(["a", "c", "d"]);
    page.tell("done", "ready");
    await vi.advanceTimersByTimeAsync(6000);
    expect(page.notices.value.map((one) => one.code)).toEqual(["c", "d"]);
  });

  it("show what runs, and an error once; a call that was stopped is none", async () => {
    const seen: unknown[] = [];
    const result = await page.during("reading", async (progress) => {
      progress(0.5, "");
      seen.push(page.busy.value.map(({ words, share }) => [words, share]));
      throw new DOMException("stopped", "AbortError");
    });
    expect([result, seen, page.busy.value, page.notices.value]).toEqual([null, [[["reading", 0.5]]], [], []]);
  });
});
