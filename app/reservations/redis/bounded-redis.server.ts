import { setTimeout as sleep } from "node:timers/promises";
import { createClient, ErrorReply, type RedisClientType } from "redis";
import { UnavailableError } from "~/errors";

const RETRY_MS = 40;
/** Longer than a call may take: calls do not wait for a connection, and one with TLS to another region takes several round trips. */
const CONNECT_MS = 1_000;

export interface BoundedRedisOptions {
  /** `redis://` or `rediss://`, one address: a single server, a proxy, or one that owns all slots. */
  readonly url: string;
  /** Time for one call in all, tries after a lost connection or a lost answer included. */
  readonly callMs: number;
  /** Time for one try. */
  readonly tryMs: number;
  readonly log: { warn(facts: object, message: string): void };
}

export type RedisClient = RedisClientType;

/**
 * A connection that connects, and connects again, by itself, and whose every call ends in bounded time: the client's own
 * timeouts end when a command is written, and some of its verbs wait for a new connection whatever its options say.
 */
export class BoundedRedis {
  readonly #options: BoundedRedisOptions;
  #client: RedisClient;
  #openedAt = performance.now();
  #answeredAt = -Infinity;
  #isClosed = false;
  #isDown = false;

  constructor(options: BoundedRedisOptions) {
    this.#options = options;
    this.#client = this.open();
  }

  /** "failing" while Redis does not answer. */
  get state(): "ok" | "failing" {
    return this.#isDown ? "failing" : "ok";
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * What `act` resolves to. Sent again when the answer was lost, so it must be idempotent. Throws `UnavailableError` in time
   * when Redis does not answer, or cannot do it; what was asked may then have happened or not. Any other error is a broken invariant.
   */
  async call<T>(act: (client: RedisClient) => Promise<T>): Promise<T> {
    const end = performance.now() + this.#options.callMs;
    for (;;) {
      const client = this.#client;
      try {
        const result = await this.#answer(act(client), end);
        this.#isDown = false;
        this.#answeredAt = performance.now();
        return result;
      } catch (error) {
        if (error instanceof ErrorReply && !isPassing(error)) throw toThrow(error);
        if (error instanceof TookTooLong || this.#isStuck(client)) this.#replace(client);
        // While it is known to be down one try is enough: nobody waits for nothing.
        if (this.#isClosed || this.#isDown || performance.now() + RETRY_MS >= end) {
          this.#isDown = true;
          throw new UnavailableError("Redis does not answer", { cause: error });
        }
      }
      await sleep(RETRY_MS);
    }
  }

  /** One more client, for what needs a connection to itself; the caller closes it. */
  open(): RedisClient {
    const client: RedisClient = createClient({
      url: this.#options.url,
      disableOfflineQueue: true,
      socket: { connectTimeout: CONNECT_MS, reconnectStrategy: (retries) => Math.min(20 * 2 ** retries, 500) },
    });
    // Each call that meets it says so; without a listener the error would end the process.
    client.on("error", () => undefined);
    client.connect().catch((error: unknown) => {
      if (!this.#isClosed && client === this.#client) this.#options.log.warn({ err: error }, "no connection to Redis");
    });
    return client;
  }

  close(): void {
    this.#isClosed = true;
    if (this.#client.isOpen) this.#client.destroy();
  }

  /** Longer than one try only while other calls are answered: then it is slow and not gone. */
  async #answer<T>(work: Promise<T>, end: number): Promise<T> {
    try {
      return await within(Math.min(this.#options.tryMs, end - performance.now()), work);
    } catch (error) {
      if (!(error instanceof TookTooLong) || performance.now() - this.#answeredAt > this.#options.tryMs) throw error;
      return within(end - performance.now(), work);
    }
  }

  /** The client itself waits without end for the answers to its first words on a new connection. */
  #isStuck(client: RedisClient): boolean {
    return !client.isReady && performance.now() - this.#openedAt > CONNECT_MS;
  }

  /** Answers come in order, so what waits behind one that does not come would wait for ever. */
  #replace(silent: RedisClient): void {
    if (this.#client !== silent || this.#isClosed) return;
    this.#openedAt = performance.now();
    this.#client = this.open();
    if (silent.isOpen) silent.destroy();
  }
}

/** Over by itself in a moment: loading after a restart, or a failover going on. */
function isPassing(error: ErrorReply): boolean {
  return /^(LOADING|MASTERDOWN|NOREPLICAS|READONLY|CLUSTERDOWN|TRYAGAIN|BUSY)\b/.test(error.message);
}

function toThrow(error: ErrorReply): Error {
  if (error.message.includes("holdfast:")) return new Error("the store of holds contradicts itself", { cause: error });
  return new UnavailableError("Redis refused", { cause: error });
}

class TookTooLong extends Error {
  override readonly name = "TookTooLong";
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_resolve, reject) => {
    // After a pause of this process answers may be there already: they are read before the immediate.
    timer = setTimeout(() => setImmediate(() => reject(new TookTooLong("no answer in time"))), milliseconds);
  });
  try {
    return await Promise.race([work, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}
