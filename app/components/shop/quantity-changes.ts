import { useRef, useSyncExternalStore } from "react";
import type { PanelResult } from "~/cart/panel-result";

/** A quantity that the shopper chose, until the server has granted it. */
export interface QuantityChange {
  readonly productId: string;
  readonly name: string;
  readonly quantity: number;
  /** Epoch milliseconds by this browser's clock. */
  readonly clickedAt: number;
  /** Why the server refused it; null while it is pending. A refused change stays for its message, until the next choice or page. */
  readonly refusal: Refusal | null;
}

export type Refusal = Extract<PanelResult, { outcome: "failed" | "refused" }>;

interface Changes {
  /** The latest choice per product. */
  readonly latest: ReadonlyMap<string, QuantityChange>;
  /** The change that the server is processing. One at a time, so that responses, and the cookies in them, arrive in order. */
  readonly sending: QuantityChange | null;
  /** Whether the shopper has paused, so that the choices are sent. */
  readonly isDue: boolean;
  /** Number of changes that went through, which outdate earlier failures of other forms. */
  readonly granted: number;
}

/** Clicks closer together than this become one request. */
const PAUSE_MS = 300;
const NONE: Changes = { latest: new Map(), sending: null, isDue: false, granted: 0 };

let changes = NONE;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

/** Chooses the quantity of a product. It is sent after a pause; a later choice replaces one that has not been sent. */
export function chooseQuantity(choice: Pick<QuantityChange, "productId" | "name" | "quantity">): void {
  clearTimeout(timer);
  timer = setTimeout(flushQuantityChanges, PAUSE_MS);
  const change: QuantityChange = { ...choice, clickedAt: Date.now(), refusal: null };
  update({ latest: new Map([...changes.latest, [choice.productId, change]]), isDue: false });
}

/** Sends what was chosen, without waiting for a pause. */
export function flushQuantityChanges(): void {
  clearTimeout(timer);
  update({ isDue: true });
}

/** Drops the choice for a product that is about to be removed, or all messages about refused ones. */
export function forgetQuantityChanges(isForgotten: (change: QuantityChange) => boolean): void {
  if (![...changes.latest.values()].some(isForgotten)) return;
  update({ latest: new Map([...changes.latest].filter(([, change]) => !isForgotten(change))) });
}

/** Ends the change that was being sent. A response to anything but the latest choice only makes way for that. */
export function settleQuantityChange(change: QuantityChange, refusal: Refusal | null): void {
  const latest = new Map(changes.latest);
  if (latest.get(change.productId) === change) {
    if (refusal === null) latest.delete(change.productId);
    else latest.set(change.productId, { ...change, refusal });
  }
  update({ latest, sending: null, granted: changes.granted + (refusal === null ? 1 : 0) });
}

export function useQuantityChanges(): Changes {
  return useSyncExternalStore(
    subscribe,
    () => changes,
    () => NONE,
  );
}

/** The failure of a form, until a stepper has changed the cart since. */
export function useCurrentFailure<Failure>(failure: Failure | null): Failure | null {
  const { granted } = useQuantityChanges();
  const arrived = useRef({ failure, granted });
  if (arrived.current.failure !== failure) arrived.current = { failure, granted };
  return arrived.current.granted === granted ? failure : null;
}

/** Whether a choice is waiting for the server's response. */
export function hasPendingQuantities({ latest }: Changes = changes): boolean {
  return [...latest.values()].some(isPending);
}

function update(part: Partial<Changes>): void {
  const next = { ...changes, ...part };
  const sending = next.sending ?? (next.isDue ? ([...next.latest.values()].find(isPending) ?? null) : null);
  changes = { ...next, sending };
  for (const listener of listeners) listener();
}

function isPending({ refusal }: QuantityChange): boolean {
  return refusal === null;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
