/** Light, dark, or as the system has it: remembered in this browser. */

export type Theme = "system" | "light" | "dark";
export const THEMES: readonly Theme[] = ["system", "light", "dark"];
const KEY = "statewright.theme";

export const theme = (): Theme => THEMES.find((each) => each === localStorage.getItem(KEY)) ?? "system";

/** Applies the theme that was chosen. */
export function applyTheme(chosen: Theme = theme()): void {
  localStorage.setItem(KEY, chosen);
  if (chosen === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = chosen;
}
