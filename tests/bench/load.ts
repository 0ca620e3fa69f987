import { Agent, request as httpRequest, type IncomingMessage } from "node:http";

export interface LoadRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface LoadFigures {
  readonly perSecond: number;
  /** Duration of each request, in milliseconds. */
  readonly latencies: readonly number[];
}

/**
 * Sends requests over keep-alive connections for some time, the next on each connection as soon as the last has its
 * response. Throws on any status but 200, because failing fast must not look fast. Not a package, for exact percentiles
 * and to check every response.
 */
export async function load(options: {
  connections: number;
  milliseconds: number;
  request: () => LoadRequest;
}): Promise<LoadFigures> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.connections });
  const latencies: number[] = [];
  const start = performance.now();
  const end = start + options.milliseconds;
  const connection = async (): Promise<void> => {
    while (performance.now() < end) {
      const sent = performance.now();
      const { status, text } = await send(agent, options.request());
      if (status !== 200) throw new Error(`unexpected status ${status}: ${text.slice(0, 300)}`);
      latencies.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: options.connections }, connection));
  const seconds = (performance.now() - start) / 1_000;
  agent.destroy();
  return { perSecond: latencies.length / seconds, latencies };
}

export function send(
  agent: Agent | undefined,
  { method, url, headers, body }: LoadRequest,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "Content-Length": Buffer.byteLength(body) };
    const outgoing = httpRequest(
      url,
      { method, agent, headers: { ...headers, ...length } },
      (response: IncomingMessage) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (text += chunk));
        response.once("end", () => resolve({ status: response.statusCode ?? 0, text }));
        response.once("error", reject);
      },
    );
    outgoing.once("error", reject);
    outgoing.end(body);
  });
}

/** Runs both alternately, so that busy moments of the machine affect both. Returns the figures of each round. */
export async function alternate(rounds: number, one: () => Promise<LoadFigures>, other: () => Promise<LoadFigures>) {
  const figures = { one: [] as LoadFigures[], other: [] as LoadFigures[] };
  for (let round = 0; round < rounds; round += 1) {
    // The first of each pair alternates too.
    for (const each of round % 2 === 0 ? (["one", "other"] as const) : (["other", "one"] as const)) {
      figures[each].push(await (each === "one" ? one() : other()));
    }
  }
  return figures;
}
