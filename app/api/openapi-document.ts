import { z } from "zod";
import type { ProblemCode } from "~/http/problem-codes";
import { problem } from "./answers";
import { ROUTES, type Content, type DocumentedAnswer, type Operation } from "./documented-routes";

type Json = Record<string, unknown>;

/** What any route may answer: a Host that is none, a head that is too large (Node's own answer, without a body), a fault of ours. */
const EVERYWHERE: Readonly<Record<number, readonly ProblemCode[]>> = { 400: ["invalid_request"], 500: ["internal"] };
const TOO_LARGE_A_HEAD: DocumentedAnswer = {
  says: "The head of the request is larger than a server reads.",
  content: "empty",
};

const SAYS: Readonly<Record<number, string>> = {
  400: "The request makes no sense; `fields` names what is at fault.",
  401: "This is for operators.",
  403: "Another site's page sent it, or the session was not signed by this shop.",
  404: "There is no such thing.",
  405: "The path does not know this method; `Allow` names those that it knows.",
  409: "A payment page is open for this cart, and Stripe gave no proof that it is closed. Nothing changed.",
  413: "The body is too large.",
  415: "The body is of another type.",
  422: "More than the shop allows, or than there is.",
  429: "Too much in a short time; what is held stays held.",
  500: "A fault of ours. It has been logged.",
  503: "The database, Stripe or Redis does not answer, or holds are not rebuilt yet. Nothing changed; try again.",
};

/** Headers that every response with a given status has. */
const HEADERS: Readonly<Record<number, readonly string[]>> = {
  401: ["WWW-Authenticate"],
  405: ["Allow"],
  429: ["Retry-After"],
  503: ["Retry-After"],
};

/** The API as OpenAPI 3.1, made of the schemas that requests are parsed with and answers are held against. */
export function openApiDocument({
  cookieName,
  publicUrl,
}: {
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
      title: "Holdfast",
      version: "1.0.0",
      description:
        "JSON in snake_case, times in UTC, units whole. Any other method of a path is answered as `MethodNotAllowed`, and a Host that is none as `NoHost`; HEAD is answered as GET. Bodies hold 16 KiB at most, the webhook's 1 MiB.",
    },
    servers: [{ url: publicUrl }],
    paths,
    components: {
      schemas,
      responses: {
        MethodNotAllowed: describeAnswer(405, ["method_not_allowed"], schemas),
        NoHost: describeAnswer(400, ["invalid_request"], schemas),
      },
      securitySchemes: {
        cart: {
          type: "apiKey",
          in: "cookie",
          name: cookieName,
          description: "The signed cart. Programs send the `session_id` of a former answer instead.",
        },
        operator: {
          type: "http",
          scheme: "bearer",
          description: "ADMIN_TOKEN. Needed nowhere in a sandbox without one.",
        },
      },
    },
  };
}

function describeOperation(
  path: string,
  method: string,
  { summary, callers, query, body, answers }: Operation,
  schemas: Json,
): Json {
  const statuses = new Set([...Object.keys(answers), ...Object.keys(EVERYWHERE)].map(Number));
  const responses = [...statuses]
    .sort()
    .map((status) => [
      String(status),
      describeAnswer(status, withCommon(answers[status], EVERYWHERE[status]), schemas),
    ]);
  return {
    operationId: [method, ...path.split(/[^a-z]+/)].filter((word) => word !== "").join("_"),
    summary,
    security: callers.flatMap((caller): Json[] =>
      caller === "operator" ? [{ operator: [] }] : caller === "cart" ? [{}, { cart: [] }] : [{}],
    ),
    ...(query === undefined ? {} : { parameters: describeQuery(query, schemas) }),
    ...(body === undefined ? {} : { requestBody: describeBody(body, schemas) }),
    responses: Object.fromEntries([...responses, ["431", describeAnswer(431, TOO_LARGE_A_HEAD, schemas)]]),
  };
}

function withCommon(
  own: DocumentedAnswer | readonly ProblemCode[] | undefined,
  common: readonly ProblemCode[] = [],
): DocumentedAnswer | readonly ProblemCode[] {
  if (own === undefined) return common;
  return isCodes(own) ? [...new Set([...own, ...common])] : own;
}

function describeAnswer(status: number, answer: DocumentedAnswer | readonly ProblemCode[], schemas: Json): Json {
  const {
    says,
    content,
    codes = [],
    headers = [],
  } = isCodes(answer) ? { says: SAYS[status] ?? "", content: { shapes: [] }, codes: answer } : answer;
  const always = [...new Set([...headers, ...(HEADERS[status] ?? [])])];
  return {
    description: codes.length === 0 ? says : `${says} Codes: ${codes.map((code) => `\`${code}\``).join(", ")}.`,
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
      content: { "application/json": { schema: { type: "object", description: "An event of Stripe." } } },
    };
  return {
    required: body.required,
    content: { "application/json": { schema: toSchema(body.schema, "input", schemas) } },
  };
}

/** The JSON schema; parts that bear a name go to `schemas` and are referred to. */
function toSchema(type: z.ZodType, io: "input" | "output", schemas: Json): Json {
  const {
    $schema: _dialect,
    $defs = {},
    ...schema
  } = pointingToComponents(
    z.toJSONSchema(z.object({ it: type }), {
      io,
      // The pattern says the same at ten times the length.
      override: ({ jsonSchema }) => void (jsonSchema.format === "date-time" && delete jsonSchema.pattern),
    }),
  );
  Object.assign(schemas, withLoneReferences($defs));
  return withLoneReferences(
    z.object({ properties: z.object({ it: z.record(z.string(), z.unknown()) }) }).parse(schema).properties.it,
  );
}

/** Beside a `$ref` many tools read nothing, or refuse what stands there: such a reference moves into an `allOf`. */
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

function isCodes(answer: DocumentedAnswer | readonly ProblemCode[]): answer is readonly ProblemCode[] {
  return Array.isArray(answer);
}
