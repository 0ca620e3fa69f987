import { setTimeout as sleep } from "node:timers/promises";
import { createClient, ErrorReply, type RedisClientType } from "redis";
import { UnavailableError } from "~/errors";

const RETRY_MS = 40;
/** Longer than a call: calls do not wait for a connection, and one with TLS to another region takes several round trips. */
const CONNECT_MS = 1_000;

export interface BoundedRedisOptions {
  /** `redis://` or `rediss://`; one address of a single server, a proxy, or a node that owns all slots. */
  readonly url: string;
  /** Deadline of a call, retries after a lost connection or reply included. */
  readonly callMs: number;
  /** Timeout of one attempt. */
  readonly tryMs: number;
  readonly log: { warn(facts: object, message: string): void };
}

export type RedisClient = RedisClientType;

/**
 * A self-reconnecting client whose calls all have a hard deadline. node-redis times out only until a command is written,
 * and some of its commands wait for a new connection whatever its options say.
 */
export class BoundedRedis {
  readonly #options: BoundedRedisOptions;
  #client: RedisClient;
  #openedAt = performance.now();
  #repliedAt = -Infinity;
  #isClosed = false;
  #isDown = false;

  constructor(options: BoundedRedisOptions) {
    this.#options = options;
    this.#client = this.open();
  }

  /** "failing" while Redis does not reply. */
  get state(): "ok" | "failing" {
    return this.#isDown ? "failing" : "ok";
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Resolves to the result of `act`, which is repeated if its reply was lost and must be idempotent. Throws
   * `UnavailableError` by the deadline when Redis does not reply or refuses; the command may or may not have been applied.
   * Any other error is a broken invariant.
   */
  async call<T>(act: (client: RedisClient) => Promise<T>): Promise<T> {
    const end = performance.now() + this.#options.callMs;
    for (;;) {
      const client = this.#client;
      try {
        const result = await this.#inTime(act(client), end);
        this.#isDown = false;
        this.#repliedAt = performance.now();
        return result;
      } catch (error) {
        if (error instanceof ErrorReply && !isTransient(error)) throw refusal(error);
        if (error instanceof TimedOut || this.#isStuck(client)) this.#replace(client);
        // One attempt is enough while Redis is known to be down, so that callers fail fast.
        if (this.#isClosed || this.#isDown || performance.now() + RETRY_MS >= end) {
          this.#isDown = true;
          throw new UnavailableError("Redis does not reply", { cause: error });
        }
      }
      await sleep(RETRY_MS);
    }
  }

  /** Opens another client, for use that needs its own connection. The caller closes it. */
  open(): RedisClient {
    const client: RedisClient = createClient({
      url: this.#options.url,
      disableOfflineQueue: true,
      socket: { connectTimeout: CONNECT_MS, reconnectStrategy: (retries) => Math.min(20 * 2 ** retries, 500) },
    });
    // Calls report the error themselves; without a listener it would end the process.
    client.on("error", () => undefined);
    client.connect().catch((error: unknown) => {
      if (!this.#isClosed && client === this.#client) this.#options.log.warn({ err: error }, "cannot connect to Redis");
    });
    return client;
  }

  close(): void {
    this.#isClosed = true;
    if (this.#client.isOpen) this.#client.destroy();
  }

  /** Waits longer than one attempt only while other calls get replies: Redis is then slow and not gone. */
  async #inTime<T>(work: Promise<T>, end: number): Promise<T> {
    try {
      return await withTimeout(Math.min(this.#options.tryMs, end - performance.now()), work);
    } catch (error) {
      if (!(error instanceof TimedOut) || performance.now() - this.#repliedAt > this.#options.tryMs) throw error;
      return withTimeout(end - performance.now(), work);
    }
  }

  /** node-redis has no timeout for the handshake of a new connection. */
  #isStuck(client: RedisClient): boolean {
    return !client.isReady && performance.now() - this.#openedAt > CONNECT_MS;
  }

  /** Replies arrive in order, so one missing reply blocks the pipeline: drop the connection. */
  #replace(silent: RedisClient): void {
    if (this.#client !== silent || this.#isClosed) return;
    this.#openedAt = performance.now();
    this.#client = this.open();
    if (silent.isOpen) silent.destroy();
  }
}

/** Errors that end by themselves: Redis is loading after a restart, or fails over. */
function isTransient(error: ErrorReply): boolean {
  return /^(LOADING|MASTERDOWN|NOREPLICAS|READONLY|CLUSTERDOWN|TRYAGAIN|BUSY)\b/.test(error.message);
}

function refusal(error: ErrorReply): Error {
  if (error.message.includes("holdfast:")) return new Error("the stored holds are inconsistent", { cause: error });
  return new UnavailableError("Redis refused the command", { cause: error });
}

class TimedOut extends Error {
  override readonly name = "TimedOut";
}

async function withTimeout<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    // After a pause of this process replies may already have arrived; they are read before the immediate runs.
    timer = setTimeout(() => setImmediate(() => reject(new TimedOut("no reply in time"))), milliseconds);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
