import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ErrorReply } from "redis";
import { BoundedRedis, type BoundedRedisOptions, type RedisClient } from "./bounded-redis.server";
import type { Script } from "./scripts.server";

/** Of the keys, and of what is in them. A version that cannot read another's keys gets a number of its own. */
const FORMAT = "v1";
const KEYS = ["epoch", "carts", "names", "lapses", "claims", "ages", "sums", "buckets", "deadlines", "leases"] as const;

/** A refusal within a second. */
const VERB_MS = 800;
const TRY_MS = 500;
const LISTEN_AGAIN_MS = 40;

export interface RedisConnectionOptions extends Pick<BoundedRedisOptions, "url" | "log"> {
  /** See `shopTag`: what keeps shops and environments on the same Redis apart. */
  readonly shopTag: string;
  readonly ttlMs: number;
  readonly maxAgeMs: number;
  readonly pendingMs?: number;
  /** Added to Redis' own time by every script: lets a test move the store's time on. Everybody else leaves it at 0. */
  readonly clockOffsetMs?: () => number;
}

/** Of all keys of a shop that hold what it sells by. Some other room's key may follow it. */
export function keyPrefix(shopTag: string): string {
  return `{holdfast:${shopTag.slice(0, 12)}}:${FORMAT}`;
}

/** One shop's keys in one Redis, and scripts run on them. A script whose answer was lost is sent again, so each must be idempotent. */
export class RedisConnection {
  /** Tells this connection from those of other servers. */
  readonly instance = randomBytes(9).toString("base64url");
  readonly channel: string;
  readonly #options: RedisConnectionOptions;
  readonly #keys: readonly string[];
  readonly #redis: BoundedRedis;
  readonly #subscriber: RedisClient;

  constructor(options: RedisConnectionOptions) {
    const prefix = keyPrefix(options.shopTag);
    this.#options = options;
    this.#keys = KEYS.map((key) => `${prefix}:${key}`);
    this.channel = `${prefix}:events`;
    this.#redis = new BoundedRedis({ url: options.url, callMs: VERB_MS, tryMs: TRY_MS, log: options.log });
    this.#subscriber = this.#redis.open();
  }

  /** "failing" while Redis does not answer. */
  get state(): "ok" | "failing" {
    return this.#redis.state;
  }

  /** The script's answer, parsed from JSON. Errors are those of `BoundedRedis.call`. */
  async run(script: Script, request: object): Promise<unknown> {
    const { ttlMs, maxAgeMs, pendingMs = 10_000, clockOffsetMs = () => 0 } = this.#options;
    const settings = { instance: this.instance, channel: this.channel, offset: clockOffsetMs(), ttl: ttlMs, maxAge: maxAgeMs, pending: pendingMs };
    const args = { keys: [...this.#keys], arguments: [JSON.stringify(settings), JSON.stringify(request)] };
    const answer = await this.#redis.call((client) => evaluate(client, script, args));
    if (typeof answer !== "string") throw new Error("a script did not answer text");
    return JSON.parse(answer);
  }

  /** Hands on every message of the shop's channel, for as long as the connection is open. Lost ones are not told again. */
  listen(listener: (message: string) => void): void {
    // Once it went through, the client does it again after each new connection.
    void this.#subscriber.subscribe(this.channel, listener).catch(async () => {
      await sleep(LISTEN_AGAIN_MS);
      if (!this.#redis.isClosed) this.listen(listener);
    });
  }

  /** What an operator should change in Redis' own settings, a sentence each. */
  async warnings(): Promise<readonly string[]> {
    const text = await this.#redis.call((client) => client.info("memory"));
    const policy = /^maxmemory_policy:(\S+)/m.exec(text)?.[1];
    if (policy === undefined || policy === "noeviction") return [];
    return [`Redis has maxmemory-policy ${policy}: it may drop holds when memory is short; set it to noeviction`];
  }

  close(): void {
    this.#redis.close();
    if (this.#subscriber.isOpen) this.#subscriber.destroy();
  }
}

interface Arguments {
  readonly keys: string[];
  readonly arguments: string[];
}

/** One round trip, but for the first time that a Redis sees the script. */
async function evaluate(client: RedisClient, script: Script, args: Arguments): Promise<unknown> {
  try {
    return await client.evalSha(script.sha, args);
  } catch (error) {
    if (error instanceof ErrorReply && error.message.startsWith("NOSCRIPT")) return client.eval(script.source, args);
    throw error;
  }
}
