import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { defineConfig, type Plugin } from "vite";

const out = resolve(import.meta.dirname, "../src/noonmark/web/static");

/** THIRD-PARTY notices of what is in the built files, with each licence in full. */
function notices(): Plugin {
  return {
    name: "notices",
    generateBundle() {
      const lock = JSON.parse(readFileSync("package.json", "utf8")) as { dependencies: Record<string, string> };
      const names = new Set(Object.keys(lock.dependencies));
      for (const name of names) {
        const own = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8")) as { dependencies?: Record<string, string> };
        for (const other of Object.keys(own.dependencies ?? {})) names.add(other);
      }
      const parts = [...names].sort().map((name) => {
        const own = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8")) as { version: string; license: string };
        let text = "";
        for (const file of ["LICENSE", "LICENSE.md", "LICENSE.txt"]) {
          try {
            text = readFileSync(`node_modules/${name}/${file}`, "utf8").trim();
            break;
          } catch {
            continue;
          }
        }
        return `${name} ${own.version} (${own.license})\n\n${text}\n`;
      });
      const head =
        "What is built into this page, and under which licence.\n\n" +
        "Coast and borders: Natural Earth, public domain. Place names: GeoNames, CC BY 4.0.\n";
      this.emitFile({ type: "asset", fileName: "THIRD_PARTY.txt", source: [head, ...parts].join(`\n${"-".repeat(80)}\n`) });
    },
  };
}

/** A screen's part is named by its folder; all of them begin in an index.tsx. */
const chunkName = ({ facadeModuleId, name }: { facadeModuleId?: string | null; name: string }): string =>
  `assets/${/\/screens\/(\w+)\/index\.tsx$/.exec(facadeModuleId ?? "")?.[1] ?? name}.js`;

export default defineConfig({
  base: "/",
  plugins: [notices()],
  worker: { format: "es", rollupOptions: { output: { entryFileNames: "assets/[name].js", chunkFileNames: "assets/[name].js" } } },
  build: {
    outDir: out,
    emptyOutDir: true,
    target: "es2022",
    cssCodeSplit: false, // one style sheet: what is on screen never waits for its colours
    modulePreload: false, // its helper would be an inline script
    assetsInlineLimit: 0, // data: scripts and styles are refused by the page's own policy
    reportCompressedSize: false,
    // Fixed names: nothing is cached (no-store), and a rebuild changes files instead of replacing them.
    rollupOptions: {
      output: { entryFileNames: "assets/page.js", chunkFileNames: chunkName, assetFileNames: "assets/page[extname]" },
    },
  },
  test: { include: ["tests/**/*.test.ts", "src/**/*.test.ts"], environment: "node" },
} as Parameters<typeof defineConfig>[0]);
