import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["tests/**/*.measure.ts"], environment: "node", fileParallelism: false, testTimeout: 300_000, hookTimeout: 120_000, expect: { poll: { timeout: 45_000, interval: 100 } } },
});
