import type { Socket } from "node:net";

const CHECK_EVERY_MS = 5_000;
/**
 * Time in which a reader must accept `MIN_BYTES` of the data waiting for it: 240 bytes a second, as in Kestrel's `MinResponseDataRate`.
 * A single write, 64 kB at most, counts only once it is accepted completely.
 */
const GRACE_MS = 30_000;
const MIN_BYTES = 7_200;
/** Most connections that may lag behind at once, some 100 kB each. */
const MAX_BEHIND = 1_000;

export interface SlowReadersOptions {
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly maxBehind?: number;
}

export interface SlowReaders {
  /** Call with the connection of each request. */
  watch(socket: Socket): void;
  /** Cuts connections that read too slowly and, beyond the limit, those that have lagged longest. Call every few seconds. */
  check(): void;
}

/** Since when a connection has had unread data (`since`), and how many bytes it had accepted when the current window began. */
interface Behind {
  readonly since: number;
  readonly windowFrom: number;
  readonly taken: number;
}

/** Limits the connections and buffers that slow readers can occupy. Event streams are included; their readers normally do not lag. */
export function createSlowReaders({ now, maxBehind = MAX_BEHIND }: SlowReadersOptions): SlowReaders {
  const watched = new Map<Socket, Behind | null>();

  function next(socket: Socket, before: Behind | null): Behind | null | "too_slow" {
    if (socket.writableLength === 0) return null;
    const taken = socket.bytesWritten - socket.writableLength;
    const at = now();
    if (before === null) return { since: at, windowFrom: at, taken };
    if (at - before.windowFrom < GRACE_MS) return before;
    return taken - before.taken < MIN_BYTES ? "too_slow" : { since: before.since, windowFrom: at, taken };
  }

  return {
    watch(socket) {
      if (watched.has(socket)) return;
      watched.set(socket, null);
      socket.once("close", () => watched.delete(socket));
    },
    check() {
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

/** Cuts slow readers until the process ends. */
export function cutSlowReaders(): SlowReaders {
  const readers = createSlowReaders({ now: () => performance.now() });
  setInterval(() => readers.check(), CHECK_EVERY_MS).unref();
  return readers;
}
