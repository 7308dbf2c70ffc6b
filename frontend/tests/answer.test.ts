import { describe, expect, it } from "vitest";
import { unreadable } from "../src/answer.ts";
import { Refused } from "../src/api.ts";

const refused = (...wheres: string[]): Refused =>
  new Refused(400, { code: "bad-value", message: "no", details: { problems: wheres.map((where) => ({ code: "bad-value", where, expected: "a clock reading", found: "half past" })) } });

describe("clues that can't be read", () => {
  it("are told apart from the others, each with the first reason", () => {
    expect([...unreadable(refused("clue[2].time", "clue[2].sigma_s", "clue[0].zone"))]).toEqual([
      [2, "clue[2].time: expected a clock reading, got half past"], [0, "clue[0].zone: expected a clock reading, got half past"],
    ]);
  });
  it("are none where the question itself is at fault", () => {
    expect(unreadable(refused("clue[2].time", "prior.not_before")).size).toBe(0);
    expect(unreadable(new Refused(400, { code: "nowhere", message: "no" })).size).toBe(0);
  });
});
