import { describe, expect, it } from "vitest";
import { itemsOf, whose } from "./whose_answer.ts";

const events = [{ id: "arrival", items: ["a", "b"] }, { id: "fire", items: ["c"] }];
const of = itemsOf([{ frame: "a:12" }, { picture: "a:0" }, {}]);

describe("whose answer is shown", () => {
  it("is that of the items its clues come from", () => expect([...of]).toEqual(["a"]));
  it("is never taken for that of another event's footage", () => {
    expect(whose("a", null, of, events)).toBe("own");
    expect(whose("b", null, of, events)).toBe("none");
    expect(whose("c", null, of, events)).toBe("other");
    expect(whose("a", "fire", of, events)).toBe("other");
    expect(whose("a", "arrival", of, events)).toBe("own");
  });
  it("is said not to be that of a picture without an event either", () => expect(whose("d", null, of, events)).toBe("none"));
  it("is nobody's in particular where no clue comes from a picture", () => expect(whose("c", "fire", itemsOf([{}]), events)).toBe("own"));
});
