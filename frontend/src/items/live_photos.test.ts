import { beforeEach, describe, expect, it } from "vitest";
import type { Item } from "../types.ts";
import { halves, note, ofOneName, otherHalf, type Half } from "./live_photos.ts";

const item = (sha256: string, name: string, kind: Item["kind"]): Item => ({ sha256, name, kind, bytes: 1, added: "" });
const photo: Half = { identifier: "A-1", half: "photo" };
const film: Half = { identifier: "A-1", half: "film" };
const probe = (half: Half | null): { live_photo: { identifier: string; half: string } | null } => ({ live_photo: half === null ? null : { ...half } });

describe("the halves of a Live Photo", () => {
  beforeEach(() => {
    halves.value = {};
  });
  const items = [item("a", "in/IMG_1.HEIC", "photo"), item("b", "IMG_1.mov", "video"), item("c", "IMG_2.mov", "video"), item("d", "img_1.jpg", "photo")];
  it("are a photo and a film of one identifier", () => {
    const known = { a: photo, d: photo, b: film, c: { identifier: "B-2", half: "film" as const } };
    expect(["a", "b", "c", "other"].map((sha) => otherHalf(sha, known))).toEqual(["b", "a", null, null]);
  });
  it("have one name but for the ending", () => {
    expect(ofOneName(items[0]!, items).map(({ sha256 }) => sha256)).toEqual(["b"]);
  });
  it("are looked for where one of them was read, and nowhere else", async () => {
    const read: string[] = [];
    const reader = (sha: string): Promise<ReturnType<typeof probe>> => { read.push(sha); return Promise.resolve(probe(film)); };
    await note(items[2]!, items, probe(null), reader);
    expect(read).toEqual([]);
    await note(items[0]!, items, probe(photo), reader);
    expect(read).toEqual(["b"]);
    expect(otherHalf("a", halves.value)).toBe("b");
    await note(items[1]!, items, probe(film), reader);
    expect(read).toEqual(["b"]);
  });
});
