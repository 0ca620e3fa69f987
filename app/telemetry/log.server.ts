import pino, { type Logger } from "pino";
import { followed } from "./followed.server";

/** Takes whole lines, as JSON. */
export interface LineSink {
  write(line: string): void;
}

const LEAST_KEPT = "info";

/**
 * Structured logs on standard output. Sessions appear as their hash and a checkout by its id, so that every line of one
 * order can be followed; nothing personal and no secret is logged.
 *
 * `kept` gets the same lines, from `info` on even where standard output is told less.
 */
export function createLog(level: string, kept: LineSink, out: LineSink = pino.destination(1)): Logger {
  const { values } = pino.levels;
  const keptLevel = (values[level] ?? Infinity) < (values[LEAST_KEPT] ?? 0) ? level : LEAST_KEPT;
  return pino(
    {
      level: keptLevel,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: followed,
    },
    pino.multistream([
      { level, stream: out },
      { level: keptLevel, stream: kept },
    ]),
  );
}
