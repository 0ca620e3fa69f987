import { createHmac } from "node:crypto";
import { z } from "zod";
import { UnavailableError } from "~/errors";
import { BoundedRedis, type BoundedRedisOptions } from "~/reservations/redis/bounded-redis.server";

/** Servers are heard of every five minutes; the ones that left are forgotten after two rounds and a bit. */
const KEPT_SECONDS = 12 * 60;

/**
 * Notes which secrets this server has, as fingerprints, and returns what all servers noted lately. One member for each list of secrets,
 * not for each server; the score is Redis' own time, so that clocks of servers do not matter.
 */
const NOTE = `
local now = tonumber(redis.call("TIME")[1])
redis.call("ZADD", KEYS[1], now, ARGV[1])
redis.call("ZREMRANGEBYSCORE", KEYS[1], "-inf", now - ARGV[2])
redis.call("EXPIRE", KEYS[1], ARGV[2])
return redis.call("ZRANGE", KEYS[1], 0, 99)`;

const listsSchema = z.array(z.string());

/** Whether all servers of the shop can read each other's carts. */
export interface SecretAgreement {
  /** A sentence while they cannot. What was found last while Redis does not answer. */
  warnings(): Promise<readonly string[]>;
  close(): void;
}

/** `secrets`: the first signs, all verify. The key tells fingerprints only, by which no secret can be found out. */
export function createSecretAgreement({
  secrets,
  key,
  url,
  log,
}: { readonly secrets: readonly string[]; readonly key: string } & Pick<
  BoundedRedisOptions,
  "url" | "log"
>): SecretAgreement {
  const redis = new BoundedRedis({ url, callMs: 800, tryMs: 500, log });
  const own = secrets.map(fingerprint);
  let found: readonly string[] = [];

  return {
    async warnings() {
      try {
        const lists = await redis.call((client) =>
          client.eval(NOTE, { keys: [key], arguments: [own.join(","), String(KEPT_SECONDS)] }),
        );
        found = listsSchema.parse(lists).every((other) => agree(own, other.split(","))) ? [] : [WARNING];
      } catch (error) {
        if (!(error instanceof UnavailableError)) throw error;
      }
      return found;
    },
    close: () => redis.close(),
  };
}

const WARNING =
  "another server of this shop has another SESSION_SECRET: carts that one signs are lost on the other; give all servers the same list, and rotate by adding the new secret last everywhere before it becomes the first";

/** What each signs the other can verify. */
function agree(one: readonly string[], other: readonly string[]): boolean {
  return one.includes(other[0] ?? "") && other.includes(one[0] ?? "");
}

function fingerprint(secret: string): string {
  return createHmac("sha256", secret).update("holdfast-secret-agreement").digest("base64url").slice(0, 16);
}
