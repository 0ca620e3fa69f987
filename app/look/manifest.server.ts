import { SPLASH_COLOR } from "./theme-colors.server";

/** What a browser shows of an installed shop. */
export interface ManifestSettings {
  readonly name: string;
  readonly locale: string;
  readonly direction: "ltr" | "rtl";
  readonly logoUrl: string | null;
  readonly themeColor: string;
}

/** The members of `site.webmanifest`; see https://www.w3.org/TR/appmanifest/. */
export function manifestOf({ name, locale, direction, logoUrl, themeColor }: ManifestSettings) {
  const own = [192, 512].map((size) => ({
    src: `/icon-${size}.png`,
    sizes: `${size}x${size}`,
    type: "image/png",
    purpose: "any maskable",
  }));
  return {
    id: "/",
    name,
    short_name: name,
    lang: locale,
    dir: direction,
    start_url: "/",
    display: "minimal-ui",
    theme_color: themeColor,
    background_color: SPLASH_COLOR,
    icons: logoUrl === null ? own : [{ src: logoUrl, sizes: "any" }],
  };
}
