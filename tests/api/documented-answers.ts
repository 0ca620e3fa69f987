import addFormats from "ajv-formats";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { z } from "zod";
import { openApiDocument } from "~/api/openapi-document";
import type { Answer } from "./http-client";

/** As much of OpenAPI as an answer is held against. */
const responseShape = z.object({
  headers: z.record(z.string(), z.object({ required: z.boolean() })).default({}),
  content: z.record(z.string(), z.object({ schema: z.unknown() })).default({}),
});
const documentShape = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.object({ responses: z.record(z.string(), responseShape) }))),
  components: z.object({ responses: z.object({ MethodNotAllowed: responseShape, NoHost: responseShape }) }),
});

/** What answers a method that is not in the document. */
const OTHER_METHODS: Readonly<Record<number, "MethodNotAllowed" | "NoHost">> = {
  405: "MethodNotAllowed",
  400: "NoHost",
};

/** What an answer does that the document does not say; null: nothing, or the path is none of the document's. */
export type FaultFinder = (method: string, path: string, answer: Answer) => string | null;

/** Holds answers against the document: their status, the headers that it promises, their type, and each field of them. */
export function faultFinder(document: Readonly<Record<string, unknown>>): FaultFinder {
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
    const otherwise = OTHER_METHODS[status];
    const response = isKnown
      ? operations[name]?.responses[status]
      : otherwise === undefined
        ? undefined
        : components.responses[otherwise];
    if (response === undefined) return `the document knows no ${status}`;
    const missing = Object.entries(response.headers).find(
      ([header, { required }]) => required && headers[header.toLowerCase()] === undefined,
    );
    if (missing !== undefined) return `${missing[0]} is missing`;
    const type = headers["content-type"]?.split(";")[0] ?? "";
    if (Object.keys(response.content).length === 0 || method === "HEAD")
      return text === "" ? null : "there should be no body";
    if (response.content[type] === undefined) return `“${type}” is not what the document says`;
    if (type !== "application/json") return null;
    const place = isKnown
      ? `/paths/${escaped(path)}/${name}/responses/${status}`
      : `/components/responses/${otherwise ?? ""}`;
    const validate = validatorOf(`${place}/content/${escaped(type)}/schema`);
    return validate(JSON.parse(text)) ? null : ajv.errorsText(validate.errors);
  };
}

const escaped = (key: string) => key.replaceAll("~", "~0").replaceAll("/", "~1");

const findFault = faultFinder(openApiDocument({ cookieName: "cart", publicUrl: "http://shop.test" }));

/** Throws when the answer is not what `/api/openapi.json` says. */
export function expectDocumented(method: string, path: string, answer: Answer): void {
  const fault = findFault(method, path, answer);
  if (fault !== null)
    throw new Error(
      `${method} ${path} answered ${answer.status} beside its document: ${fault}\n${answer.text.slice(0, 500)}`,
    );
}
