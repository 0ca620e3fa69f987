import { DEMO_ICON } from "./demo-icon.server";
import {
  bagDrawing,
  icoOf,
  initialOf,
  letterDrawing,
  loadRasterizer,
  svgOf,
  type Drawing,
  type Rasterizer,
} from "./icon-drawing.server";

export interface IconSettings {
  readonly name: string;
  readonly locale: string;
  readonly colors: { readonly fill: string; readonly onFill: string };
  /** Whether this is the demo shop, with its own icon. */
  readonly isDemo: boolean;
}

export interface IconFile {
  readonly type: string;
  readonly body: string | Uint8Array<ArrayBuffer>;
}

export type IconName = "favicon.svg" | "favicon.ico" | "apple-touch-icon.png" | "icon-192.png" | "icon-512.png";

/** The icons of a shop without a logo; each is drawn on first request, then cached. */
export type Icons = (name: IconName) => Promise<IconFile>;

export function createIcons({ name, locale, colors, isDemo }: IconSettings): Icons {
  const drawn = new Map<IconName, Promise<IconFile>>();
  const letter = initialOf(name, locale);
  const drawing = isDemo ? DEMO_ICON : letterDrawing(letter, colors);
  const ofPixels = async () => {
    const { png, hasGlyph } = await loadRasterizer();
    return { png, drawing: isDemo || hasGlyph(letter) ? drawing : bagDrawing(colors) };
  };
  return (icon) => {
    const kept = drawn.get(icon);
    if (kept !== undefined) return kept;
    const file = draw(icon, drawing, ofPixels);
    drawn.set(icon, file);
    file.catch(() => drawn.delete(icon));
    return file;
  };
}

async function draw(
  icon: IconName,
  vector: Drawing,
  ofPixels: () => Promise<Pick<Rasterizer, "png"> & { readonly drawing: Drawing }>,
): Promise<IconFile> {
  if (icon === "favicon.svg") return { type: "image/svg+xml", body: svgOf(vector, "rounded") };
  const { png, drawing } = await ofPixels();
  const square = (size: number): IconFile => ({
    type: "image/png",
    body: new Uint8Array(png(svgOf(drawing, "square"), size)),
  });
  switch (icon) {
    case "favicon.ico":
      return { type: "image/x-icon", body: new Uint8Array(icoOf(png(svgOf(drawing, "rounded"), 32), 32)) };
    case "apple-touch-icon.png":
      return square(180);
    case "icon-192.png":
      return square(192);
    case "icon-512.png":
      return square(512);
  }
}
