import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { initWasm, Resvg } from "@resvg/resvg-wasm";

/** An icon: a colour, and what stands on it in a square of 32 units. */
export interface Drawing {
  readonly background: string;
  /** SVG elements. */
  readonly marks: string;
}

const FONT_FAMILY = "DejaVu Sans";
/** No font has a glyph for it. */
const NO_CHARACTER = "\u{10ffff}";

/** A shopping bag, for letters that the packaged font does not have. */
const BAG = "M8 12h16l1 13H7zM12 15v-4a4 4 0 0 1 8 0v4";

/** The first letter or digit of a name in upper case, as a person would count letters; if it has none, its first character. */
export function initialOf(name: string, locale: string): string {
  const graphemes = [...new Intl.Segmenter(locale).segment(name.trim().toLocaleUpperCase(locale))];
  const first = graphemes.find(({ segment }) => /[\p{L}\p{N}]/u.test(segment)) ?? graphemes[0];
  return first?.segment ?? "";
}

/** The letter, which browsers draw in a font of their own: they have one for any script. */
export function letterDrawing(
  letter: string,
  { fill, onFill }: { readonly fill: string; readonly onFill: string },
): Drawing {
  const escaped = letter.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return {
    background: fill,
    marks: `<text x="16" y="22.9" text-anchor="middle" font-family="system-ui, '${FONT_FAMILY}', sans-serif" font-weight="700" font-size="19" fill="${onFill}">${escaped}</text>`,
  };
}

/** What stands for a letter that `hasGlyph` denies. */
export function bagDrawing({ fill, onFill }: { readonly fill: string; readonly onFill: string }): Drawing {
  return {
    background: fill,
    marks: `<path d="${BAG}" fill="none" stroke="${onFill}" stroke-width="2.25" stroke-linejoin="round" stroke-linecap="round"/>`,
  };
}

/** Systems that cut icons to a shape of their own need the whole square. */
export function svgOf({ background, marks }: Drawing, shape: "rounded" | "square"): string {
  const corner = shape === "rounded" ? ' rx="8"' : "";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32"${corner} fill="${background}"/>${marks}</svg>`;
}

/** Draws pictures without any font of the system. */
export interface Rasterizer {
  readonly png: (svg: string, size: number) => Uint8Array;
  readonly hasGlyph: (letter: string) => boolean;
}

let rasterizer: Promise<Rasterizer> | undefined;

/** The process's only rasterizer; 40 MB of memory, taken when it is first used. */
export function loadRasterizer(): Promise<Rasterizer> {
  rasterizer ??= load();
  rasterizer.catch(() => (rasterizer = undefined));
  return rasterizer;
}

async function load(): Promise<Rasterizer> {
  const require = createRequire(import.meta.url);
  const [wasm, font] = await Promise.all([
    readFile(require.resolve("@resvg/resvg-wasm/index_bg.wasm")),
    readFile(require.resolve("dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf")),
  ]);
  await initWasm(wasm);
  const options = { fontBuffers: [font], defaultFontFamily: FONT_FAMILY };
  const png = (svg: string, size: number) => {
    const image = new Resvg(svg, { fitTo: { mode: "width", value: size }, font: options });
    const rendered = image.render();
    const bytes = rendered.asPng();
    rendered.free();
    image.free();
    return bytes;
  };
  const picture = (letter: string) =>
    Buffer.from(png(svgOf(letterDrawing(letter, { fill: "#000", onFill: "#fff" }), "square"), 32));
  return { png, hasGlyph: (letter) => !picture(letter).equals(picture(NO_CHARACTER)) };
}

/** An ICO file with one PNG, which every browser since 2007 reads. Source: https://learn.microsoft.com/previous-versions/ms997538 */
export function icoOf(png: Uint8Array, size: number): Uint8Array {
  const header = Buffer.alloc(22);
  header.writeUInt16LE(1, 2); // an icon
  header.writeUInt16LE(1, 4); // one picture
  header.writeUInt8(size % 256, 6);
  header.writeUInt8(size % 256, 7);
  header.writeUInt16LE(1, 10); // colour planes
  header.writeUInt16LE(32, 12); // bits per pixel
  header.writeUInt32LE(png.byteLength, 14);
  header.writeUInt32LE(header.byteLength, 18);
  return Buffer.concat([header, png]);
}
