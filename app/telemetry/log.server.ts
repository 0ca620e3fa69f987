import pino, { type Logger } from "pino";
import { logContext } from "./log-context.server";

/** Receives whole lines of JSON. */
export interface LineSink {
  write(line: string): void;
}

const LOWEST_KEPT_LEVEL = "info";

/**
 * Creates the structured log on standard output. Lines name a session by its hash and a checkout by its id, so that an order can be
 * followed; nothing personal and no secret is logged.
 *
 * `kept` gets the same lines, from `info` up even if standard output gets fewer.
 */
export function createLog(level: string, kept: LineSink, out: LineSink = pino.destination(1)): Logger {
  const { values } = pino.levels;
  const keptLevel = (values[level] ?? Infinity) < (values[LOWEST_KEPT_LEVEL] ?? 0) ? level : LOWEST_KEPT_LEVEL;
  return pino(
    {
      level: keptLevel,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: logContext,
    },
    pino.multistream([
      { level, stream: out },
      { level: keptLevel, stream: kept },
    ]),
  );
}
