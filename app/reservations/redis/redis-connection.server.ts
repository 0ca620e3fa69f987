import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ErrorReply } from "redis";
import { z } from "zod";
import { UnavailableError } from "~/errors";
import { answers } from "./answers";
import { BoundedRedis, type BoundedRedisOptions, type RedisClient } from "./bounded-redis.server";
import { KnownEpoch } from "./known-epoch";
import { scripts, type Script } from "./scripts.server";

/** Of the keys, and of what is in them. A version that cannot read another's keys gets a number of its own. */
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

/** A refusal within a second. */
const VERB_MS = 800;
const TRY_MS = 500;
const LISTEN_AGAIN_MS = 40;
const REFUSED_AGAIN_MS = 5_000;

const answerWithEpoch = z.object({ epoch: z.string() });

export interface RedisConnectionOptions extends Pick<BoundedRedisOptions, "url" | "log"> {
  /** See `shopTag`: what keeps shops and environments on the same Redis apart. */
  readonly shopTag: string;
  readonly ttlMs: number;
  readonly maxAgeMs: number;
  readonly pendingMs?: number;
  /** See `KnownEpoch`. Always sure where it is not given: for tests of what it does not matter to. */
  readonly sureForMs?: number;
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
  /** Sent with each script, and learned from each response. */
  readonly known: KnownEpoch;
  readonly #options: RedisConnectionOptions;
  readonly #keys: readonly string[];
  readonly #redis: BoundedRedis;
  readonly #subscriber: RedisClient;
  /** Why Redis refuses what holds need; null where it does not. */
  #refusal: string | null = null;

  constructor(options: RedisConnectionOptions) {
    const prefix = keyPrefix(options.shopTag);
    this.#options = options;
    this.#keys = KEYS.map((key) => `${prefix}:${key}`);
    this.known = new KnownEpoch(options.sureForMs ?? Infinity);
    this.channel = `${prefix}:events`;
    this.#redis = new BoundedRedis({ url: options.url, callMs: VERB_MS, tryMs: TRY_MS, log: options.log });
    this.#subscriber = this.#redis.open();
  }

  /** "failing" while Redis does not answer, or refuses what holds need of it. */
  get state(): "ok" | "failing" {
    return this.#refusal === null ? this.#redis.state : "failing";
  }

  /** The script's answer, parsed from JSON. Errors are those of `BoundedRedis.call`. */
  async run(script: Script, request: object): Promise<unknown> {
    const { ttlMs, maxAgeMs, pendingMs = 10_000, clockOffsetMs = () => 0 } = this.#options;
    const sentAt = performance.now();
    const { newest } = this.known;
    const epochs = { ...(newest === null ? {} : { newest }), isProven: this.known.isProven(sentAt) };
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
    if (typeof text !== "string") throw new Error("a script did not answer text");
    if (!script.runsWhenFull) this.#refusal = null;
    const answer: unknown = JSON.parse(text);
    const shown = answerWithEpoch.safeParse(answer);
    if (shown.success) this.known.show(sentAt, shown.data.epoch);
    return answer;
  }

  /** Hands on every message of the shop's channel, for as long as the connection is open. Lost ones are not told again. */
  listen(listener: (message: string) => void): void {
    // Once it went through, the client does it again after each new connection.
    void this.#subscriber.subscribe(this.channel, listener).catch(async (error: unknown) => {
      await sleep(error instanceof ErrorReply ? REFUSED_AGAIN_MS : LISTEN_AGAIN_MS);
      if (!this.#redis.isClosed) this.listen(listener);
    });
  }

  /**
   * What an operator should change in Redis' own settings, a sentence each. Does once what holds do, so that a Redis that is
   * full, or a user without the rights, is found before a shopper does. Throws `UnavailableError` when Redis does not answer.
   */
  async warnings(): Promise<readonly string[]> {
    try {
      const { refused } = answers.check.parse(await this.run(scripts.check, {}));
      const commands = new Set(refused.map(([command]) => command));
      const isMute = commands.delete("PUBLISH");
      if (commands.size > 0) {
        this.#refusal = `Redis does not give its user the rights that holds need, which are ${[...commands].join(", ")} on the shop's keys ${this.#keys[0]} and so on: ${refused[0]?.[1]}`;
        return [this.#refusal];
      }
      const text = await this.#redis.call((client) => client.info("memory"));
      const policy = /^maxmemory_policy:(\S+)/m.exec(text)?.[1];
      return [
        ...(isMute
          ? [
              `Redis does not let its user send messages, so pages learn of changes late: allow PUBLISH and SUBSCRIBE on the channel ${this.channel}`,
            ]
          : []),
        ...(policy === undefined || policy === "noeviction"
          ? []
          : [`Redis has maxmemory-policy ${policy}: it may drop holds when memory is short; set it to noeviction`]),
      ];
    } catch (error) {
      if (this.#refusal === null) throw error;
      return [this.#refusal];
    }
  }

  /** Remembers what Redis refuses, in words for an operator, and goes on throwing. */
  #refuse(error: unknown): never {
    const reply = error instanceof UnavailableError && error.cause instanceof ErrorReply ? error.cause.message : "";
    if (/\bOOM\b/.test(reply))
      this.#refusal = "Redis is full (maxmemory): nothing can be added to carts; give it more memory";
    else if (/NOPERM|ACL failure|No permissions|can't run this command/i.test(reply))
      this.#refusal = `Redis does not give its user the rights that holds need: ${reply}`;
    else if (/^NOREPLICAS/.test(reply))
      this.#refusal = "Redis has too few replicas connected (min-replicas-to-write) and refuses every write";
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

/** One round trip, but for the first time that a Redis sees the script. */
async function evaluate(client: RedisClient, script: Script, args: Arguments): Promise<unknown> {
  try {
    return await client.evalSha(script.sha, args);
  } catch (error) {
    if (error instanceof ErrorReply && error.message.startsWith("NOSCRIPT")) return client.eval(script.source, args);
    throw error;
  }
}
