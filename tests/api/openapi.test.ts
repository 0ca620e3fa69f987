import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { allReservations } from "~/api/answers";
import { ROUTES } from "~/api/documented-routes";
import { openApiDocument } from "~/api/openapi-document";
import { PROBLEM_CODES } from "~/http/problem-codes";
import { faultFinder } from "./documented-answers";
import { ask, type Answer } from "./http-client";
import { startStore, type StoreProcess } from "./store-process";

const document = openApiDocument({ cookieName: "cart", publicUrl: "http://shop.test" });
const json = { "content-type": "application/json; charset=utf-8" };

function answer(status: number, body: unknown, headers: Answer["headers"] = json): Answer {
  return { status, headers, text: JSON.stringify(body) };
}

async function isValid(candidate: Readonly<Record<string, unknown>>): Promise<boolean> {
  // The validator writes into what it is given.
  return (await new Validator().validate(structuredClone(candidate))).valid;
}

/** Every object in the document, with where it stands. */
function* objectsIn(value: unknown, at = ""): Generator<[string, Readonly<Record<string, unknown>>]> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield [at, Object.fromEntries(Object.entries(value))];
  for (const [key, part] of Object.entries(value)) yield* objectsIn(part, `${at}/${key}`);
}

describe("the document of the API", () => {
  it("is valid OpenAPI 3.1, and a broken one is not", async () => {
    expect(document.openapi).toBe("3.1.0");
    expect(await isValid(document)).toBe(true);
    expect(await isValid({ ...document, info: { title: "No version" } })).toBe(false);
    expect(await isValid({ ...document, paths: { "no-slash": {} } })).toBe(false);
    expect(await isValid({ ...document, components: { securitySchemes: { cart: { type: "apiKey" } } } })).toBe(false);
  });

  it("refers to nothing that it does not hold, and leaves no field of an answer open", () => {
    const { schemas } = z.object({ schemas: z.record(z.string(), z.unknown()) }).parse(document.components);
    for (const [at, part] of objectsIn(document)) {
      if (typeof part.$ref === "string")
        expect(Object.keys(schemas), at).toContain(part.$ref.replace("#/components/schemas/", ""));
    }
    for (const [at, part] of objectsIn(schemas))
      if (part.type === "object") expect(part.additionalProperties, at).toBe(false);
  });

  it("refers without siblings, which validators refuse, and names its server", () => {
    const references = [...objectsIn(document)].filter(([, part]) => "$ref" in part);
    expect(references.length).toBeGreaterThan(50);
    for (const [at, part] of references) expect(Object.keys(part), at).toEqual(["$ref"]);
    expect(document.servers).toEqual([{ url: "http://shop.test" }]);
  });

  it("knows the hold of a payment that came late", () => {
    const schema = allReservations.shape.reservations.element.shape.session;
    expect(schema.safeParse("late:0b3f5e8e-5e0e-4d7c-9f5e-1a2b3c4d5e6f").success).toBe(true);
    expect(schema.safeParse("a key to a cart").success).toBe(false);
  });

  it("tells each code that there is, and each named operation once", () => {
    const told = JSON.stringify(document.paths) + JSON.stringify(document.components);
    for (const code of PROBLEM_CODES) expect(told).toContain(`\`${code}\``);
    const ids = [...objectsIn(document.paths)].flatMap(([, { operationId }]) =>
      operationId === undefined ? [] : [operationId],
    );
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("an answer beside the document", () => {
  const findFault = faultFinder(document);
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

  it("is found: a field more or less, another type, another code, status, media type, or a header that is missing", () => {
    const fault = (given: Answer, method = "POST") => findFault(method, path, given);
    expect(fault(answer(200, granted, withCookie))).toBeNull();
    expect(fault(answer(200, { ...granted, secret: 1 }, withCookie))).toMatch(/additional/);
    expect(fault(answer(200, { ...granted, results: [{ ...line, cost: 1 }] }, withCookie))).toMatch(/additional/);
    expect(fault(answer(200, { ...granted, session_id: undefined }, withCookie))).toMatch(/session_id/);
    expect(fault(answer(200, { ...granted, expires_at: "soon" }, withCookie))).toMatch(/date-time/);
    expect(fault(answer(200, { ...granted, results: [{ ...line, quantity: 1.5 }] }, withCookie))).toMatch(/integer/);
    expect(fault(answer(200, granted))).toBe("Set-Cookie is missing");
    expect(fault(answer(200, granted, { ...withCookie, "content-type": "text/html" }))).toMatch(/text\/html/);
    expect(fault(answer(418, {}))).toMatch(/418/);
    const problem = (code: string) => ({ success: false, error: { code, message: "No." } });
    expect(fault(answer(400, problem("invalid_request")))).toBeNull();
    expect(fault(answer(400, problem("rate_limited")))).toMatch(/allowed values/);
    expect(fault(answer(503, problem("unavailable")))).toBe("Retry-After is missing");
    expect(fault(answer(405, problem("method_not_allowed"), { ...json, allow: "GET" }), "PUT")).toBeNull();
    expect(fault(answer(405, problem("method_not_allowed")), "PUT")).toBe("Allow is missing");
    expect(fault(answer(200, granted, withCookie), "PUT")).toMatch(/200/);
  });

  it("is not found by a document that leaves fields open: the control", () => {
    const open = z
      .record(z.string(), z.unknown())
      .parse(
        JSON.parse(JSON.stringify(document).replaceAll('"additionalProperties":false', '"additionalProperties":true')),
      );
    expect(faultFinder(open)("POST", path, answer(200, { ...granted, secret: 1 }, withCookie))).toBeNull();
  });

  it("is found where the document is wrong", () => {
    const { paths } = z.looseObject({ paths: z.record(z.string(), z.unknown()) }).parse(document);
    const wrong = {
      ...document,
      paths: {
        ...paths,
        "/healthz": { get: { responses: { 200: { content: { "application/json": { schema: { type: "array" } } } } } } },
      },
    };
    expect(findFault("GET", "/healthz", answer(200, { status: "ok" }))).toBeNull();
    expect(faultFinder(wrong)("GET", "/healthz", answer(200, { status: "ok" }))).toMatch(/array/);
  });
});

describe("a running store", () => {
  let store: StoreProcess;
  beforeAll(async () => {
    store = await startStore();
  }, 150_000);
  afterAll(() => store.stop());

  it("hands out this document, and says when a caller has it already", async () => {
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

  it("has each path and method that the document names, and no other method", async () => {
    for (const [path, operations] of Object.entries(ROUTES)) {
      for (const method of ["GET", "POST", "DELETE", "PUT", "PATCH"]) {
        const { status } = await ask(`${store.url}${path}`, { method, headOnly: true });
        expect(status === 405, `${method} ${path}`).toBe(!(method.toLowerCase() in operations));
        expect(status, `${method} ${path}`).not.toBe(404);
      }
    }
  });
});
