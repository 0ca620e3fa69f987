import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { ROUTES } from "~/api/documented-routes";
import { openApiDocument } from "~/api/openapi-document";
import { allReservations } from "~/api/responses";
import { PROBLEM_CODES } from "~/http/problem-codes";
import { createResponseCheck } from "./documented-responses";
import { ask, type HttpResponse } from "./http-client";
import { startStore, type StoreProcess } from "./store-process";

const document = openApiDocument({ shopName: "Slipway", cookieName: "cart", publicUrl: "http://shop.test" });
const json = { "content-type": "application/json; charset=utf-8" };

function response(status: number, body: unknown, headers: HttpResponse["headers"] = json): HttpResponse {
  return { status, headers, text: JSON.stringify(body) };
}

async function isValid(candidate: Readonly<Record<string, unknown>>): Promise<boolean> {
  // The validator modifies its input.
  return (await new Validator().validate(structuredClone(candidate))).valid;
}

/** Every object in the document, with its JSON pointer. */
function* objectsIn(value: unknown, at = ""): Generator<[string, Readonly<Record<string, unknown>>]> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield [at, Object.fromEntries(Object.entries(value))];
  for (const [key, part] of Object.entries(value)) yield* objectsIn(part, `${at}/${key}`);
}

describe("the API's document", () => {
  it("is valid OpenAPI 3.1, unlike a broken one (control)", async () => {
    expect(document.openapi).toBe("3.1.0");
    expect(await isValid(document)).toBe(true);
    expect(await isValid({ ...document, info: { title: "No version" } })).toBe(false);
    expect(await isValid({ ...document, paths: { "no-slash": {} } })).toBe(false);
    expect(await isValid({ ...document, components: { securitySchemes: { cart: { type: "apiKey" } } } })).toBe(false);
  });

  it("resolves all its references, and allows no additional fields in responses", () => {
    const { schemas } = z.object({ schemas: z.record(z.string(), z.unknown()) }).parse(document.components);
    for (const [at, part] of objectsIn(document)) {
      if (typeof part.$ref === "string")
        expect(Object.keys(schemas), at).toContain(part.$ref.replace("#/components/schemas/", ""));
    }
    for (const [at, part] of objectsIn(schemas))
      if (part.type === "object") expect(part.additionalProperties, at).toBe(false);
  });

  it("has references without siblings, which validators reject, and lists its server", () => {
    const references = [...objectsIn(document)].filter(([, part]) => "$ref" in part);
    expect(references.length).toBeGreaterThan(50);
    for (const [at, part] of references) expect(Object.keys(part), at).toEqual(["$ref"]);
    expect(document.servers).toEqual([{ url: "http://shop.test" }]);
  });

  it("allows the hold of a late payment", () => {
    const schema = allReservations.shape.reservations.element.shape.session;
    expect(schema.safeParse("late:0b3f5e8e-5e0e-4d7c-9f5e-1a2b3c4d5e6f").success).toBe(true);
    expect(schema.safeParse("a key to a cart").success).toBe(false);
  });

  it("documents every error code, and gives every operation a unique id", () => {
    const text = JSON.stringify(document.paths) + JSON.stringify(document.components);
    for (const code of PROBLEM_CODES) expect(text).toContain(`\`${code}\``);
    const ids = [...objectsIn(document.paths)].flatMap(([, { operationId }]) =>
      operationId === undefined ? [] : [operationId],
    );
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("an undocumented response", () => {
  const check = createResponseCheck(document);
  const line = { product_id: "a", name: "A", success: true, quantity: 1, available: 2, remaining: 1 };
  const granted = {
    success: true,
    session_id: "x.y",
    expires_at: "2026-01-01T00:00:00.000Z",
    expires_in_seconds: 120,
    results: [line],
    total_active_reservations: 1,
  };
  const withCookie = { ...json, "set-cookie": ["cart=x"] };
  const path = "/api/reserve-inventory";

  it("is detected: additional, missing or mistyped fields, a wrong code, status or media type, a missing header", () => {
    const deviation = (given: HttpResponse, method = "POST") => check(method, path, given);
    expect(deviation(response(200, granted, withCookie))).toBeNull();
    expect(deviation(response(200, { ...granted, secret: 1 }, withCookie))).toMatch(/additional/);
    expect(deviation(response(200, { ...granted, results: [{ ...line, cost: 1 }] }, withCookie))).toMatch(/additional/);
    expect(deviation(response(200, { ...granted, session_id: undefined }, withCookie))).toMatch(/session_id/);
    expect(deviation(response(200, { ...granted, expires_at: "soon" }, withCookie))).toMatch(/date-time/);
    expect(deviation(response(200, { ...granted, results: [{ ...line, quantity: 1.5 }] }, withCookie))).toMatch(
      /integer/,
    );
    expect(deviation(response(200, granted))).toBe("Set-Cookie is missing");
    expect(deviation(response(200, granted, { ...withCookie, "content-type": "text/html" }))).toMatch(/text\/html/);
    expect(deviation(response(418, {}))).toMatch(/418/);
    const problem = (code: string) => ({ success: false, error: { code, message: "No." } });
    expect(deviation(response(400, problem("invalid_request")))).toBeNull();
    expect(deviation(response(400, problem("rate_limited")))).toMatch(/allowed values/);
    expect(deviation(response(503, problem("unavailable")))).toBe("Retry-After is missing");
    expect(deviation(response(405, problem("method_not_allowed"), { ...json, allow: "GET" }), "PUT")).toBeNull();
    expect(deviation(response(405, problem("method_not_allowed")), "PUT")).toBe("Allow is missing");
    expect(deviation(response(200, granted, withCookie), "PUT")).toMatch(/200/);
  });

  it("is not detected if the document allows additional fields (negative control)", () => {
    const open = z
      .record(z.string(), z.unknown())
      .parse(
        JSON.parse(JSON.stringify(document).replaceAll('"additionalProperties":false', '"additionalProperties":true')),
      );
    expect(createResponseCheck(open)("POST", path, response(200, { ...granted, secret: 1 }, withCookie))).toBeNull();
  });

  it("is detected if the document is wrong", () => {
    const { paths } = z.looseObject({ paths: z.record(z.string(), z.unknown()) }).parse(document);
    const wrong = {
      ...document,
      paths: {
        ...paths,
        "/healthz": { get: { responses: { 200: { content: { "application/json": { schema: { type: "array" } } } } } } },
      },
    };
    expect(check("GET", "/healthz", response(200, { status: "ok" }))).toBeNull();
    expect(createResponseCheck(wrong)("GET", "/healthz", response(200, { status: "ok" }))).toMatch(/array/);
  });
});

describe("a running store", () => {
  let store: StoreProcess;
  beforeAll(async () => {
    store = await startStore();
  }, 300_000);
  afterAll(() => store.stop());

  it("serves this document, and responds with 304 if the caller has it", async () => {
    const first = await ask(`${store.url}/api/openapi.json`);
    expect(JSON.parse(first.text)).toEqual({
      ...document,
      servers: [{ url: store.url.replace("127.0.0.1", "localhost") }],
    });
    expect(first.headers["cache-control"]).toContain("max-age=");
    const etag = first.headers.etag ?? "";
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      expect((await ask(`${store.url}/api/openapi.json`, { headers: { "If-None-Match": known } })).status, known).toBe(
        304,
      );
    }
    expect((await ask(`${store.url}/api/openapi.json`, { headers: { "If-None-Match": '"other"' } })).status).toBe(200);
  });

  it("has exactly the documented paths and methods", async () => {
    for (const [path, operations] of Object.entries(ROUTES)) {
      for (const method of ["GET", "POST", "DELETE", "PUT", "PATCH"]) {
        const { status } = await ask(`${store.url}${path}`, { method, headOnly: true });
        expect(status === 405, `${method} ${path}`).toBe(!(method.toLowerCase() in operations));
        expect(status, `${method} ${path}`).not.toBe(404);
      }
    }
  });
});
