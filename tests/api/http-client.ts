import { Agent, request, type IncomingHttpHeaders } from "node:http";
import { expectDocumented } from "./documented-answers";

/**
 * Plain HTTP, since `fetch` sets, corrects or forbids just the headers that hostile clients send.
 * Whatever the API answers is held against its own document.
 */

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The request's target as it is written in its first line, in place of the URL's path. */
  readonly target?: string;
  /** Chunks are sent one by one, with `Transfer-Encoding: chunked` unless a length is named in the headers. */
  readonly body?: string | Iterable<Buffer>;
  /** Does not wait for the end of the answer: the answer to a stream has no end. */
  readonly headOnly?: boolean;
  /** The answer may be a proxy's, which the API's document does not know. */
  readonly isProxied?: boolean;
}

const agent = new Agent({ keepAlive: false, maxSockets: Infinity });

/** The answer, also when it comes before the whole body was sent. Redirects are not followed. */
export function ask(
  url: string,
  { method = "GET", headers = {}, target, body, headOnly = false, isProxied = false }: Ask = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = typeof body === "string" ? { "Content-Length": String(Buffer.byteLength(body)) } : {};
    const outgoing = request(
      url,
      { method, agent, headers: { ...length, ...headers }, ...(target === undefined ? {} : { path: target }) },
      (incoming) => {
        const chunks: Buffer[] = [];
        const finish = () => {
          const answer = {
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text: Buffer.concat(chunks).toString("utf8"),
          };
          outgoing.destroy();
          try {
            // As it is written: another spelling of a documented address is another address.
            if (!isProxied)
              expectDocumented(
                method,
                target?.startsWith("/") ? (target.split("?", 1)[0] ?? "") : new URL(url).pathname,
                answer,
              );
            resolve(answer);
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
    outgoing.setTimeout(30_000, () => outgoing.destroy(new Error(`no answer from ${method} ${url}`)));
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

/** One caller of the store, who keeps the cart cookie as a browser does. */
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
  ): Promise<Answer> {
    const { json, form, headers = {} } = options;
    const content =
      json !== undefined
        ? { body: JSON.stringify(json), type: "application/json" }
        : form !== undefined
          ? { body: new URLSearchParams(form).toString(), type: "application/x-www-form-urlencoded" }
          : null;
    const answer = await ask(`${this.baseUrl}${path}`, {
      method,
      headers: {
        ...(this.cookie === null ? {} : { Cookie: this.cookie }),
        ...(content === null ? {} : { "Content-Type": content.type }),
        ...headers,
      },
      ...(content === null ? {} : { body: content.body }),
    });
    const cookie = answer.headers["set-cookie"]?.find((line) => /^(__Host-)?cart=/.test(line))?.split(";")[0];
    if (cookie !== undefined) this.cookie = cookie;
    return answer;
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.send("GET", path, { headers });
  }

  post(path: string, json: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.send("POST", path, { json, headers });
  }

  reserve(productId: string, quantity: number): Promise<Answer> {
    return this.post("/api/reserve-inventory", { items: [{ product_id: productId, quantity }] });
  }

  /** Opens the payment page by the shop's own form; its address. */
  async openPaymentPage(): Promise<string> {
    const answer = await this.send("POST", "/checkout", {
      form: {},
      headers: { Origin: new URL(this.baseUrl).origin },
    });
    const { location } = answer.headers;
    if (answer.status !== 303 || location === undefined)
      throw new Error(`no payment page: ${answer.status} ${answer.text.slice(0, 300)}`);
    return location;
  }
}

/** Pays on the stand-in's page; where it sends the shopper then. */
export async function pay(paymentPage: string): Promise<string> {
  const answer = await ask(paymentPage, {
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: "action=pay",
  });
  const { location } = answer.headers;
  if (answer.status !== 303 || location === undefined)
    throw new Error(`not paid: ${answer.status} ${answer.text.slice(0, 300)}`);
  return location;
}
