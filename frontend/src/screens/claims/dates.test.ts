/** The dates of a claim: read like every time that is typed, kept when they stay as they are, refused when they are turned. */
import { expect, it } from "vitest";
import { endTime, time } from "../../ui/entry_formats.ts";
import { readClaimDates } from "./dates.ts";

it("says a date that is typed, and nothing for a field that is empty", () => {
  expect(readClaimDates("2021-03-01", "").said).toEqual({ earliest: "2021-03-01T00:00:00Z" });
  expect(readClaimDates("", "2021-06-30").said).toEqual({ latest: "2021-07-01T00:00:00Z" });
  expect(readClaimDates("2021-06-30", "2021-06-30").said).toEqual({ earliest: "2021-06-30T00:00:00Z", latest: "2021-07-01T00:00:00Z" });
  expect(readClaimDates(" ", "2021-06-30 14:30").said).toEqual({ latest: "2021-06-30T14:30:00Z" });
  expect(readClaimDates("", "").said).toEqual({});
});

it("keeps what a claim said when its fields are sent as they are shown", () => {
  for (const latest of ["2021-06-30T14:30:00+03:00", "2021-07-01T00:00:00Z"]) {
    const kept = { earliest: "2021-03-01T00:00:00Z", latest };
    expect(readClaimDates(time.show(kept.earliest), endTime.show(latest)).said).toEqual(kept);
  }
});

it("takes two that are the same moment, whatever their zones", () => {
  expect(readClaimDates("2021-03-01T12:00:00+03:00", "2021-03-01T09:00:00Z").wrong).toEqual({});
});

it("says nothing where a date can't be read or comes after the other", () => {
  expect(Object.keys(readClaimDates("spring", "2021-13-40").wrong)).toEqual(["earliest", "latest"]);
  expect(readClaimDates("2021-03-01", "soon").said).toBeNull();
  const turned = readClaimDates("2021-06-30", "2021-03-01");
  expect([turned.said, Object.keys(turned.wrong)]).toEqual([null, ["latest"]]);
});
