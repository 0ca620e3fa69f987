import type { DecidedLine } from "~/reservations/reserve";
import type { ShortLine } from "./cart-failure";

/** The lines with a shortage, for people. `now`: epoch milliseconds. */
export function shortLines(lines: readonly DecidedLine[], now: number): ShortLine[] {
  return lines.flatMap(({ productId, name, requested, available, shortage, nextReleaseInMs }) =>
    shortage === null
      ? []
      : [
          {
            productId,
            name: name ?? productId,
            requested,
            available,
            shortage,
            nextReleaseAt: nextReleaseInMs === null ? null : now + nextReleaseInMs,
          },
        ],
  );
}
