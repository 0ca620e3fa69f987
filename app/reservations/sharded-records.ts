import type { SessionRecord } from "./session-record";

/**
 * A map of a million entries copies all of them at once when it grows or shrinks, which blocks the process for 50 ms.
 * Maps of some ten thousand entries copy in less than 1 ms.
 */
const SHARDS = 64; // A power of two.

/**
 * The records by session, as one map made of many small ones. Iterates shard by shard, in order of arrival within each.
 */
export class ShardedRecords {
  readonly #shards = Array.from({ length: SHARDS }, () => new Map<string, SessionRecord>());
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(sessionHash: string): SessionRecord | undefined {
    return this.#shard(sessionHash).get(sessionHash);
  }

  set(sessionHash: string, record: SessionRecord): void {
    const shard = this.#shard(sessionHash);
    const before = shard.size;
    shard.set(sessionHash, record);
    this.#size += shard.size - before;
  }

  delete(sessionHash: string): void {
    if (this.#shard(sessionHash).delete(sessionHash)) this.#size -= 1;
  }

  /**
   * All entries from this shard on (see `shardOf`). Entries added or removed during iteration may or may not be seen;
   * all others are seen once.
   */
  *entries(first = 0): Generator<[session: string, record: SessionRecord], undefined> {
    for (let shard = first; shard < SHARDS; shard += 1) yield* this.#shards[shard] ?? [];
  }

  #shard(sessionHash: string): Map<string, SessionRecord> {
    const shard = this.#shards[shardOf(sessionHash)];
    if (shard === undefined) throw new Error(`no shard for ${sessionHash}`);
    return shard;
  }
}

/** The shard of a session. Sessions are hashes, so two of their characters spread them evenly. */
export function shardOf(sessionHash: string): number {
  const end = sessionHash.length - 1;
  return (sessionHash.charCodeAt(end) * 31 + sessionHash.charCodeAt(end - 1)) & (SHARDS - 1);
}
