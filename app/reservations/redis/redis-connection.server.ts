import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ErrorReply } from "redis";
import { z } from "zod";
import { UnavailableError } from "~/errors";
import { BoundedRedis, type BoundedRedisOptions, type RedisClient } from "./bounded-redis.server";
import { KnownEpoch } from "./known-epoch";
import { replies } from "./replies";
import { scripts, type Script } from "./scripts.server";

/** Version of the key layout and encoding. Bump it when old and new code cannot read each other's data. */
const FORMAT = "v1";
const KEYS = [
  "epoch",
  "carts",
  "names",
  "lapses",
  "claims",
  "ages",
  "sums",
  "buckets",
  "deadlines",
  "leases",
  "unstamped",
] as const;

/** Deadline of one store operation, retries included: a shopper is refused within a second. */
const OPERATION_MS = 800;
const ATTEMPT_MS = 500;
const RESUBSCRIBE_MS = 40;
const RESUBSCRIBE_AFTER_REFUSAL_MS = 5_000;

const replyWithEpoch = z.object({ epoch: z.string() });

export interface RedisConnectionOptions extends Pick<BoundedRedisOptions, "url" | "log"> {
  /** Separates shops, environments and Stripe modes on the same Redis. */
  readonly holdsTag: string;
  readonly ttlMs: number;
  readonly maxAgeMs: number;
  readonly pendingMs?: number;
  /** See `KnownEpoch`. Unlimited by default, for tests that do not depend on it. */
  readonly trustForMs?: number;
  /** Added to Redis' own time by every script, so that tests can advance the store's time. 0 by default. */
  readonly clockOffsetMs?: () => number;
}

/** Prefix, with hash tag, of all keys of one shop. Other modules append their own suffix. */
export function keyPrefix(holdsTag: string): string {
  return `{holdfast:${holdsTag.slice(0, 12)}}:${FORMAT}`;
}

/** One shop's keys in one Redis. A script is sent again if its reply was lost, so every script must be idempotent. */
export class RedisConnection {
  /** Identifies this connection among those of all servers. */
  readonly instance = randomBytes(9).toString("base64url");
  readonly channel: string;
  /** Sent with each script and updated from each reply. */
  readonly knownEpoch: KnownEpoch;
  readonly #options: RedisConnectionOptions;
  readonly #keys: readonly string[];
  readonly #redis: BoundedRedis;
  readonly #subscriber: RedisClient;
  /** Why Redis refuses commands that holds need; null if it does not. */
  #refusal: string | null = null;

  constructor(options: RedisConnectionOptions) {
    const prefix = keyPrefix(options.holdsTag);
    this.#options = options;
    this.#keys = KEYS.map((key) => `${prefix}:${key}`);
    this.knownEpoch = new KnownEpoch(options.trustForMs ?? Infinity);
    this.channel = `${prefix}:events`;
    this.#redis = new BoundedRedis({ url: options.url, callMs: OPERATION_MS, tryMs: ATTEMPT_MS, log: options.log });
    this.#subscriber = this.#redis.open();
  }

  /** "failing" while Redis does not reply, or refuses commands that holds need. */
  get state(): "ok" | "failing" {
    return this.#refusal === null ? this.#redis.state : "failing";
  }

  /** Runs the script and returns its reply, parsed from JSON. Throws like `BoundedRedis.call`. */
  async run(script: Script, request: object): Promise<unknown> {
    const { ttlMs, maxAgeMs, pendingMs = 10_000, clockOffsetMs = () => 0 } = this.#options;
    const sentAt = performance.now();
    const { newest } = this.knownEpoch;
    const epochs = { ...(newest === null ? {} : { newest }), isProven: this.knownEpoch.isProven(sentAt) };
    const settings = {
      instance: this.instance,
      channel: this.channel,
      offset: clockOffsetMs(),
      ttl: ttlMs,
      maxAge: maxAgeMs,
      pending: pendingMs,
      ...epochs,
    };
    const args = { keys: [...this.#keys], arguments: [JSON.stringify(settings), JSON.stringify(request)] };
    const text = await this.#redis
      .call((client) => evaluate(client, script, args))
      .catch((error: unknown) => this.#refuse(error));
    if (typeof text !== "string") throw new Error("the script's reply is not a string");
    if (!script.runsWhenFull) this.#refusal = null;
    const reply: unknown = JSON.parse(text);
    const withEpoch = replyWithEpoch.safeParse(reply);
    if (withEpoch.success) this.knownEpoch.observe(sentAt, withEpoch.data.epoch);
    return reply;
  }

  /** Passes on every message of the shop's channel while the connection is open. Lost messages are not repeated. */
  listen(listener: (message: string) => void): void {
    // Once subscribed, the client subscribes again after each reconnect.
    void this.#subscriber.subscribe(this.channel, listener).catch(async (error: unknown) => {
      await sleep(error instanceof ErrorReply ? RESUBSCRIBE_AFTER_REFUSAL_MS : RESUBSCRIBE_MS);
      if (!this.#redis.isClosed) this.listen(listener);
    });
  }

  /**
   * Problems with the configuration of Redis, one sentence each, for an operator. Tries the commands that holds need, so
   * that a full Redis or a user without permissions is found before a shopper finds it. Throws `UnavailableError` when
   * Redis does not reply.
   */
  async warnings(): Promise<readonly string[]> {
    try {
      const { refused } = replies.check.parse(await this.run(scripts.check, {}));
      const commands = new Set(refused.map(([command]) => command));
      const cannotPublish = commands.delete("PUBLISH");
      if (commands.size > 0) {
        this.#refusal = `The Redis user lacks permissions that holds need: ${[...commands].join(", ")} on keys like ${this.#keys[0]}. Redis says: ${refused[0]?.[1]}`;
        return [this.#refusal];
      }
      const text = await this.#redis.call((client) => client.info("memory"));
      const policy = /^maxmemory_policy:(\S+)/m.exec(text)?.[1];
      return [
        ...(cannotPublish
          ? [
              `The Redis user cannot publish messages, so pages show changes late. Allow PUBLISH and SUBSCRIBE on channel ${this.channel}.`,
            ]
          : []),
        ...(policy === undefined || policy === "noeviction"
          ? []
          : [`Redis uses maxmemory-policy ${policy} and may evict holds when memory is short. Set it to noeviction.`]),
      ];
    } catch (error) {
      if (this.#refusal === null) throw error;
      return [this.#refusal];
    }
  }

  /** Records the refusal as a message for an operator, and rethrows. */
  #refuse(error: unknown): never {
    const reply = error instanceof UnavailableError && error.cause instanceof ErrorReply ? error.cause.message : "";
    if (/\bOOM\b/.test(reply))
      this.#refusal = "Redis is full (maxmemory), so nothing can be added to carts. Give it more memory.";
    else if (/NOPERM|ACL failure|No permissions|can't run this command/i.test(reply))
      this.#refusal = `The Redis user lacks permissions that holds need. Redis says: ${reply}`;
    else if (/^NOREPLICAS/.test(reply))
      this.#refusal = "Redis refuses all writes because too few replicas are connected (min-replicas-to-write).";
    throw error;
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

/** Takes one round trip, except the first time Redis sees the script. */
async function evaluate(client: RedisClient, script: Script, args: Arguments): Promise<unknown> {
  try {
    return await client.evalSha(script.sha, args);
  } catch (error) {
    if (error instanceof ErrorReply && error.message.startsWith("NOSCRIPT")) return client.eval(script.source, args);
    throw error;
  }
}
