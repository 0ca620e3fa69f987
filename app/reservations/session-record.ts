import { NEVER } from "./expiring-tally";
import type { Claim, Line } from "./reservation-store";

/** Shared by everything that is empty: a million holds pay for no empty arrays. */
export const NONE: readonly never[] = Object.freeze([]);

/** One undecided call. */
export interface Pending {
  readonly operationId: string;
  readonly lines: readonly Line[];
  readonly deadline: number;
}

/** Everything that one session has in the memory driver. There is no record for a session that holds nothing. Times are ticks. */
export class SessionRecord {
  /** Order of arrival, by which a snapshot finds its place again. */
  readonly sequence: number;
  granted: readonly Line[] = NONE;
  /** Of `granted`. */
  deadline = 0;
  /** Where the absolute age counts from, while anything is granted or claimed. */
  firstGrantedAt = 0;
  pending: Pending | null = null;
  /** The session's own claim first; more than one only after `restore`. */
  claims: readonly Claim[] = NONE;
  lastOperationId: string | null = null;

  constructor(sequence: number) {
    this.sequence = sequence;
  }

  get isEmpty(): boolean {
    return this.granted.length === 0 && this.pending === null && this.claims.length === 0;
  }
}

/** Units that count until a deadline. */
export interface Layer {
  readonly units: number;
  readonly deadline: number;
}

/** One session's hold on one product: it counts as the largest of its living layers. */
export interface Hold {
  readonly claimed: Layer;
  readonly granted: Layer;
  readonly pending: Layer;
}

const NOTHING: Layer = { units: 0, deadline: -NEVER };
export const NO_HOLD: Hold = { claimed: NOTHING, granted: NOTHING, pending: NOTHING };

/** The record's holds by product. */
export function holdsOf(record: SessionRecord): Map<string, Hold> {
  const holds = new Map<string, Hold>();
  const put = (productId: string, layer: Partial<Hold>) =>
    holds.set(productId, { ...(holds.get(productId) ?? NO_HOLD), ...layer });
  for (const line of record.granted) {
    put(line.productId, { granted: { units: line.quantity, deadline: record.deadline } });
  }
  for (const line of record.pending?.lines ?? NONE) {
    put(line.productId, { pending: { units: line.quantity, deadline: record.pending?.deadline ?? 0 } });
  }
  for (const line of record.claims.flatMap((claim) => claim.lines)) {
    const before = holds.get(line.productId)?.claimed.units ?? 0;
    put(line.productId, { claimed: { units: before + line.quantity, deadline: NEVER } });
  }
  return holds;
}

/** Layers whose sum at any moment is the largest of these that lives at that moment. */
export function increments(layers: readonly Layer[]): Layer[] {
  const steps: Layer[] = [];
  let counted = 0;
  for (const layer of layers.toSorted((a, b) => (a.deadline < b.deadline ? 1 : a.deadline > b.deadline ? -1 : 0))) {
    if (layer.units <= counted) continue;
    steps.push({ units: layer.units - counted, deadline: layer.deadline });
    counted = layer.units;
  }
  return steps;
}

/** The largest of these that lives at `now`. */
export function largest(layers: readonly Layer[], now: number): number {
  return layers.reduce((most, layer) => (layer.deadline > now ? Math.max(most, layer.units) : most), 0);
}
