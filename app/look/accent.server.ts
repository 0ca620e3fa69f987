import Color from "colorjs.io";

/** Colours of what stands on the page: links, the focus ring, and the edge of primary buttons. Six-digit hex. */
interface InkRoles {
  readonly accent: string;
  /** Under the pointer. */
  readonly accentStrong: string;
}

/** Colours of primary buttons. */
interface FillRoles {
  readonly fill: string;
  /** Under the pointer. */
  readonly fillStrong: string;
  /** Text on both. */
  readonly onFill: string;
}

/** The colour roles that follow the accent; the others are in app/styles/colour-roles.css. */
export interface AccentPalette {
  readonly light: InkRoles;
  readonly dark: InkRoles;
  readonly button: FillRoles;
}

/** What the accent stands on, as in colour-roles.css: the page, surfaces, notices, and the ground of pictures. */
export const GROUNDS = {
  light: ["#fbf8f3", "#ffffff", "#e6f2ea", "#fbeed6", "#fbe7e4", "#efe9de"],
  dark: ["#121919", "#1b2424", "#16301f", "#35270f", "#3b1a17", "#263030"],
} as const;

/** WCAG 2.2, 1.4.3: text of normal size. More than 1.4.11 asks of the focus ring and of buttons' edges. */
const READABLE = 4.5;
const ON_FILL = ["#ffffff", "#101418"] as const;
/** Steps of OKLCH lightness, which looks equally light in every hue. */
const STEP = 0.005;
const HOVER = 0.08;

/**
 * Roles of an accent for light and dark pages. Its hue and, as far as screens can show it, its chroma stay; its lightness moves no
 * further than readable text needs. Buttons keep it nearly as it is, since their text is white or black.
 *
 * @throws {RangeError} with the reason, if the text is not an opaque CSS colour
 * @example
 * accentPalette("#ffd400"); // yellow buttons with black text; links on white in a dark gold
 */
export function accentPalette(css: string): AccentPalette {
  const accent = parseOpaque(css).to("oklch");
  return {
    light: inkRoles(accent, GROUNDS.light, -1),
    dark: inkRoles(accent, GROUNDS.dark, 1),
    button: fillRoles(accent),
  };
}

function parseOpaque(css: string): Color {
  let color: Color;
  try {
    color = new Color(css);
  } catch {
    throw new RangeError("must be a CSS colour, such as #14595c, teal or oklch(43% 0.07 200)");
  }
  if (Number(color.alpha) < 1)
    throw new RangeError("must be an opaque colour: text in a translucent one is not readable everywhere");
  return color;
}

/** `direction`: −1 darkens, for light grounds; 1 lightens. */
function inkRoles(accent: Color, grounds: readonly string[], direction: 1 | -1): InkRoles {
  const moved = leastMove(
    (lightness) => grounds.every((ground) => isReadable(hexAt(accent, lightness), ground)),
    accent,
    direction,
  );
  return { accent: hexAt(accent, moved), accentStrong: hexAt(accent, moved + direction * HOVER) };
}

function fillRoles(accent: Color): FillRoles {
  const [white, black] = ON_FILL;
  const isDark = contrast(hexAt(accent, Number(accent.l)), white) >= contrast(hexAt(accent, Number(accent.l)), black);
  const onFill = isDark ? white : black;
  const direction = isDark ? -1 : 1;
  const moved = leastMove((lightness) => isReadable(hexAt(accent, lightness), onFill), accent, direction);
  return { fill: hexAt(accent, moved), fillStrong: hexAt(accent, moved + direction * HOVER), onFill };
}

/** The lightness nearest to the accent's own, in one direction, that passes. */
function leastMove(passes: (lightness: number) => boolean, accent: Color, direction: 1 | -1): number {
  const own = Number(accent.l);
  for (let moved = 0; moved <= 1; moved += STEP) if (passes(own + direction * moved)) return own + direction * moved;
  throw new RangeError("has no shade that can be read in both light and dark mode");
}

function hexAt(accent: Color, lightness: number): string {
  const color = accent.clone();
  color.l = Math.min(1, Math.max(0, lightness));
  return color.to("srgb").toGamut({ method: "css" }).toString({ format: "hex", collapse: false });
}

function isReadable(one: string, other: string): boolean {
  return contrast(one, other) >= READABLE;
}

function contrast(one: string, other: string): number {
  return new Color(one).contrast(other, "WCAG21");
}

/** The palette as a style sheet, to come after colour-roles.css. */
export function accentCss({ light, dark, button: { fill, fillStrong, onFill } }: AccentPalette): string {
  const buttons = `--fill:${fill};--fill-strong:${fillStrong};--on-fill:${onFill}`;
  return `:root{${inkCss(light)};${buttons}}@media (prefers-color-scheme:dark){:root{${inkCss(dark)};${buttons}}}`;
}

function inkCss({ accent, accentStrong }: InkRoles): string {
  return `--accent:${accent};--accent-strong:${accentStrong}`;
}
