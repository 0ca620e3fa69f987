import { Transform } from "node:stream";

/**
 * Removes the zero bytes with which React 18 fills up its buffer if the next character takes more bytes than are left there: browsers
 * would show � in attributes. No page has zero bytes of its own. `tests/http/remix-serve/zero-bytes.test.ts` fails without it.
 */
export function withoutZeroBytes(): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(null, chunk.includes(0) ? chunk.filter((byte) => byte !== 0) : chunk);
    },
  });
}
