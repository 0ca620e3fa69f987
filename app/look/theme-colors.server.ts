import { GROUNDS, type AccentPalette } from "./accent.server";

/** Of a shop without an accent, as in app/styles/colour-roles.css. */
const DEFAULT_FILL = { fill: "#14595c", onFill: "#ffffff" };

const [PAGE] = GROUNDS.light;
const [, DARK_SURFACE] = GROUNDS.dark;

/** Colours of an icon: those of primary buttons on light pages. */
export function iconColors(palette: AccentPalette | null): Pick<AccentPalette["button"], "fill" | "onFill"> {
  return palette?.button ?? DEFAULT_FILL;
}

/** Colours of the browser's own bars: the accent by day, and by night that of the header, since an accent may be glaring. */
export function themeColors(palette: AccentPalette | null): { readonly light: string; readonly dark: string } {
  return { light: iconColors(palette).fill, dark: DARK_SURFACE };
}

/** What an installed shop shows before its first page. */
export const SPLASH_COLOR = PAGE;
