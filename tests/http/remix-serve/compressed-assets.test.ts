import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startStore, type StoreProcess } from "../../api/store-process";

let store: StoreProcess;
let assets: readonly string[];

beforeAll(async () => {
  store = await startStore();
  const page = await (await fetch(store.url)).text();
  assets = ["js", "css"].map((kind) => new RegExp(`/assets/(?:root|shop)-[^"]+\\.${kind}`).exec(page)?.[0] ?? kind);
}, 300_000);

afterAll(async () => {
  await store.stop();
});

const load = (path: string, accepted: string) =>
  fetch(new URL(path, store.url), { headers: { "Accept-Encoding": accepted } });

describe("scripts and style sheets", () => {
  it("are sent as the build compressed them, and mean the same", async () => {
    for (const asset of assets) {
      const response = await load(asset, "gzip, deflate, br, zstd");
      expect(response.headers.get("Content-Encoding"), asset).toBe("br");
      expect(response.headers.get("Content-Length")).toBe(String(readFileSync(`build/client${asset}.br`).length));
      expect(response.headers.get("Content-Type")).toMatch(/^text\/(javascript|css); charset=utf-8$/);
      expect(response.headers.get("Cache-Control")).toContain("immutable");
      expect(response.headers.get("Vary")).toContain("Accept-Encoding");
      expect(await response.text()).toBe(readFileSync(`build/client${asset}`, "utf8"));
    }
  });

  it.each(["gzip", "br;q=0, gzip", "identity"])(
    "come in another form to a browser that accepts %s",
    async (accepted) => {
      for (const asset of assets) {
        const response = await load(asset, accepted);
        expect(response.headers.get("Content-Encoding"), asset).toBe(accepted === "identity" ? null : "gzip");
        expect(await response.text()).toBe(readFileSync(`build/client${asset}`, "utf8"));
      }
    },
  );

  it("that do not exist are a 404 that can be read", async () => {
    for (const path of ["/assets/missing.js", "/assets/..%2Fserver%2Findex.js", "/assets/%2e%2e/server/index.js"]) {
      const response = await load(path, "br");
      expect(response.status, path).toBe(404);
      expect((await response.text()).length, path).toBeGreaterThan(0);
    }
  });
});
