import type { Socket } from "node:net";

const LOOK_EVERY_MS = 5_000;
/**
 * A reader has this long to take `LEAST_BYTES` of what waits for them: 240 bytes a second, as Kestrel's `MinResponseDataRate`. What is
 * written at once, 64 kB at most, counts when it is taken whole.
 */
const GRACE_MS = 30_000;
const LEAST_BYTES = 7_200;
/** Connections that may be behind with reading at a time, some 100 kB each. */
const MAX_BEHIND = 1_000;

export interface SlowReadersOptions {
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly maxBehind?: number;
}

export interface SlowReaders {
  /** To be called with the connection of each request. */
  watch(socket: Socket): void;
  /** Cuts connections that take next to nothing, and those that have been behind longest where there are too many; to be called every few seconds. */
  look(): void;
}

/** Since when, and from which byte on, a connection has had something to read that it did not take. */
interface Behind {
  readonly since: number;
  readonly windowFrom: number;
  readonly taken: number;
}

/** Bounds what a slow reader may keep: a connection and what waits to be sent on it. Event streams too, since their readers are behind with nothing. */
export function createSlowReaders({ now, maxBehind = MAX_BEHIND }: SlowReadersOptions): SlowReaders {
  const watched = new Map<Socket, Behind | null>();

  function next(socket: Socket, before: Behind | null): Behind | null | "too_slow" {
    if (socket.writableLength === 0) return null;
    const taken = socket.bytesWritten - socket.writableLength;
    const at = now();
    if (before === null) return { since: at, windowFrom: at, taken };
    if (at - before.windowFrom < GRACE_MS) return before;
    return taken - before.taken < LEAST_BYTES ? "too_slow" : { since: before.since, windowFrom: at, taken };
  }

  return {
    watch(socket) {
      if (watched.has(socket)) return;
      watched.set(socket, null);
      socket.once("close", () => watched.delete(socket));
    },
    look() {
      const behind: { readonly socket: Socket; readonly since: number }[] = [];
      for (const [socket, before] of watched) {
        const state = next(socket, before);
        if (state === "too_slow") socket.destroy();
        else watched.set(socket, state);
        if (state !== null && state !== "too_slow") behind.push({ socket, since: state.since });
      }
      behind.sort((one, other) => one.since - other.since);
      for (const { socket } of behind.slice(0, Math.max(0, behind.length - maxBehind))) socket.destroy();
    },
  };
}

/** Cuts slow readers for as long as the process lives. */
export function cutSlowReaders(): SlowReaders {
  const readers = createSlowReaders({ now: () => performance.now() });
  setInterval(() => readers.look(), LOOK_EVERY_MS).unref();
  return readers;
}
