/** The page's modules import each other in one direction only. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../src");
const files = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.tsx?$/.test(name) && !/\.test\.ts$/.test(name))
  .map((name) => join(root, name));

/** The project's own modules that a source names; types count too. */
const imported = (source: string, folder: string): string[] =>
  [...source.matchAll(/^(?:import|export)\b[^;]*?from "(\.[^"]+\.tsx?)";/gm)].map((found) => join(folder, found[1] ?? ""));

const graph = new Map(files.map((file) => [file, imported(readFileSync(file, "utf8"), dirname(file))]));

/** The first way found from a module back to itself, as names; [] where there is none. */
function circle(modules: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const walk = (file: string, way: readonly string[]): string[] => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const next of modules.get(file) ?? []) {
      const found = walk(next, [...way, file]);
      if (found.length > 0) return found;
    }
    done.add(file);
    return [];
  };
  for (const file of modules.keys()) {
    const found = walk(file, []);
    if (found.length > 0) return found;
  }
  return [];
}

describe("the page's modules", () => {
  it("import each other in no circle", () => {
    expect(graph.size).toBeGreaterThan(80);
    expect(circle(graph).map((file) => relative(root, file))).toEqual([]);
  });

  it("are searched well enough to find a planted circle", () => {
    expect(circle(new Map([["a", ["b"]], ["b", ["c"]], ["c", ["b"]]]))).toEqual(["b", "c", "b"]);
    expect(imported('import { x } from "./y.ts";\nimport type {\n  Z,\n} from "../z.tsx";\n', "/a/b")).toEqual(["/a/b/y.ts", "/a/z.tsx"]);
  });

  it("of the store know no screen", () => {
    const store = files.filter((file) => file.startsWith(join(root, "store")));
    expect(store.flatMap((file) => graph.get(file) ?? []).filter((file) => file.endsWith(".tsx"))).toEqual([]);
  });
});
