import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pictureAddress } from "~/catalog/picture";

const BUCKET = "https://p.supabase.co/storage/v1/object/public/shop";
const MUG = "https://images.test/mug.jpg";

describe("an image column", () => {
  it.each<[unknown, string | null]>([
    [MUG, MUG],
    [`  ${MUG}\n`, MUG],
    [[MUG, "https://images.test/back.jpg"], MUG],
    [[null, "", "javascript:alert(1)", MUG], MUG],
    [{ url: MUG, alt: "A mug" }, MUG],
    [{ src: MUG }, MUG],
    [{ path: MUG }, MUG],
    [{ url: "", src: MUG }, MUG],
    [[{ url: MUG }, { url: "https://images.test/back.jpg" }], MUG],
    [JSON.stringify([MUG]), MUG],
    [JSON.stringify({ url: MUG }), MUG],
    ["HTTPS://Images.test/mug.jpg", MUG],
    ["https://images.test/tide mug.jpg", "https://images.test/tide%20mug.jpg"],
    ["http://127.0.0.1:54321/mug.jpg", "http://127.0.0.1:54321/mug.jpg"],
    ["", null],
    ["  ", null],
    [null, null],
    [undefined, null],
    [[], null],
    [{}, null],
    [{ url: { href: MUG } }, null],
    [7, null],
    [true, null],
    ["[not json", null],
    ["https://", null],
    ["//images.test/mug.jpg", null],
    ["\\\\images.test\\mug.jpg", null],
    ["javascript:alert(1)", null],
    ["java\nscript:alert(1)", null],
    ["data:image/png;base64,AAAA", null],
    ["blob:https://shop.test/1", null],
    ["file:///etc/passwd", null],
  ])("%j shows %s", (value, address) => {
    expect(pictureAddress(value, null)).toBe(address);
  });
});

describe("a picture that is a path", () => {
  it.each([
    ["mug.jpg", `${BUCKET}/mug.jpg`],
    ["/mug.jpg", `${BUCKET}/mug.jpg`],
    ["./mug.jpg", `${BUCKET}/mug.jpg`],
    ["mugs/tide mug.jpg", `${BUCKET}/mugs/tide%20mug.jpg`],
    ["mugs/tide%20mug.jpg", `${BUCKET}/mugs/tide%20mug.jpg`],
    ["100% linen.jpg", `${BUCKET}/100%25%20linen.jpg`],
    ["mug #2.jpg", `${BUCKET}/mug%20%232.jpg`],
    ["mug.jpg?v=2&w=300", `${BUCKET}/mug.jpg?v=2&w=300`],
    ["Krüge/mug.jpg", `${BUCKET}/Kr%C3%BCge/mug.jpg`],
    ["mugs//mug.jpg", `${BUCKET}/mugs//mug.jpg`],
    ["mug..jpg", `${BUCKET}/mug..jpg`],
    ["../secret/mug.jpg", null],
    ["mugs/../../mug.jpg", null],
    ["%2e%2e/mug.jpg", null],
    ["mugs/..%2F..%2Fmug.jpg", null],
    ["mugs\\..\\..\\mug.jpg", null],
    ["//images.test/mug.jpg", null],
    ["/", null],
    ["?w=300", null],
  ])("%s comes after the base address: %s", (path, address) => {
    expect(pictureAddress(path, BUCKET)).toBe(address);
    expect(pictureAddress([{ path }], `${BUCKET}/`)).toBe(address);
  });

  it("stays on the shop's own site without a base address, if it begins with a slash", () => {
    expect(pictureAddress("/products/tide mug.svg?v=2", null)).toBe("/products/tide%20mug.svg?v=2");
    expect(pictureAddress("mug.jpg", null)).toBeNull();
    expect(pictureAddress("/\\images.test/mug.jpg", null)).toBeNull();
    expect(pictureAddress("/.//images.test/mug.jpg", null)).toBe("/images.test/mug.jpg");
    expect(pictureAddress("/%2e//images.test/mug.jpg", null)).toBe("/images.test/mug.jpg");
  });

  const segments = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("..", ".", "%2e%2e", "%2F", "\\", "//", "?", "#", "%", " ", ":", "@evil.test"),
  );
  const paths = fc.array(segments, { maxLength: 6 }).map((parts) => parts.join("/"));

  it("never leaves the base address, and is the same when it is read again", () => {
    fc.assert(
      fc.property(paths, (path) => {
        const address = pictureAddress(path, BUCKET);
        fc.pre(address !== null && !/^https?:/i.test(path.trim()));
        expect(new URL(String(address)).href).toBe(address);
        expect(address?.startsWith(`${BUCKET}/`)).toBe(true);
        expect(pictureAddress(address, null)).toBe(address);
      }),
      { numRuns: 2_000 },
    );
  });

  it("never leaves the shop's site without a base address", () => {
    fc.assert(
      fc.property(paths, (path) => {
        const address = pictureAddress(`/${path}`, null);
        if (address !== null) expect(new URL(address, "https://shop.test/products/1").origin).toBe("https://shop.test");
      }),
      { numRuns: 2_000 },
    );
  });
});
