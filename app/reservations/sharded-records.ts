import type { SessionRecord } from "./session-record";

/**
 * A map of a million entries that grows, or shrinks, copies all of them at once and nobody is served meanwhile: 50 ms. Maps of some
 * ten thousand copy in less than one.
 */
const SHARDS = 64; // A power of two.

/** The records by session: one map in many small ones. Iterates shard after shard, in each of them in order of arrival. */
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

  /** Everything from this shard on; see `shardOf`. Entries that come or go meanwhile are met or not, and no other is missed. */
  *entries(first = 0): Generator<[session: string, record: SessionRecord], undefined> {
    for (let shard = first; shard < SHARDS; shard += 1) yield* this.#shards[shard] ?? [];
  }

  #shard(sessionHash: string): Map<string, SessionRecord> {
    const shard = this.#shards[shardOf(sessionHash)];
    if (shard === undefined) throw new Error(`no shard for ${sessionHash}`);
    return shard;
  }
}

/** Sessions are hashes, so a few of their characters spread them evenly. */
export function shardOf(sessionHash: string): number {
  const end = sessionHash.length - 1;
  return (sessionHash.charCodeAt(end) * 31 + sessionHash.charCodeAt(end - 1)) & (SHARDS - 1);
}
