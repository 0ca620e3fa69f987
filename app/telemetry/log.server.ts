import pino, { type Logger } from "pino";

/**
 * Structured logs on standard output. Sessions appear as their hash and a checkout by its id, so that every line of one
 * order can be followed; nothing personal and no secret is logged.
 */
export function createLog(level: string): Logger {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
}
