import { Agent, request, type IncomingMessage } from "node:http";

/** One request, and what its answer must be for the run to count. */
export interface Shot {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface LoadFigures {
  readonly perSecond: number;
  /** Milliseconds of each request. */
  readonly latencies: readonly number[];
}

/**
 * Fires as fast as answers come, over as many kept connections, for so long. Throws when any answer is not a 200: what fails
 * fast must not look fast. Of its own and not a package, for exact percentiles and a look at each answer.
 */
export async function load(options: {
  connections: number;
  milliseconds: number;
  shot: () => Shot;
}): Promise<LoadFigures> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.connections });
  const latencies: number[] = [];
  const start = performance.now();
  const end = start + options.milliseconds;
  const shopper = async (): Promise<void> => {
    while (performance.now() < end) {
      const sent = performance.now();
      const { status, text } = await fire(agent, options.shot());
      if (status !== 200) throw new Error(`answered ${status}: ${text.slice(0, 300)}`);
      latencies.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: options.connections }, shopper));
  const seconds = (performance.now() - start) / 1_000;
  agent.destroy();
  return { perSecond: latencies.length / seconds, latencies };
}

export function fire(
  agent: Agent | undefined,
  { method, url, headers, body }: Shot,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "Content-Length": Buffer.byteLength(body) };
    const sending = request(url, { method, agent, headers: { ...headers, ...length } }, (response: IncomingMessage) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.once("end", () => resolve({ status: response.statusCode ?? 0, text }));
      response.once("error", reject);
    });
    sending.once("error", reject);
    sending.end(body);
  });
}

/** Both in turns, so that a busy moment of the machine meets both. The middle of the ratios of `one` to `other`, pair by pair. */
export async function inTurns(rounds: number, one: () => Promise<LoadFigures>, other: () => Promise<LoadFigures>) {
  const figures = { one: [] as LoadFigures[], other: [] as LoadFigures[] };
  for (let round = 0; round < rounds; round += 1) {
    // Who goes first alternates too.
    for (const each of round % 2 === 0 ? (["one", "other"] as const) : (["other", "one"] as const)) {
      figures[each].push(await (each === "one" ? one() : other()));
    }
  }
  return figures;
}
