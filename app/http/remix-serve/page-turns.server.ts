import type { ServerResponse } from "node:http";

/** Pages that are made side by side: enough to keep the process busy while some of them wait for the database. */
const AT_ONCE = 32;
/** How long requests are only taken in before one page begins. */
const LONGEST_LISTENING_MS = 100;
const MAX_WAITING = 1_000;
const LONGEST_WAIT_MS = 20_000;
/** Longer than any page takes. What still hangs then waits for something other than the processor. */
const LONGEST_TURN_MS = 6_000;

export interface PageTurnsOptions {
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Responds where the wait would be too long. */
  readonly refuse: (response: ServerResponse) => void;
  /** Calls back in the next round of the event loop. */
  readonly nextRound?: (then: () => void) => void;
  readonly atOnce?: number;
  readonly maxWaiting?: number;
}

interface Waiting {
  readonly since: number;
  readonly response: ServerResponse;
  readonly begin: () => void;
}

/**
 * Calls `begin` when it is the turn of this response. Only some pages are made at a time, so that a thousand requests for pages do not
 * slow down each other and everything else; the rest wait, and the newest is next. In a crowd larger than the server can serve, some wait in vain
 * whatever the order. Newest first means it is not those who have just arrived, but those who filled the queue.
 *
 * A page begins in a round of the event loop that brought no request: libuv accepts one connection in each round, and one in which a page is
 * made is long, so the last connection would wait for everybody else's page before being accepted.
 * `tests/http/remix-serve/page-turns.test.ts` has the order of arrival as its negative control.
 */
export type PageTurns = (response: ServerResponse, begin: () => void) => void;

export function createPageTurns({
  now,
  refuse,
  nextRound = setImmediate,
  atOnce = AT_ONCE,
  maxWaiting = MAX_WAITING,
}: PageTurnsOptions): PageTurns {
  /** Oldest first. */
  let waiting: Waiting[] = [];
  let running = 0;
  let isPlanned = false;
  let hasArrived = false;
  let lastBegun = -Infinity;

  function plan(): void {
    if (isPlanned || waiting.length === 0 || running >= atOnce) return;
    isPlanned = true;
    nextRound(() => {
      isPlanned = false;
      const listensOn = hasArrived && now() - lastBegun < LONGEST_LISTENING_MS;
      hasArrived = false;
      if (!listensOn) startNewest();
      plan();
    });
  }

  function startNewest(): void {
    const inTime = waiting.findIndex(({ since }) => now() - since < LONGEST_WAIT_MS);
    for (const { response } of waiting.splice(0, inTime < 0 ? waiting.length : inTime)) refuse(response);
    const newest = waiting.pop();
    lastBegun = now();
    if (newest !== undefined) start(newest);
  }

  function start({ response, begin }: Waiting): void {
    running += 1;
    let isOver = false;
    const end = () => {
      if (isOver) return;
      isOver = true;
      clearTimeout(deadline);
      running -= 1;
      plan();
    };
    const deadline = setTimeout(end, LONGEST_TURN_MS).unref();
    response.once("close", end);
    whenHeldUp(response, end);
    begin();
  }

  return (response, begin) => {
    const entry = { since: now(), response, begin };
    hasArrived = true;
    waiting.push(entry);
    response.once("close", () => (waiting = waiting.filter((each) => each !== entry)));
    if (waiting.length > maxWaiting) {
      const oldest = waiting.shift();
      if (oldest !== undefined) refuse(oldest.response);
    }
    plan();
  };
}

/** Calls back once the response waits for its reader, who may be slow on purpose. */
function whenHeldUp(response: ServerResponse, then: () => void): void {
  const write = response.write.bind(response) as (...given: unknown[]) => boolean;
  response.write = (...given: unknown[]) => {
    const goesOn = write(...given);
    if (!goesOn) then();
    return goesOn;
  };
}
