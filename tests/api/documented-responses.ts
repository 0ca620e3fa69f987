import addFormats from "ajv-formats";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { z } from "zod";
import { openApiDocument } from "~/api/openapi-document";
import type { HttpResponse } from "./http-client";

/** The parts of OpenAPI that responses are checked against. */
const responseShape = z.object({
  headers: z.record(z.string(), z.object({ required: z.boolean() })).default({}),
  content: z.record(z.string(), z.object({ schema: z.unknown() })).default({}),
});
const documentShape = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.object({ responses: z.record(z.string(), responseShape) }))),
  components: z.object({ responses: z.object({ MethodNotAllowed: responseShape, NoHost: responseShape }) }),
});

/** Documented responses to methods that a path does not have. */
const OTHER_METHODS: Readonly<Record<number, "MethodNotAllowed" | "NoHost">> = {
  405: "MethodNotAllowed",
  400: "NoHost",
};

/** Returns how a response deviates from the document; null if it does not, or if the path is not documented. */
export type ResponseCheck = (method: string, path: string, response: HttpResponse) => string | null;

/** Creates a check of responses against an OpenAPI document: status, required headers, media type, and every field. */
export function createResponseCheck(document: Readonly<Record<string, unknown>>): ResponseCheck {
  const { paths, components } = documentShape.parse(document);
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addSchema(document, "document");
  const compiled = new Map<string, ValidateFunction>();

  function validatorOf(pointer: string): ValidateFunction {
    const known = compiled.get(pointer) ?? ajv.compile({ $ref: `document#${pointer}` });
    compiled.set(pointer, known);
    return known;
  }

  return (method, path, { status, headers, text }) => {
    const operations = paths[path];
    if (operations === undefined) return null;
    const name = (method === "HEAD" ? "GET" : method).toLowerCase();
    const isKnown = operations[name] !== undefined;
    const fallback = OTHER_METHODS[status];
    const documented = isKnown
      ? operations[name]?.responses[status]
      : fallback === undefined
        ? undefined
        : components.responses[fallback];
    if (documented === undefined) return `status ${status} is not documented`;
    const missing = Object.entries(documented.headers).find(
      ([header, { required }]) => required && headers[header.toLowerCase()] === undefined,
    );
    if (missing !== undefined) return `${missing[0]} is missing`;
    const type = headers["content-type"]?.split(";")[0] ?? "";
    if (Object.keys(documented.content).length === 0 || method === "HEAD")
      return text === "" ? null : "there should be no body";
    if (documented.content[type] === undefined) return `media type “${type}” is not documented`;
    if (type !== "application/json") return null;
    const pointer = isKnown
      ? `/paths/${escaped(path)}/${name}/responses/${status}`
      : `/components/responses/${fallback ?? ""}`;
    const validate = validatorOf(`${pointer}/content/${escaped(type)}/schema`);
    return validate(JSON.parse(text)) ? null : ajv.errorsText(validate.errors);
  };
}

const escaped = (key: string) => key.replaceAll("~", "~0").replaceAll("/", "~1");

const checkResponse = createResponseCheck(
  openApiDocument({ shopName: "Test", cookieName: "cart", publicUrl: "http://shop.test" }),
);

/** Throws if the response deviates from `/api/openapi.json`. */
export function expectDocumented(method: string, path: string, response: HttpResponse): void {
  const deviation = checkResponse(method, path, response);
  if (deviation !== null)
    throw new Error(
      `the ${response.status} of ${method} ${path} is not documented: ${deviation}\n${response.text.slice(0, 500)}`,
    );
}
