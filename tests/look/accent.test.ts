import { readFileSync } from "node:fs";
import Color from "colorjs.io";
import { describe, expect, it } from "vitest";
import { accentCss, accentPalette, GROUNDS, type AccentPalette } from "~/look/accent.server";

const styles = readFileSync("app/styles/colour-roles.css", "utf8");
const [lightRoles = "", darkRoles = ""] = styles.split("@media");

function contrast(one: string, other: string): number {
  return new Color(one).contrast(other, "WCAG21");
}

/** Pairs of colours that are too close, with their contrast. */
function unreadable({ light, dark, button }: AccentPalette): string[] {
  const pairs = [
    ...GROUNDS.light.flatMap((ground) => [light.accent, light.accentStrong].map((ink) => [ink, ground] as const)),
    ...GROUNDS.dark.flatMap((ground) => [dark.accent, dark.accentStrong].map((ink) => [ink, ground] as const)),
    [button.onFill, button.fill] as const,
    [button.onFill, button.fillStrong] as const,
  ];
  return pairs
    .filter(([one, other]) => contrast(one, other) < 4.5)
    .map(([one, other]) => `${one} on ${other}: ${contrast(one, other).toFixed(2)}`);
}

describe("an accent", () => {
  it.each([0.25, 0.6, 0.9])("of lightness %d is readable in every hue: as link, focus ring and button", (lightness) => {
    for (let hue = 0; hue < 360; hue += 5)
      for (const chroma of [0.05, 0.3])
        expect(unreadable(accentPalette(`oklch(${lightness} ${chroma} ${hue})`)), `hue ${hue}`).toEqual([]);
  });

  it.each(["black", "white", "gray", "#ffd400", "#8a0f5c", "hsl(60 100% 50%)"])("may be %s", (css) => {
    expect(unreadable(accentPalette(css))).toEqual([]);
  });

  it("that is not adapted would not be readable (negative control)", () => {
    const yellow = { accent: "#ffd400", accentStrong: "#ffd400" };
    const palette = { ...accentPalette("#ffd400"), light: yellow };
    expect(unreadable(palette)).toHaveLength(2 * GROUNDS.light.length);
    const grey = { fill: "#777777", fillStrong: "#777777", onFill: "#808080" };
    expect(unreadable({ ...palette, button: grey })).toHaveLength(2 * GROUNDS.light.length + 2);
  });

  it("that is readable stays as it is", () => {
    expect(accentPalette("#14595c").light.accent).toBe("#14595c");
    expect(accentPalette("#ffd400")).toMatchObject({
      dark: { accent: "#ffd400" },
      button: { fill: "#ffd400", onFill: "#101418" },
    });
  });

  it.each([
    ["nope", "must be a CSS colour"],
    ["", "must be a CSS colour"],
    ["transparent", "opaque"],
    ["#12345680", "opaque"],
    ["red;} body{display:none", "must be a CSS colour"],
  ])("cannot be %j", (css, reason) => {
    expect(() => accentPalette(css)).toThrow(reason);
  });

  it("becomes a style sheet that sets the roles of buttons and links in both modes", () => {
    expect(accentCss(accentPalette("#8a0f5c"))).toMatchInlineSnapshot(
      `":root{--accent:#8a0f5c;--accent-strong:#6f0046;--fill:#8a0f5c;--fill-strong:#6f0046;--on-fill:#ffffff}@media (prefers-color-scheme:dark){:root{--accent:#e66cad;--accent-strong:#ff85c6;--fill:#8a0f5c;--fill-strong:#6f0046;--on-fill:#ffffff}}"`,
    );
  });
});

describe("the colours without an accent", () => {
  it("are those that accents are fitted to", () => {
    const grounds = (css: string) =>
      ["page", "surface", "good-surface", "warn-surface", "bad-surface", "picture"].map(
        (role) => new RegExp(`--${role}: (#\\w+);`).exec(css)?.[1],
      );
    expect(grounds(lightRoles)).toEqual(GROUNDS.light);
    expect(grounds(darkRoles)).toEqual(GROUNDS.dark);
  });
});
