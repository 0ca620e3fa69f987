import { z } from "zod";
import type { ProblemCode } from "~/http/problem-codes";
import { ROUTES, type Content, type DocumentedResponse, type Operation } from "./documented-routes";
import { problem } from "./responses";

type Json = Record<string, unknown>;

/** Responses of any route: an invalid Host, a header section that is too large (sent by Node, without a body), an internal error. */
const EVERYWHERE: Readonly<Record<number, readonly ProblemCode[]>> = { 400: ["invalid_request"], 500: ["internal"] };
const HEAD_TOO_LARGE: DocumentedResponse = {
  description: "The request's headers are too large.",
  content: "empty",
};

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  400: "The request is invalid; `fields` lists the invalid fields.",
  401: "Admin access only.",
  403: "The request came from another site, or the session was not signed by this shop.",
  404: "Not found.",
  405: "Method not allowed; `Allow` lists the allowed ones.",
  409: "A payment page is open for this cart, and Stripe could not confirm that it is closed. Nothing changed.",
  413: "The body is too large.",
  415: "The body has the wrong content type.",
  422: "More than the shop allows, or than is in stock.",
  429: "Too many requests. Holds are unaffected.",
  500: "An internal error. It has been logged.",
  503: "The database, Stripe or Redis is unavailable, or holds are not rebuilt yet. Nothing changed; try again.",
};

/** Headers of every response with a given status. */
const HEADERS: Readonly<Record<number, readonly string[]>> = {
  401: ["WWW-Authenticate"],
  405: ["Allow"],
  429: ["Retry-After"],
  503: ["Retry-After"],
};

/** The API as OpenAPI 3.1, built from the schemas that parse requests and, in tests, validate responses. */
export function openApiDocument({
  shopName,
  cookieName,
  publicUrl,
}: {
  readonly shopName: string;
  readonly cookieName: string;
  readonly publicUrl: string;
}): Json {
  const schemas: Json = {};
  const paths = Object.fromEntries(
    Object.entries(ROUTES).map(([path, operations]) => [
      path,
      Object.fromEntries(
        Object.entries(operations).map(([method, operation]) => [
          method,
          describeOperation(path, method, operation, schemas),
        ]),
      ),
    ]),
  );
  return {
    openapi: "3.1.0",
    info: {
      title: `${shopName} API`,
      version: "1.0.0",
      description:
        "JSON in snake_case, times in UTC, whole units. Other methods of a path return `MethodNotAllowed`, and an invalid Host returns `NoHost`; HEAD works like GET. Bodies are limited to 16 KiB, the webhook's to 1 MiB.",
    },
    servers: [{ url: publicUrl }],
    paths,
    components: {
      schemas,
      responses: {
        MethodNotAllowed: describeResponse(405, ["method_not_allowed"], schemas),
        NoHost: describeResponse(400, ["invalid_request"], schemas),
      },
      securitySchemes: {
        cart: {
          type: "apiKey",
          in: "cookie",
          name: cookieName,
          description: "The signed cart. Programs send the `session_id` of an earlier response instead.",
        },
        operator: {
          type: "http",
          scheme: "bearer",
          description: "ADMIN_TOKEN. Not needed in a sandbox without one.",
        },
      },
    },
  };
}

function describeOperation(
  path: string,
  method: string,
  { summary, callers, query, body, responses: documented }: Operation,
  schemas: Json,
): Json {
  const statuses = new Set([...Object.keys(documented), ...Object.keys(EVERYWHERE)].map(Number));
  const responses = [...statuses]
    .sort()
    .map((status) => [
      String(status),
      describeResponse(status, withCommon(documented[status], EVERYWHERE[status]), schemas),
    ]);
  return {
    operationId: [method, ...path.split(/[^a-z]+/)].filter((word) => word !== "").join("_"),
    summary,
    security: callers.flatMap((caller): Json[] =>
      caller === "operator" ? [{ operator: [] }] : caller === "cart" ? [{}, { cart: [] }] : [{}],
    ),
    ...(query === undefined ? {} : { parameters: describeQuery(query, schemas) }),
    ...(body === undefined ? {} : { requestBody: describeBody(body, schemas) }),
    responses: Object.fromEntries([...responses, ["431", describeResponse(431, HEAD_TOO_LARGE, schemas)]]),
  };
}

function withCommon(
  own: DocumentedResponse | readonly ProblemCode[] | undefined,
  common: readonly ProblemCode[] = [],
): DocumentedResponse | readonly ProblemCode[] {
  if (own === undefined) return common;
  return isCodes(own) ? [...new Set([...own, ...common])] : own;
}

function describeResponse(status: number, response: DocumentedResponse | readonly ProblemCode[], schemas: Json): Json {
  const {
    description,
    content,
    codes = [],
    headers = [],
  } = isCodes(response)
    ? { description: DESCRIPTIONS[status] ?? "", content: { shapes: [] }, codes: response }
    : response;
  const always = [...new Set([...headers, ...(HEADERS[status] ?? [])])];
  return {
    description:
      codes.length === 0 ? description : `${description} Codes: ${codes.map((code) => `\`${code}\``).join(", ")}.`,
    ...(always.length === 0
      ? {}
      : { headers: Object.fromEntries(always.map((name) => [name, { required: true, schema: { type: "string" } }])) }),
    ...(content === "empty" ? {} : { content: describeContent(content, codes, schemas) }),
  };
}

function describeContent(content: Exclude<Content, "empty">, codes: readonly ProblemCode[], schemas: Json): Json {
  if ("type" in content) {
    const events =
      content.events === undefined ? {} : { "x-events": { availability: toSchema(content.events, "output", schemas) } };
    return { [content.type]: { schema: { type: "string" }, ...events } };
  }
  const problems =
    codes.length === 0
      ? []
      : [
          {
            allOf: [
              toSchema(problem, "output", schemas),
              { properties: { error: { properties: { code: { enum: codes } } } } },
            ],
          },
        ];
  const all = [...content.shapes.map((shape) => toSchema(shape, "output", schemas)), ...problems];
  return {
    "application/json": { schema: all.length === 0 ? { type: "object" } : all.length === 1 ? all[0] : { anyOf: all } },
  };
}

function describeQuery(query: z.ZodObject, schemas: Json): Json[] {
  const required = z
    .object({ required: z.array(z.string()).default([]) })
    .parse(toSchema(query, "input", schemas)).required;
  return Object.entries(query.shape).map(([name, type]) => ({
    name,
    in: "query",
    required: required.includes(name),
    schema: toSchema(z.custom<z.ZodType>((given) => given instanceof z.ZodType).parse(type), "input", schemas),
  }));
}

function describeBody(body: NonNullable<Operation["body"]>, schemas: Json): Json {
  if (body === "stripe")
    return {
      required: true,
      content: { "application/json": { schema: { type: "object", description: "A Stripe event." } } },
    };
  return {
    required: body.required,
    content: { "application/json": { schema: toSchema(body.schema, "input", schemas) } },
  };
}

/** The JSON schema; named parts are added to `schemas` and referenced. */
function toSchema(type: z.ZodType, io: "input" | "output", schemas: Json): Json {
  const {
    $schema: _dialect,
    $defs = {},
    ...schema
  } = pointingToComponents(
    z.toJSONSchema(z.object({ it: type }), {
      io,
      // The pattern repeats the format at ten times the length.
      override: ({ jsonSchema }) => void (jsonSchema.format === "date-time" && delete jsonSchema.pattern),
    }),
  );
  Object.assign(schemas, withLoneReferences($defs));
  return withLoneReferences(
    z.object({ properties: z.object({ it: z.record(z.string(), z.unknown()) }) }).parse(schema).properties.it,
  );
}

/** Moves a `$ref` with siblings into an `allOf`: many tools ignore or reject anything next to a `$ref`. */
function withLoneReferences<Node>(node: Node): Node {
  if (typeof node !== "object" || node === null) return node;
  if (Array.isArray(node)) return node.map(withLoneReferences) as Node;
  const entries = Object.entries(node).map(([name, value]) => [name, withLoneReferences(value)] as const);
  const { $ref, ...others } = Object.fromEntries(entries);
  return (
    typeof $ref === "string" && entries.length > 1 ? { allOf: [{ $ref }], ...others } : Object.fromEntries(entries)
  ) as Node;
}

function pointingToComponents(schema: object): Json & { $defs?: Json } {
  const text = JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/');
  return z.looseObject({ $defs: z.record(z.string(), z.unknown()).optional() }).parse(JSON.parse(text));
}

function isCodes(response: DocumentedResponse | readonly ProblemCode[]): response is readonly ProblemCode[] {
  return Array.isArray(response);
}
