import { Agent, request, type IncomingHttpHeaders } from "node:http";
import { expectDocumented } from "./documented-responses";

/**
 * Plain HTTP, because `fetch` sets, corrects or forbids the very headers that hostile clients send.
 * Every response of the API is checked against its OpenAPI document.
 */

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface RequestOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The raw target in the request line. Default: the URL's path and query. */
  readonly target?: string;
  /** Text, or chunks sent one by one (chunked unless the headers contain a length). */
  readonly body?: string | Iterable<Buffer>;
  /** Does not wait for the end of an event stream, which never ends. */
  readonly headOnly?: boolean;
  /** Skips the check against the API's document, because the response may be a proxy's. */
  readonly isProxied?: boolean;
}

const agent = new Agent({ keepAlive: false, maxSockets: Infinity });

/** Sends a request. Resolves even if the response arrives before the whole body was sent. Does not follow redirects. */
export function ask(
  url: string,
  { method = "GET", headers = {}, target, body, headOnly = false, isProxied = false }: RequestOptions = {},
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const length = typeof body === "string" ? { "Content-Length": String(Buffer.byteLength(body)) } : {};
    const outgoing = request(
      url,
      { method, agent, headers: { ...length, ...headers }, ...(target === undefined ? {} : { path: target }) },
      (incoming) => {
        const chunks: Buffer[] = [];
        const finish = () => {
          const response = {
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text: Buffer.concat(chunks).toString("utf8"),
          };
          outgoing.destroy();
          try {
            // The path as sent: another spelling of a documented path is not documented.
            if (!isProxied)
              expectDocumented(
                method,
                target?.startsWith("/") ? (target.split("?", 1)[0] ?? "") : new URL(url).pathname,
                response,
              );
            resolve(response);
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        };
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        if (headOnly && incoming.headers["content-type"]?.startsWith("text/event-stream")) finish();
        incoming.on("end", finish);
        incoming.on("error", reject);
      },
    );
    outgoing.setTimeout(30_000, () => outgoing.destroy(new Error(`no response from ${method} ${url}`)));
    outgoing.on("error", reject);
    if (typeof body === "string") outgoing.end(body);
    else if (body === undefined) outgoing.end();
    else void pour(body, outgoing);
  });
}

async function pour(
  chunks: Iterable<Buffer>,
  outgoing: NodeJS.WritableStream & { readonly destroyed?: boolean },
): Promise<void> {
  for (const chunk of chunks) {
    if (outgoing.destroyed === true) return;
    if (!outgoing.write(chunk))
      await new Promise<void>((resolve) => {
        outgoing.once("drain", resolve);
        outgoing.once("close", resolve);
      });
  }
  outgoing.end();
}

/** A caller of the store that keeps the cart cookie like a browser. */
export class Caller {
  readonly baseUrl: string;
  cookie: string | null = null;

  constructor(baseUrl: string) {
    this.baseUrl = baseUrl;
  }

  async send(
    method: string,
    path: string,
    options: {
      json?: unknown;
      form?: Readonly<Record<string, string>>;
      headers?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<HttpResponse> {
    const { json, form, headers = {} } = options;
    const content =
      json !== undefined
        ? { body: JSON.stringify(json), type: "application/json" }
        : form !== undefined
          ? { body: new URLSearchParams(form).toString(), type: "application/x-www-form-urlencoded" }
          : null;
    const response = await ask(`${this.baseUrl}${path}`, {
      method,
      headers: {
        ...(this.cookie === null ? {} : { Cookie: this.cookie }),
        ...(content === null ? {} : { "Content-Type": content.type }),
        ...headers,
      },
      ...(content === null ? {} : { body: content.body }),
    });
    const cookie = response.headers["set-cookie"]?.find((line) => /^(__Host-)?cart=/.test(line))?.split(";")[0];
    if (cookie !== undefined) this.cookie = cookie;
    return response;
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<HttpResponse> {
    return this.send("GET", path, { headers });
  }

  post(path: string, json: unknown, headers: Readonly<Record<string, string>> = {}): Promise<HttpResponse> {
    return this.send("POST", path, { json, headers });
  }

  reserve(productId: string, quantity: number): Promise<HttpResponse> {
    return this.post("/api/reserve-inventory", { items: [{ product_id: productId, quantity }] });
  }

  /** Opens a payment page with the shop's form and returns its URL. */
  async openPaymentPage(): Promise<string> {
    const response = await this.send("POST", "/checkout", {
      form: {},
      headers: { Origin: new URL(this.baseUrl).origin },
    });
    const { location } = response.headers;
    if (response.status !== 303 || location === undefined)
      throw new Error(`no payment page: ${response.status} ${response.text.slice(0, 300)}`);
    return location;
  }
}

/** Pays on the stand-in's payment page and returns the URL that it redirects to. */
export async function pay(paymentPage: string): Promise<string> {
  const response = await ask(paymentPage, {
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: "action=pay",
  });
  const { location } = response.headers;
  if (response.status !== 303 || location === undefined)
    throw new Error(`not paid: ${response.status} ${response.text.slice(0, 300)}`);
  return location;
}
