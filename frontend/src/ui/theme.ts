import { effect, signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";
export const theme = signal<Theme>((localStorage.getItem("noonmark-theme") as Theme | null) ?? "system");
const system = matchMedia("(prefers-color-scheme: dark)");
/** What is shown; canvases draw again when it changes. */
export const dark = signal(false);
export const still = matchMedia("(prefers-reduced-motion: reduce)");

export function startTheme(): void {
  const apply = (): void => {
    const now = theme.value === "dark" || (theme.value === "system" && system.matches);
    document.documentElement.dataset["theme"] = now ? "dark" : "light"; // before those who draw hear of it
    dark.value = now;
    localStorage.setItem("noonmark-theme", theme.value);
  };
  system.addEventListener("change", apply);
  effect(apply);
}
