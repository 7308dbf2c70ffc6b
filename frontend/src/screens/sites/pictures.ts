/** Pictures of images, fetched with the token once and kept as blob addresses while their site is shown. */
import { signal, type Signal } from "@preact/signals";
import { siteImage } from "./api.ts";

export interface Shown { url: string; width_px: number; height_px: number }
export type PictureState = Shown | "coming" | "failed";
const known = new Map<string, Signal<PictureState>>();

export function pictureOf(site: string, image: string): Signal<PictureState> {
  const key = `${site} ${image}`;
  let found = known.get(key);
  if (found === undefined) {
    known.set(key, (found = signal<PictureState>("coming")));
    void fetchPicture(found, site, image);
  }
  return found;
}

async function fetchPicture(into: Signal<PictureState>, site: string, image: string): Promise<void> {
  try {
    const { blob } = await siteImage(site, image);
    const bitmap = await createImageBitmap(blob);
    into.value = { url: URL.createObjectURL(blob), width_px: bitmap.width, height_px: bitmap.height };
    bitmap.close();
  } catch {
    into.value = "failed";
  }
}

export function dropPictures(): void {
  for (const each of known.values()) if (typeof each.value === "object") URL.revokeObjectURL(each.value.url);
  known.clear();
}
