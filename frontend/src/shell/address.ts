/**
 * Where one is: the part of the page's address after `#`. Back, reload and a link lead there; nothing of it reaches the server.
 * `#/event/EVENT/SCREEN/REST...@AT`, or without an event `#/SCREEN/REST...@AT`.
 */
import { signal } from "@preact/signals";

export const screenNames = ["overview", "footage", "places", "sites", "documents", "accounts", "claims", "report"] as const;
export type ScreenName = (typeof screenNames)[number];

export interface Address {
  screen: ScreenName;
  event: string | null;
  /** What is shown there: an item, a site, a page, in the words of that screen. */
  rest: string[];
  /** The moment or part of it: `4.2s`, `0.31,0.2`. */
  at: string | null;
}

const isScreen = (name: string | undefined): name is ScreenName => (screenNames as readonly (string | undefined)[]).includes(name);
/** What follows the address to hand over the token (store/connection.ts). */
export const TOKEN_PART = /[#&]t=([A-Za-z0-9_-]+)$/;

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The address that a text after `#` stands for; null where it names no screen. */
export function readAddress(hash: string): Address | null {
  const path = hash.replace(TOKEN_PART, "").replace(/^#/, "");
  const cut = path.lastIndexOf("@");
  const parts = (cut < 0 ? path : path.slice(0, cut)).split("/").filter((part) => part !== "").map(decoded);
  const event = parts[0] === "event" && isScreen(parts[2]) ? parts[1] ?? null : null;
  const [screen, ...rest] = event === null ? parts : parts.slice(2);
  if (!isScreen(screen)) return null;
  return { screen, event, rest, at: cut < 0 ? null : decoded(path.slice(cut + 1)) };
}

export function hashOf({ screen, event, rest, at }: Address): string {
  const parts = [...(event === null ? [] : ["event", event]), screen, ...rest].map(encodeURIComponent);
  return `#/${parts.join("/")}${at === null ? "" : `@${encodeURIComponent(at)}`}`;
}

const FIRST: Address = { screen: "footage", event: null, rest: [], at: null };
export const address = signal<Address>(FIRST);

/** What a link to a screen of this event holds. */
export const linkTo = (screen: ScreenName, rest: string[] = [], at: string | null = null): string => hashOf({ screen, event: address.value.event, rest, at });

/** Goes there: one step that Back takes back. */
export function go(screen: ScreenName, rest: string[] = [], at: string | null = null): void {
  visit({ screen, event: address.peek().event, rest, at });
}

/** Another event, on the same screen. */
export function goEvent(event: string | null): void {
  visit({ ...address.peek(), event, rest: [], at: null });
}

function visit(to: Address): void {
  const hash = hashOf(to);
  if (hash === location.hash) return;
  history.pushState(null, "", hash);
  address.value = to;
}

/** Says where one is without a step for Back: a moment that is scrubbed through, say. */
export function stay(rest: string[], at: string | null = null): void {
  const to = { ...address.peek(), rest, at };
  history.replaceState(null, "", hashOf(to));
  address.value = to;
}

/** The case is closed: its address leads nowhere now. */
export function leaveAddress(): void {
  if (location.hash !== "") history.pushState(null, "", location.pathname);
  address.value = FIRST;
}

/** Begins to follow the address; once. */
export function startAddress(): void {
  const follow = (): void => {
    address.value = readAddress(location.hash) ?? FIRST;
  };
  follow();
  addEventListener("hashchange", follow);
  addEventListener("popstate", follow);
}
