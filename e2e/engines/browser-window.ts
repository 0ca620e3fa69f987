/** Which browser the journeys run in: one of Debian's, or the project's own of Playwright. */
type EngineName = "firefox-esr" | "webkitgtk" | "playwright";

export interface EngineOptions {
  engineName: EngineName;
  /** Whether scripts run in the pages of the engine. */
  javascript: boolean;
  /** Whether pages lack what the oldest supported browsers lack. Only Playwright's browsers can. */
  isOld: boolean;
}

/** What journeys find by its accessible name. */
export type Role = "button" | "link" | "heading" | "spinbutton" | "timer";
export type Key = "Tab" | "Shift+Tab" | "Enter";

/** The browser window of one shopper, with cookies of its own: all that a journey needs of an engine. */
export interface BrowserWindow {
  open(address: string): Promise<void>;
  /** The number of elements that are shown and have this role and exactly this accessible name, both as the engine computes them. */
  count(role: Role, name: string): Promise<number>;
  /** Clicks the first of these elements, with the pointer. */
  click(role: Role, name: string): Promise<void>;
  /** Replaces the text of the first of these elements. */
  fill(role: Role, name: string, text: string): Promise<void>;
  press(key: Key): Promise<void>;
  /** The result, as JSON allows it, of a function that uses nothing from around it. Works with JavaScript off, too. */
  evaluate<Result>(script: () => Result): Promise<Result>;
  close(): Promise<void>;
}

export interface Engine {
  openWindow(): Promise<BrowserWindow>;
  stop(): Promise<void>;
}
