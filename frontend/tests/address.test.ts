import { describe, expect, it } from "vitest";
import { hashOf, readAddress, TOKEN_PART } from "../src/shell/address.ts";

describe("the address", () => {
  it("says event, screen, what is shown and its moment", () => {
    expect(readAddress("#/event/3/footage/ab12@4.2s")).toEqual({ screen: "footage", event: "3", rest: ["ab12"], at: "4.2s" });
    expect(readAddress("#/claims")).toEqual({ screen: "claims", event: null, rest: [], at: null });
    expect(readAddress("#/documents/search/%E6%A1%88%2F%E4%BB%B6")).toEqual({ screen: "documents", event: null, rest: ["search", "案/件"], at: null });
  });

  it("is none where no screen is named, and survives what can't be decoded", () => {
    for (const text of ["", "#", "#/", "#/event/3", "#/elsewhere", "#t=abc"]) expect(readAddress(text), text).toBeNull();
    expect(readAddress("#/sites/%E0%A4")).toEqual({ screen: "sites", event: null, rest: ["%E0%A4"], at: null });
  });

  it("is read back as it was written", () => {
    for (const at of [null, "0.31,0.2", "a@b"]) {
      for (const event of [null, "event", "يوم/1"]) {
        const one = { screen: "places" as const, event, rest: ["a b", "t=x", "é@ü"], at };
        expect(readAddress(hashOf(one))).toEqual(one);
      }
    }
  });

  it("carries the token apart from itself", () => {
    expect(TOKEN_PART.exec("#/sites/x&t=To-ken_1")?.[1]).toBe("To-ken_1");
    expect(readAddress("#/sites/x&t=To-ken_1")).toEqual({ screen: "sites", event: null, rest: ["x"], at: null });
    expect(TOKEN_PART.test(hashOf({ screen: "sites", event: null, rest: ["t=x"], at: null }))).toBe(false);
  });
});
