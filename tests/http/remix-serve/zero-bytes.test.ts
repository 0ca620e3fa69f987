import { PassThrough, type Transform } from "node:stream";
import { buffer } from "node:stream/consumers";
import { createElement } from "react";
import { renderToPipeableStream } from "react-dom/server";
import { expect, it } from "vitest";
import { withoutZeroBytes } from "~/http/remix-serve/zero-bytes.server";

/** A page of short texts, as React writes it to the stream. `offset` moves every character against the ends of React's buffers. */
async function render(offset: number, letter: string, stream: Transform): Promise<Buffer> {
  const items = Array.from({ length: 500 }, (_, key) => createElement("li", { key, title: letter }, letter.repeat(7)));
  const { pipe } = renderToPipeableStream(createElement("ul", { className: "x".repeat(offset) }, items));
  pipe(stream);
  return buffer(stream);
}

async function zeroBytes(letter: string, stream: () => Transform): Promise<number> {
  let count = 0;
  for (let offset = 0; offset < 8; offset += 1) {
    const page = await render(offset, letter, stream());
    count += page.filter((byte) => byte === 0).length;
    const text = page.toString("utf8").replaceAll("\0", "");
    expect(text).not.toContain("\uFFFD");
    expect(text.split(letter)).toHaveLength(500 * 8 + 1);
  }
  return count;
}

it.each(["ö", "…", "🏺"])("pages with %s have no zero bytes, wherever React's buffers end", async (letter) => {
  expect(await zeroBytes(letter, withoutZeroBytes)).toBe(0);
});

it("React writes some (control): once it does not, this patch can go", async () => {
  expect(await zeroBytes("ö", () => new PassThrough())).toBeGreaterThan(0);
});
