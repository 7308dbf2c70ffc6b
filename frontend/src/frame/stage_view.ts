/** The view of the stage: where the image lies on it, and how large. */
import { signal } from "@preact/signals";
import type { StageView } from "./view.ts";

export const view = signal<StageView>({ scale: 1, x: 0, y: 0 });
