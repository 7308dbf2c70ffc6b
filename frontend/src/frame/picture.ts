/** The pixels of a frame: whole where it is small, scaled with full-resolution pieces on demand where it is big. */
import { api } from "../api.ts";
import type { Size } from "./view.ts";

/** Beyond this many pixels a frame is fetched scaled, and its details in pieces: canvases and memory have limits. */
const WHOLE_PX = 20e6;
const SCALED_PX = 3200;
export const PIECE_PX = 1024;
const MOST_PIECES = 48;
const MOST_FRAMES = 6;

export interface FramePicture {
  readonly key: string;
  /** Of the oriented original. */
  readonly size: Size;
  readonly bitmap: ImageBitmap;
  /** Pixels of the bitmap per pixel of the original. */
  readonly share: number;
}

/** Counts the closings: what was asked for before one is not kept after it. */
let generation = 0;
const shown = new Set<ImageBitmap>();
const frames = new Map<string, Promise<FramePicture>>();
const pieces = new Map<string, ImageBitmap | "coming">();

export function pictureOf(item: string, number: number, size: Size | null): Promise<FramePicture> {
  const key = `${item}:${number}`;
  const known = frames.get(key);
  if (known !== undefined) {
    frames.delete(key); // the one looked at last goes last
    frames.set(key, known);
    return known;
  }
  const fresh = load(item, number, size);
  frames.set(key, fresh);
  fresh.catch(() => frames.delete(key));
  if (frames.size > MOST_FRAMES) {
    const [oldest] = frames.keys();
    if (oldest !== undefined && oldest !== key) letGo(oldest);
  }
  return fresh;
}

function letGo(key: string): void {
  const old = frames.get(key);
  frames.delete(key);
  void old?.then((frame) => {
    shown.delete(frame.bitmap);
    frame.bitmap.close();
  }, () => undefined);
}

async function load(item: string, number: number, size: Size | null): Promise<FramePicture> {
  const asked = generation;
  const big = size !== null && size.width * size.height > WHOLE_PX;
  const told = await api.framePicture(item, number, big ? SCALED_PX : undefined);
  const bitmap = await createImageBitmap(told.blob);
  if (asked !== generation) {
    bitmap.close();
    throw new DOMException("the case was closed", "AbortError");
  }
  shown.add(bitmap);
  const whole = told.width_px > 0 ? { width: told.width_px, height: told.height_px } : (size ?? { width: bitmap.width, height: bitmap.height });
  return { key: `${item}:${number}`, size: whole, bitmap, share: bitmap.width / whole.width };
}

export interface Piece {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly bitmap: ImageBitmap;
}

/** The full-resolution pieces known in a box of the image; the others are fetched, and `onNew` is then told. */
export function piecesIn(frame: FramePicture, box: { x: number; y: number; w: number; h: number }, onNew: () => void): Piece[] {
  if (frame.share >= 1) return [];
  const found: Piece[] = [];
  const [columns, rows] = [Math.ceil(frame.size.width / PIECE_PX), Math.ceil(frame.size.height / PIECE_PX)];
  const [left, top] = [Math.max(Math.floor(box.x / PIECE_PX), 0), Math.max(Math.floor(box.y / PIECE_PX), 0)];
  const [right, low] = [Math.min(Math.floor((box.x + box.w) / PIECE_PX), columns - 1), Math.min(Math.floor((box.y + box.h) / PIECE_PX), rows - 1)];
  if ((right - left + 1) * (low - top + 1) > MOST_PIECES / 2) return [];
  for (let j = top; j <= low; j += 1) {
    for (let i = left; i <= right; i += 1) {
      const [x, y] = [i * PIECE_PX, j * PIECE_PX];
      const [w, h] = [Math.min(PIECE_PX, frame.size.width - x), Math.min(PIECE_PX, frame.size.height - y)];
      const key = `${frame.key}:${x}:${y}`;
      const known = pieces.get(key);
      if (known instanceof ImageBitmap) found.push({ x, y, w, h, bitmap: known });
      else if (known === undefined) void fetchPiece(frame, key, { x, y, w, h }, onNew);
    }
  }
  return found;
}

async function fetchPiece(frame: FramePicture, key: string, box: { x: number; y: number; w: number; h: number }, onNew: () => void): Promise<void> {
  const [item = "", number = "0"] = frame.key.split(":");
  const asked = generation;
  pieces.set(key, "coming");
  try {
    const told = await api.crop(item, Number(number), box);
    const bitmap = await createImageBitmap(told.blob);
    if (asked !== generation) return bitmap.close();
    pieces.set(key, bitmap);
    for (const old of pieces.keys()) {
      if (pieces.size <= MOST_PIECES) break;
      if (old === key) continue;
      const piece = pieces.get(old);
      if (piece instanceof ImageBitmap) piece.close();
      pieces.delete(old);
    }
    onNew();
  } catch {
    pieces.delete(key);
  }
}

/** Nothing of a closed case stays. */
export function forgetPictures(): void {
  for (const piece of pieces.values()) if (piece instanceof ImageBitmap) piece.close();
  pieces.clear();
  for (const bitmap of shown) bitmap.close();
  shown.clear();
  frames.clear();
  generation += 1;
}
