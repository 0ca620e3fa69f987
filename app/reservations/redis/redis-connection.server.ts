import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient, ErrorReply, type RedisClientType } from "redis";
import { UnavailableError } from "~/errors";
import type { Script } from "./scripts.server";

/** Of the keys, and of what is in them. A version that cannot read another's keys gets a number of its own. */
const FORMAT = "v1";
const KEYS = ["epoch", "carts", "names", "lapses", "claims", "ages", "sums", "buckets", "deadlines", "leases"] as const;

/** A refusal within a second: time for one verb in all, tries after a lost connection or a lost answer included. */
const VERB_MS = 800;
const TRY_MS = 500;
const RETRY_MS = 40;

export interface RedisConnectionOptions {
  /** `redis://` or `rediss://`, one address: a single server, a proxy, or one that owns all slots. */
  readonly url: string;
  /** See `shopTag`: what keeps shops and environments on the same Redis apart. */
  readonly shopTag: string;
  readonly ttlMs: number;
  readonly maxAgeMs: number;
  readonly pendingMs?: number;
  readonly log: { warn(facts: object, message: string): void };
  /** Added to Redis' own time by every script: lets a test move the store's time on. Everybody else leaves it at 0. */
  readonly clockOffsetMs?: () => number;
}

type Client = RedisClientType;

/**
 * One shop's keys in one Redis, and scripts run on them. Connects, and connects again, by itself; never queues what
 * cannot be sent. A script whose answer was lost is sent again, so each must be idempotent.
 */
export class RedisConnection {
  /** Tells this connection from those of other servers. */
  readonly instance = randomBytes(9).toString("base64url");
  readonly channel: string;
  readonly #options: RedisConnectionOptions;
  readonly #keys: readonly string[];
  readonly #subscriber: Client;
  #client: Client;
  #openedAt = performance.now();
  #answeredAt = -Infinity;
  #isClosed = false;
  #isDown = false;

  constructor(options: RedisConnectionOptions) {
    const prefix = `{holdfast:${options.shopTag.slice(0, 12)}}:${FORMAT}`;
    this.#options = options;
    this.#keys = KEYS.map((key) => `${prefix}:${key}`);
    this.channel = `${prefix}:events`;
    this.#client = this.#open();
    this.#subscriber = this.#open();
  }

  /** "failing" while Redis does not answer. */
  get state(): "ok" | "failing" {
    return this.#isDown ? "failing" : "ok";
  }

  /**
   * The script's answer, parsed from JSON. Throws `UnavailableError` within a second when Redis does not answer, or cannot
   * do it; what was asked may then have happened or not. Any other error is a broken invariant.
   */
  async run(script: Script, request: object): Promise<unknown> {
    const { ttlMs, maxAgeMs, pendingMs = 10_000, clockOffsetMs = () => 0 } = this.#options;
    const settings = { instance: this.instance, channel: this.channel, offset: clockOffsetMs(), ttl: ttlMs, maxAge: maxAgeMs, pending: pendingMs };
    const args = { keys: [...this.#keys], arguments: [JSON.stringify(settings), JSON.stringify(request)] };
    const answer = await this.#insist((client) => evaluate(client, script, args));
    if (typeof answer !== "string") throw new Error("a script did not answer text");
    return JSON.parse(answer);
  }

  /** Hands on every message of the shop's channel, for as long as the connection is open. Lost ones are not told again. */
  listen(listener: (message: string) => void): void {
    // Once it went through, the client does it again after each new connection.
    void this.#subscriber.subscribe(this.channel, listener).catch(async () => {
      await sleep(RETRY_MS);
      if (!this.#isClosed) this.listen(listener);
    });
  }

  /** What an operator should change in Redis' own settings, a sentence each. */
  async warnings(): Promise<readonly string[]> {
    const text = await this.#insist((client) => client.info("memory"));
    const policy = /^maxmemory_policy:(\S+)/m.exec(text)?.[1];
    if (policy === undefined || policy === "noeviction") return [];
    return [`Redis has maxmemory-policy ${policy}: it may drop holds when memory is short; set it to noeviction`];
  }

  close(): void {
    this.#isClosed = true;
    for (const client of [this.#client, this.#subscriber]) if (client.isOpen) client.destroy();
  }

  async #insist<T>(act: (client: Client) => Promise<T>): Promise<T> {
    const end = performance.now() + VERB_MS;
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

  /** Longer than one try only while other verbs are answered: then it is slow and not gone. */
  async #answer<T>(work: Promise<T>, end: number): Promise<T> {
    try {
      return await within(Math.min(TRY_MS, end - performance.now()), work);
    } catch (error) {
      if (!(error instanceof TookTooLong) || performance.now() - this.#answeredAt > TRY_MS) throw error;
      return within(end - performance.now(), work);
    }
  }

  /** The client itself waits without end for the answers to its first words on a new connection. */
  #isStuck(client: Client): boolean {
    return !client.isReady && performance.now() - this.#openedAt > VERB_MS;
  }

  /** Answers come in order, so what waits behind one that does not come would wait for ever. */
  #replace(silent: Client): void {
    if (this.#client !== silent || this.#isClosed) return;
    this.#openedAt = performance.now();
    this.#client = this.#open();
    if (silent.isOpen) silent.destroy();
  }

  #open(): Client {
    const client: Client = createClient({
      url: this.#options.url,
      disableOfflineQueue: true,
      socket: { connectTimeout: VERB_MS, reconnectStrategy: (retries) => Math.min(20 * 2 ** retries, 500) },
    });
    // Each verb that meets it says so; without a listener the error would end the process.
    client.on("error", () => undefined);
    client.connect().catch((error: unknown) => {
      if (!this.#isClosed && client === this.#client) this.#options.log.warn({ err: error }, "no connection to Redis");
    });
    return client;
  }
}

interface Arguments {
  readonly keys: string[];
  readonly arguments: string[];
}

/** One round trip, but for the first time that a Redis sees the script. */
async function evaluate(client: Client, script: Script, args: Arguments): Promise<unknown> {
  try {
    return await client.evalSha(script.sha, args);
  } catch (error) {
    if (error instanceof ErrorReply && error.message.startsWith("NOSCRIPT")) return client.eval(script.source, args);
    throw error;
  }
}

/** Over by itself in a moment: loading after a restart, or a failover going on. */
function isPassing(error: ErrorReply): boolean {
  return /^(LOADING|MASTERDOWN|READONLY|CLUSTERDOWN|TRYAGAIN|BUSY)\b/.test(error.message);
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
