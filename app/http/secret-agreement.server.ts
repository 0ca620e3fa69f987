import { createHmac } from "node:crypto";
import { z } from "zod";
import { UnavailableError } from "~/errors";
import { BoundedRedis, type BoundedRedisOptions } from "~/reservations/redis/bounded-redis.server";

/** Servers register every five minutes; one that has left is forgotten after a little more than two rounds. */
const KEPT_SECONDS = 12 * 60;

/**
 * Registers the fingerprints of this server's secrets and returns those of all servers that registered recently. One member per list of
 * secrets, not per server. The score is Redis's own time in seconds, so the servers' clocks do not matter.
 */
const NOTE = `
local now = tonumber(redis.call("TIME")[1])
redis.call("ZADD", KEYS[1], now, ARGV[1])
redis.call("ZREMRANGEBYSCORE", KEYS[1], "-inf", now - ARGV[2])
redis.call("EXPIRE", KEYS[1], ARGV[2])
return redis.call("ZRANGE", KEYS[1], 0, 99)`;

const listsSchema = z.array(z.string());

/** Checks that all servers of the shop can read each other's carts. */
export interface SecretAgreement {
  /** A warning while they cannot. Repeats the last result while Redis is unavailable. */
  warnings(): Promise<readonly string[]>;
  close(): void;
}

/** `secrets`: the first signs, all verify. Redis only gets fingerprints, which do not reveal the secrets. */
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
  "another server of this shop has a different SESSION_SECRET, so carts are lost when shoppers move between servers: use the same list on all servers, and rotate by adding the new secret last everywhere before moving it to the front";

/** Whether each server can verify what the other signs. */
function agree(one: readonly string[], other: readonly string[]): boolean {
  return one.includes(other[0] ?? "") && other.includes(one[0] ?? "");
}

function fingerprint(secret: string): string {
  return createHmac("sha256", secret).update("holdfast-secret-agreement").digest("base64url").slice(0, 16);
}
