import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

/** Smaller ones fit a packet as they are. */
const MIN_BYTES = 512;

/** Writes the smallest Brotli form of every script and style sheet next to it. */
export function compressAssets(directory: string): void {
  for (const file of readdirSync(directory)) {
    if (!/\.(js|css)$/.test(file)) continue;
    const content = readFileSync(path.join(directory, file));
    if (content.length < MIN_BYTES) continue;
    const compressed = brotliCompressSync(content, {
      params: { [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT },
    });
    writeFileSync(path.join(directory, `${file}.br`), compressed);
  }
}
