import { readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { iconsOf } from "~/boot/site.server";
import { parseEnvironment } from "~/env.server";
import { initialOf } from "~/look/icon-drawing.server";
import type { IconFile, Icons } from "~/look/icons.server";
import { iconColors } from "~/look/theme-colors.server";
import { CONFIGURED } from "../configured-environment";

const shopIcons = (variables: Readonly<Record<string, string>>) =>
  iconsOf(parseEnvironment({ ...CONFIGURED, ...variables }));
const sandboxIcons = (variables: Readonly<Record<string, string>> = {}) => iconsOf(parseEnvironment(variables));
const NAMES = ["favicon.svg", "favicon.ico", "apple-touch-icon.png", "icon-192.png", "icon-512.png"] as const;

/** Size and pixels of a PNG with 8 bits a channel and alpha, which is not interlaced. */
function readPng(body: IconFile["body"]) {
  const bytes = Buffer.from(body as Uint8Array);
  expect(bytes.subarray(0, 8)).toEqual(Buffer.from("\x89PNG\r\n\x1a\n", "latin1"));
  const data: Buffer[] = [];
  let names = "";
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    const name = bytes.toString("latin1", at + 4, at + 8);
    names += `${name} `;
    if (name === "IDAT") data.push(bytes.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  expect(names).toMatch(/^IHDR .*IEND $/);
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  expect(inflateSync(Buffer.concat(data)).length).toBe(height * (1 + 4 * width));
  return { width, height, bytes };
}

describe("a shop's icons", () => {
  it.each([
    ["apple-touch-icon.png", 180],
    ["icon-192.png", 192],
    ["icon-512.png", 512],
  ] as const)("%s is a PNG of %i pixels", async (name, size) => {
    const { type, body } = await shopIcons({ SHOP_NAME: "Ätna" })(name);
    expect(type).toBe("image/png");
    expect(readPng(body)).toMatchObject({ width: size, height: size });
  });

  it("favicon.ico contains one PNG of 32 pixels", async () => {
    const { type, body } = await shopIcons({ SHOP_NAME: "Ätna" })("favicon.ico");
    expect(type).toBe("image/x-icon");
    const bytes = Buffer.from(body as Uint8Array);
    expect([...bytes.subarray(0, 8)]).toEqual([0, 0, 1, 0, 1, 0, 32, 32]);
    const [length, offset] = [bytes.readUInt32LE(14), bytes.readUInt32LE(18)];
    expect(bytes).toHaveLength(offset + length);
    expect(readPng(bytes.subarray(offset))).toMatchObject({ width: 32, height: 32 });
  });

  it("favicon.svg has the initial on the accent, and no name can add markup", async () => {
    const { body } = await shopIcons({ SHOP_NAME: "ätna", SHOP_ACCENT: "#ffd400" })("favicon.svg");
    expect(body).toContain('fill="#ffd400"');
    expect(body).toMatch(/fill="#101418">Ä<\/text>/);
    const hostile = await shopIcons({ SHOP_NAME: "<>" })("favicon.svg");
    expect(hostile.body).toMatch(/>&#60;<\/text>/);
  });

  it("differ by letter, in any script that the packaged font has; others share a bag", async () => {
    const drawn = async (name: string) => {
      const { body } = await shopIcons({ SHOP_NAME: name })("apple-touch-icon.png");
      return readPng(body).bytes.toString("base64");
    };
    const [a, umlaut, cyrillic, greek, han, emoji] = await Promise.all(["A", "Ä", "Ж", "Ω", "店", "🏺"].map(drawn));
    expect(new Set([a, umlaut, cyrillic, greek, han]).size).toBe(5);
    expect(emoji).toBe(han);
  });

  it("are drawn once", async () => {
    const icons = shopIcons({ SHOP_NAME: "Ätna" });
    const [first, second] = await Promise.all([icons("icon-512.png"), icons("icon-512.png")]);
    expect(second).toBe(first);
  });

  it("show the demo's cup only in a sandbox that has neither a name nor an accent of its own", async () => {
    const drawn = (icons: Icons) =>
      Promise.all(NAMES.map(async (name) => Buffer.from((await icons(name)).body as string).toString("base64")));
    const demo = await drawn(sandboxIcons());
    for (const own of [
      sandboxIcons({ SHOP_NAME: "Slipway" }),
      sandboxIcons({ SHOP_ACCENT: "#14595c" }),
      shopIcons({}),
      shopIcons({ SHOP_NAME: "Slipway" }),
    ])
      expect((await drawn(own)).filter((icon) => demo.includes(icon))).toEqual([]);
  });
});

describe("a shop without an accent", () => {
  it("has icons in the colours of its stylesheet's buttons", () => {
    const [light = ""] = readFileSync("app/styles/colour-roles.css", "utf8").split("@media");
    const role = (name: string) => new RegExp(`--${name}: (#\\w+);`).exec(light)?.[1];
    expect(iconColors(null)).toEqual({ fill: role("fill"), onFill: role("on-fill") });
  });
});

describe("the initial of a name", () => {
  it.each([
    ["Töpferei", "T"],
    ["ätna", "Ä"],
    ["e\u0301clair", "E\u0301"],
    ["ß", "S"],
    ["店", "店"],
    ["“Müller”", "M"],
    ["🏺 Krüge", "K"],
    ["👩‍👩‍👧", "👩‍👩‍👧"],
    ["24 hours", "2"],
    ["shop.example.com", "S"],
  ])("of %s is %s", (name, initial) => {
    expect(initialOf(name, "en")).toBe(initial);
  });

  it("follows the language: an i is dotted in Turkish", () => {
    expect(initialOf("izmir", "tr")).toBe("İ");
  });
});
