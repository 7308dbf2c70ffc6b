/** A letter that asks for a reply: whole, or what is missing in it. */
import { expect, it } from "vitest";
import { emptyLetter, readDeadline, readLetter } from "./letter.ts";

const whole = { name: " Works Authority ", kind: "agency", about: ["wall", "gone"], asked: "2022-12-01", how: "by letter", questions: "Who built it?", until: "2023-01-15" };

it("says whom it asks about which claims that are there, and until the end of which day", () => {
  expect(readLetter(whole, ["wall", "gate"])).toEqual({
    letter: { to: { name: "Works Authority", kind: "agency" }, about: ["wall"], asked_at: "2022-12-01T00:00:00Z", how: "by letter", questions: "Who built it?", deadline: "2023-01-15T23:59:59Z" },
    wrong: {},
  });
});

it("takes a deadline with a time of day and a zone as it is typed", () => {
  expect(readDeadline("2023-01-15T12:00:00+03:00")).toBe("2023-01-15T12:00:00+03:00");
  expect(readDeadline("")).toBeNull();
});

it("names all that is missing at once", () => {
  const found = readLetter(emptyLetter, ["wall"]);
  expect([found.letter, Object.keys(found.wrong).sort()]).toEqual([null, ["about", "asked", "how", "name", "questions", "until"]]);
});

it("can be answered on the day it was sent, but not before", () => {
  expect(readLetter({ ...whole, asked: "2023-01-15 10:00" }, ["wall"]).wrong).toEqual({});
  expect(Object.keys(readLetter({ ...whole, asked: "2023-01-16" }, ["wall"]).wrong)).toEqual(["until"]);
});

it("is not sent about claims that are gone", () => {
  expect(Object.keys(readLetter(whole, ["gate"]).wrong)).toEqual(["about"]);
});
