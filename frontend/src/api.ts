/** The typed client of docs/spec/page.md. Every call carries the token; nothing else leaves the page. */
import { signal } from "@preact/signals";
import type { Sentence } from "./i18n/said.ts";
import type {
  Act, Basemap, CaseState, CheckReply, ClueDocument, FirstReply, FrameList, FrameReply, GeoBox, Hello, Inquiry, Item, Job, Json, LatLon, Layer,
  LocateReply, Marks, Place, RedactionPlan, Sha256, WireCalendar, WireMap,
} from "./types.ts";

/** An answer that says no: the error of the command line, or `code: "gone"` where nobody answers. */
export class Refused extends Error {
  readonly code: string;
  readonly status: number;
  readonly hint: string | null;
  readonly details: { [key: string]: Json };
  /** 409: the newer state. */
  readonly state: CaseState | null;
  /** Whether something was only looked at: no act failed. */
  looked = false;
  constructor(status: number, body: { code?: string; message?: string; hint?: string | null; details?: { [key: string]: Json }; state?: CaseState }) {
    super(body.message ?? "");
    this.code = body.code ?? "unknown";
    this.status = status;
    this.hint = body.hint ?? null;
    this.details = body.details ?? {};
    this.state = body.state ?? null;
  }
}

/** Whether nobody answered: connection.ts then asks until somebody does. */
export const isGone = (error: unknown): boolean => error instanceof Refused && error.code === "gone";

/** Refusals that say nothing about what was asked: the same call may be answered another time. */
const NOT_OF_QUESTION: ReadonlySet<string> = new Set([
  "gone", "unreadable", "internal", "no-such-job", "cancelled", "no-case-open", "other-case-open", "case-away",
]);

/** Whether what was asked is at fault, so that it is refused however often it is asked. */
export const isOfQuestion = (error: unknown): error is Refused => error instanceof Refused && !NOT_OF_QUESTION.has(error.code);

let token = "";
let session = new AbortController();

/** Ends every call that is under way: what it would bring belongs to a case that is being closed. */
export function dropCalls(): void {
  session.abort();
  session = new AbortController();
}

let leaving = false;
/** While the tab leaves its case (`going`), calls about it are ended and none begins, but for how far `going` is: the server would say that another tab closed it. */
export async function whileLeaving<T>(going: () => Promise<T>): Promise<T> {
  dropCalls();
  try {
    const call = going(); // it is sent before any other is held back
    leaving = true;
    return await call;
  } finally {
    leaving = false;
  }
}

const until = (signal: AbortSignal | undefined): AbortSignal => (signal === undefined ? session.signal : AbortSignal.any([signal, session.signal]));

let ofCase: string | null = null;
/** The case that calls are about: the server refuses them when another tab has opened another. */
export function setCase(path: string | null): void {
  ofCase = path;
}

export function setToken(value: string): void {
  token = value;
}

export interface Options {
  signal?: AbortSignal;
  /** Told while a slow call runs: share 0..1 and words. */
  progress?: (share: number, words: string) => void;
}

async function send(method: "GET" | "POST", path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  if (leaving && !path.startsWith("/api/jobs/")) throw new DOMException("the case is being left", "AbortError");
  const headers: Record<string, string> = { "X-Noonmark-Token": token };
  if (method === "POST") headers["Content-Type"] = "application/json";
  if (ofCase !== null) headers["X-Noonmark-Case"] = encodeURIComponent(ofCase);
  try {
    return await fetch(path, { method, headers, body: method === "POST" ? JSON.stringify(body) : null, signal: until(signal), cache: "no-store", credentials: "omit", redirect: "error" });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Refused(0, { code: "gone", message: "Noonmark does not answer." });
  }
}

async function read<T>(response: Response): Promise<T> {
  let body: unknown;
  try {
    body = await response.json();
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    if (error instanceof SyntaxError) throw new Refused(response.status, { code: "unreadable", message: "The answer could not be read." });
    throw new Refused(0, { code: "gone", message: "Noonmark does not answer." }); // it broke off in the middle
  }
  if (!response.ok || (body as { ok?: boolean }).ok === false) throw new Refused(response.status, body as object);
  return body as T;
}

const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((done, fail) => {
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      fail(new DOMException("stopped", "AbortError"));
    });
  });

/** How far a job is, after a while. Who stops asking stops the job too. */
async function look<T>(job: string, wait: number, signal: AbortSignal | undefined): Promise<Job<T>> {
  try {
    await pause(wait, signal);
    return await read<Job<T>>(await send("GET", `/api/jobs/${job}`, null, signal));
  } catch (error) {
    if (signal?.aborted === true) void send("POST", `/api/jobs/${job}/cancel`, {}).catch(() => undefined);
    throw error;
  }
}

async function follow<T>(job: string, options: Options): Promise<T> {
  for (let wait = 60; ; wait = Math.min(1000, wait * 1.5)) {
    const state = await look<T>(job, wait, options.signal);
    options.progress?.(state.share, state.words);
    if (state.done) {
      const result = state.result as (T & { ok?: boolean }) | undefined;
      if (result === undefined || result.ok === false) throw new Refused(400, (result ?? {}) as object);
      return result;
    }
  }
}

async function call<T>(method: "GET" | "POST", path: string, body: unknown, options: Options = {}): Promise<T> {
  const response = await send(method, path, body, options.signal);
  const answer = await read<T & { job?: string }>(response).catch((error: unknown) => {
    if (error instanceof Refused) error.looked = method === "GET";
    throw error;
  });
  return response.status === 202 && answer.job !== undefined ? follow<T>(answer.job, options) : answer;
}

const MOST_SENT = 3;

/** A call that only works something out: it is sent again where the server has forgotten its job, being started anew or given another case meanwhile. */
async function workedOut<T>(path: string, body: unknown, options?: Options): Promise<T> {
  for (let sent = 1; ; sent++) {
    try {
      return await call<T>("POST", path, body, options);
    } catch (error) {
      if (!(error instanceof Refused) || error.code !== "no-such-job" || sent === MOST_SENT) throw error;
    }
  }
}

/** Counts what was done in the case from here: what shows the case at a glance, and other tabs (store/tabs.ts), then look again. */
export const acts = signal(0);

/** A call that changes the case. */
export async function act<T>(path: string, body: unknown, options?: Options): Promise<T> {
  const reply = await call<T>("POST", path, body, options);
  acts.value += 1;
  return reply;
}

/** For the typed clients of single screens (screens/NAME/api.ts), like `act`: a slow answer is followed to its end. */
export const get = <T>(path: string, options?: Options): Promise<T> => call<T>("GET", path, null, options);
export const post = <T>(path: string, body: unknown, options?: Options): Promise<T> => call<T>("POST", path, body, options);

export interface Picture {
  blob: Blob;
  width_px: number;
  height_px: number;
  headers: Headers;
}

export async function picture(path: string, options: Options = {}): Promise<Picture> {
  const response = await send("GET", path, null, options.signal);
  if (!response.ok) return read(response);
  const number = (name: string): number => Number(response.headers.get(name) ?? 0);
  return { blob: await response.blob(), width_px: number("X-Width"), height_px: number("X-Height"), headers: response.headers };
}

/** `?name=value&...`; what is null or missing is left out. */
export const query = (values: Record<string, string | number | null | undefined>): string => {
  const pairs = Object.entries(values).filter((pair): pair is [string, string | number] => pair[1] !== null && pair[1] !== undefined);
  return pairs.length === 0 ? "" : `?${new URLSearchParams(pairs.map(([name, value]) => [name, String(value)]))}`;
};

export interface Added {
  items: Item[];
  refused: { name?: string; path?: string; message?: string; code?: string; [field: string]: unknown }[];
  act: Act | null;
}

export const api = {
  hello: (o?: Options) => call<Hello>("GET", "/api/hello", null, o),
  openCase: (what: { path: string } | { sample: true }, o?: Options) => call<{ state: CaseState }>("POST", "/api/case/open", what, o),
  newCase: (path: string) => call<{ state: CaseState }>("POST", "/api/case/new", { path }),
  closeCase: () => call<object>("POST", "/api/case/close", {}),
  state: (o?: Options) => call<{ state: CaseState }>("GET", "/api/state", null, o),
  saveInquiry: (revision: number, inquiry: Inquiry, said: string) =>
    act<{ revision: number; act: Act | null }>("/api/inquiry", { revision, inquiry, said }),
  addItems: (path: string, o?: Options) => act<Added>("/api/items/add", { path }, o),
  uploadPiece: (piece: { name: string; upload: string; offset: number; total: number; data: string }, o?: Options) =>
    call<Partial<Added> & { received?: number }>("POST", "/api/items/upload", piece, o),
  probe: (sha: Sha256, o?: Options) => call<{ [field: string]: Json }>("GET", `/api/items/${sha}/probe`, null, o),
  frames: (sha: Sha256, o?: Options) => call<FrameList>("GET", `/api/items/${sha}/frames`, null, o),
  framePicture: (sha: Sha256, number: number, max_px?: number, o?: Options) =>
    picture(`/api/items/${sha}/frame/${number}${query({ max_px })}`, o),
  /** Frames that follow one another, as raw RGB. */
  run: async (sha: Sha256, first: number, count: number, max_px: number, o?: Options) => {
    const { blob, headers, width_px, height_px } = await picture(`/api/items/${sha}/run/${first}${query({ count, max_px })}`, o);
    const numbers = (headers.get("X-Numbers") ?? "").split(",").filter((part) => part !== "").map(Number);
    return { numbers, width_px, height_px, pixels: new Uint8Array(await blob.arrayBuffer()) };
  },
  crop: (sha: Sha256, number: number, box: { x: number; y: number; w: number; h: number }, o?: Options) =>
    picture(`/api/items/${sha}/crop/${number}${query(box)}`, o),
  sheet: (sha: Sha256, o?: Options) => picture(`/api/items/${sha}/sheet`, o),
  frame: (marks: Marks, o?: Options) => workedOut<FrameReply>("/api/frame", { marks }, o),
  locate: (document: ClueDocument, o?: Options) => workedOut<LocateReply>("/api/locate", { document }, o),
  locateFirst: (document: ClueDocument, o?: Options) => workedOut<FirstReply>("/api/locate", { document, first: true }, o),
  calendarAt: (id: string, lat: number, lon: number, km?: number, o?: Options) =>
    call<{ calendar: WireCalendar }>("GET", `/api/answer/${id}/calendar${query({ lat, lon, km })}`, null, o),
  mapAt: (id: string, from: string, to: string, o?: Options) =>
    call<{ map: WireMap }>("GET", `/api/answer/${id}/map${query({ from, to })}`, null, o),
  check: (document: ClueDocument, claim: { place: LatLon | null; km: number; from: string | null; to: string | null }, o?: Options) =>
    call<CheckReply>("POST", "/api/check", { document, ...claim }, o),
  sun: (lat: number, lon: number, time: string, o?: Options) =>
    call<{ utc: string; azimuth_deg: number; elevation_deg: number; local: { zone: string; time: string }[] }>("GET", `/api/sun${query({ lat, lon, time })}`, null, o),
  sunline: (lat: number, lon: number, date: string, zone?: string, o?: Options) =>
    call<{ times: Record<string, string | null>; path: [number, number, number][] }>("GET", `/api/sunline${query({ lat, lon, date, zone })}`, null, o),
  basemap: (scale: "world" | "region", o?: Options) => call<Basemap>("GET", `/api/basemap/${scale}`, null, o),
  areaOutline: (area: string, o?: Options) => call<{ rings: number[][] }>("POST", "/api/area", { area }, o),
  places: (box: GeoBox & { limit: number }, o?: Options) =>
    call<{ places: Place[] }>("GET", `/api/places${query({ ...box })}`, null, o),
  schema: (name: string, o?: Options) => call<{ [field: string]: Json }>("GET", `/api/schema/${name}`, null, o),
  addLayer: (path: string) =>
    call<{ layer: Layer; geojson?: Json; bounds?: [number, number, number, number]; png_id?: string; url?: string }>("POST", "/api/layers/add", { path }),
  layerData: (id: string, o?: Options) => call<{ [field: string]: Json }>("GET", `/api/layers/${id}/data`, null, o),
  layerImage: (id: string, o?: Options) => picture(`/api/layers/${id}/image`, o),
  /** A range of a PMTiles archive. */
  layerBytes: async (id: string, offset: number, length: number, signal?: AbortSignal): Promise<ArrayBuffer> => {
    const response = await fetch(`/api/layers/${id}/pmtiles`, {
      headers: { "X-Noonmark-Token": token, Range: `bytes=${offset}-${offset + length - 1}` }, signal: until(signal), cache: "no-store",
    });
    if (!response.ok) return read(response);
    return response.arrayBuffer();
  },
  export: (what: string, out: string, document: ClueDocument | undefined, force: boolean, o?: Options) =>
    act<{ written: string[]; act: Act | null }>("/api/export", { what, out, document, force }, o),
  redactionPlan: (item: Sha256, o?: Options) => call<{ plan: RedactionPlan; frames: number; without_faces?: string | null; review_told?: Sentence[][] }>("POST", "/api/redaction/plan", { item }, o),
  redactionSave: (item: Sha256, plan: RedactionPlan) => act<{ plan: RedactionPlan }>("/api/redaction/save", { item, plan }),
  redactionFrame: (sha: Sha256, number: number, o?: Options) => picture(`/api/redaction/${sha}/frame/${number}`, o),
  redactionExport: (ask: { item: Sha256; plan: RedactionPlan; reviewed_by: string; out: string; captions?: boolean }, o?: Options) =>
    act<{ written: string[]; record: Json; act: Act | null }>("/api/redaction/export", ask, o),
};
