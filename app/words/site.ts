import type { Messages } from "@lingui/core";
import { isTimeZone } from "./time-zone";
import { setLanguage } from "./words";

/** The shop as its pages show it: the same on the server and in the browser, for the life of the process or the page. */
export interface Site {
  readonly name: string;
  readonly tagline: string | null;
  /** The style sheet of its accent; null for the colours of app/styles. */
  readonly accentCss: string | null;
  readonly logoUrl: string | null;
  /** Colours of the browser's own bars, by colour scheme. */
  readonly themeColors: { readonly light: string; readonly dark: string };
  readonly supportEmail: string | null;
  /** Links of the footer. */
  readonly links: readonly { readonly label: string; readonly url: string }[];
  /** BCP 47, in its canonical form. */
  readonly locale: string;
  readonly direction: "ltr" | "rtl";
  /** IANA; for times of pages that cannot know the visitor's. */
  readonly timeZone: string;
  /** How long an item is held in a cart, in milliseconds. */
  readonly holdMs: number;
  /** Whether this is the demo, in which no payment is real. */
  readonly isSandbox: boolean;
  readonly messages: Messages;
}

const ELEMENT_ID = "site";

let current: Site | null = null;
let currentJson = "";

export function setSite(site: Site): void {
  current = site;
  currentJson = JSON.stringify(site, forBrowsers).replaceAll("<", "\\u003c");
  setLanguage(site);
}

/** Leaves out messages that no script of the shop shows. */
function forBrowsers(key: string, value: unknown): unknown {
  return key.startsWith("sandboxPayment.") ? undefined : value;
}

export function site(): Site {
  if (current === null) throw new Error("the site is not set yet");
  return current;
}

/** Attributes of the `<script>` that brings the site to the browser. */
export function siteScript() {
  return { id: ELEMENT_ID, type: "application/json", dangerouslySetInnerHTML: { __html: currentJson } };
}

/** Reads what `siteScript` wrote. */
export function readSite(document: Document): Site {
  const site = JSON.parse(document.getElementById(ELEMENT_ID)?.textContent ?? "null") as Site;
  // A browser may be older than the zone; once it has taken over, times are the visitor's anyway.
  return isTimeZone(site.timeZone) ? site : { ...site, timeZone: "UTC" };
}
