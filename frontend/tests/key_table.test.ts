import { describe, expect, it, vi } from "vitest";
import ar from "../src/i18n/ar.json";
import en from "../src/i18n/en.json";
import ru from "../src/i18n/ru.json";
import zh from "../src/i18n/zh.json";
import { keys as placesKeys } from "../src/screens/places/table.tsx";
import { KEY_TABLE, meant, type KeyPart, type KeyRow } from "../src/shell/key_table.ts";

const rows = (Object.keys(KEY_TABLE) as KeyPart[]).flatMap((part) => (KEY_TABLE[part] as readonly KeyRow[]).map((row) => ({ part, ...row })));
const pressed = (key: string, more: object = {}): KeyboardEvent => ({ key, ctrlKey: false, metaKey: false, altKey: false, isComposing: false, ...more }) as KeyboardEvent;

describe("the table of keys", () => {
  it("has words for each in four languages", () => {
    for (const table of [en, ar, ru, zh]) expect(rows.map((row) => `keys.${row.part}.${row.does}`).filter((key) => !(key in table))).toEqual([]);
  });

  it("gives no key two meanings in one part", () => {
    for (const part of Object.keys(KEY_TABLE) as KeyPart[]) {
      const keys = (KEY_TABLE[part] as readonly KeyRow[]).flatMap((row) => row.keys);
      expect(new Set(keys).size, part).toBe(keys.length);
    }
  });

  it("tells what a key means, whatever its case, and nothing while a modifier is held or an input method composes", () => {
    expect(meant("accounts", pressed("W"))).toEqual({ does: "code", at: 0 });
    expect(meant("lists", pressed("3"))).toEqual({ does: "decide", at: 2 });
    expect(meant("places", pressed("ArrowDown"))).toEqual({ does: "candidate", at: 1 });
    expect(meant("places", pressed("q"))).toBeNull();
    for (const more of [{ ctrlKey: true }, { metaKey: true }, { altKey: true }, { isComposing: true }]) expect(meant("accounts", pressed("w", more))).toBeNull();
  });

  it("leaves Home and End to the browser while a modifier is held", () => {
    const preventDefault = vi.fn();
    for (const key of ["Home", "End"]) placesKeys(pressed(key, { ctrlKey: true, preventDefault }));
    expect(preventDefault).not.toHaveBeenCalled();
  });
});
