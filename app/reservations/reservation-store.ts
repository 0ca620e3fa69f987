/**
 * Stores holds. One contract, two drivers (memory and Redis), one conformance suite (`describeReservationStore`).
 *
 * A session's hold on a product counts against other sessions as the largest of
 *   - `granted`: confirmed units, until the session's deadline,
 *   - `pending`: units requested by one call that is not decided yet, until that call's own deadline of 10 s,
 *   - `claimed`: units bound to a payment page, without a deadline.
 * While a session has a claim, nothing else of it can change. A claim is therefore an object with its own id.
 *
 * Every operation is one atomic step for the whole cart. It is idempotent by nature, by operation id or by claim id,
 * because a client that lost the result repeats it. Every operation first drops lapsed holds, in constant time.
 * The store owns time: results contain durations in milliseconds, counted from the moment of the result.
 * `sessionHash` is the hash of the shopper's session id. Operations throw `UnavailableError` when the store cannot be
 * reached; the step may or may not have been applied.
 *
 * @example
 * const operation = { sessionHash, operationId };
 * const placed = await store.place({ ...operation, lines: [{ productId: "7", quantity: 2 }], maxLines: 30 });
 * if (placed.outcome !== "placed") return placed;
 * const inventory = await readInventory("7"); // must start after `place` has finished
 * if (inventory - (placed.others.get("7")?.units ?? 0) < 2) return store.abort(operation);
 * return store.confirm(operation);
 */
export interface ReservationStore {
  /**
   * Step 1 of a reservation: writes `pending` for every line before the stock is read, and returns what OTHER sessions
   * hold of those products at that moment. Quantity 0 requests a release. Products in `lines` are distinct.
   * Repeating an operation that is already placed returns `placed` again.
   *
   * Writes nothing and returns
   * - `cannot_fit` when a line's `hint`, less everything others hold (pending included), is below its quantity (see
   *   README, "Look before placing"). Quantity 0 always fits.
   * - `client_full` when one of `clients` would exceed its cap across all its carts, unless the call requests no more
   *   than the session already holds. Checked first, but not while the session has a pending call.
   */
  place(request: PlaceRequest): Promise<PlaceOutcome>;

  /**
   * Turns the operation's pending units into `granted` and renews the whole cart (see `renew`). `gone`: the pending
   * units lapsed or were superseded, so the caller must not report anything as held. Repeating the session's latest
   * operation returns `confirmed` again while the session holds anything.
   */
  confirm(operation: OperationRef): Promise<ConfirmOutcome>;

  /** Drops the operation's pending units and leaves `granted` unchanged. Does nothing if they are gone. */
  abort(operation: OperationRef): Promise<void>;

  /**
   * Moves the deadline of all granted lines to now + ttl, but not past the absolute age. That age runs from the
   * session's first grant, continues while units are claimed, and starts again once nothing is granted or claimed.
   */
  renew(sessionHash: string): Promise<RenewOutcome>;

  /** Releases the named granted lines, or all of them. As a change of the cart, it renews the remaining lines. */
  release(request: ReleaseRequest): Promise<ReleaseOutcome>;

  /**
   * Binds all granted units of the session to a payment page that is about to be opened. They lose their deadline.
   * Returns what others hold, like `place`. Claiming again with the same id returns the claim as it is.
   */
  claim(request: ClaimRequest): Promise<ClaimOutcome>;

  /** Writes the Stripe checkout id on the claim. `gone`: no such claim, or it has another checkout. */
  stamp(ref: { claimId: string; checkoutId: string }): Promise<"stamped" | "gone">;

  /** Ends the claim because its units are sold. Applies only if the claim has exactly this checkout. */
  complete(ref: ClaimRef): Promise<ClaimEnd>;

  /**
   * Ends the claim because it can no longer be paid. Call only with proof from Stripe (see `app/checkout/README.md`,
   * "A payment page"). Applies only if the claim has exactly this checkout. `to: "shopper"` makes its units granted
   * again, renewed up to the absolute age, so that the shopper can go on shopping. Past that age, or with
   * `to: "stock"`, the units become free.
   */
  unclaim(ref: ClaimRef & { to: "shopper" | "stock" }): Promise<ClaimEnd>;

  /**
   * Lowers the claim to these lines once the other units have been deducted from stock. Never raises a quantity; drops
   * products that are not listed. Applies only if the claim has exactly this checkout. Idempotent.
   */
  lower(request: ClaimRef & { lines: readonly Line[] }): Promise<"lowered" | "gone">;

  /**
   * Restores a claim that Stripe knows about after data loss, whatever else is held. Idempotent by claim id.
   * A session with another claim by then keeps that one as its own; both count. Drops the session's pending units.
   */
  restore(claim: Claim): Promise<void>;

  /** The claim with this id, with its age by the store's clock, or null. */
  findClaim(claimId: string): Promise<FoundClaim | null>;

  /**
   * One page of matching claims, oldest first. The next starts after the last claim of a full page (see `everyClaim`).
   */
  claims(query: ClaimsQuery): Promise<readonly Claim[]>;

  /** The session's current holds. */
  view(sessionHash: string): Promise<SessionView>;

  /**
   * Units held of each product, split into this session's and others' (null: all belong to others). Exact: lapsed holds
   * never count. Throws `UnavailableError` until lost claims are restored.
   */
  held(query: HeldQuery): Promise<ReadonlyMap<string, HeldUnits>>;

  /**
   * One page of all holds for an operator, in no particular order. `cursor` comes from the previous page. Weakly
   * consistent across pages. A page has at most `limit` rows; any page may have fewer, even none.
   */
  snapshot(query: SnapshotQuery): Promise<SnapshotPage>;

  /** Exact totals over all live holds, in constant time. */
  totals(): Promise<StoreTotals>;

  /**
   * Calls the listener after changes and returns a function that unsubscribes. Messages may be lost, so read the store
   * to be sure.
   */
  subscribe(listener: (event: StoreEvent) => void): () => void;
}

/** A product of a cart and its units, a whole number ≥ 0. */
export interface Line {
  readonly productId: string;
  readonly quantity: number;
}

export interface OperationRef {
  readonly sessionHash: string;
  readonly operationId: string;
}

/** A requested line with the last known stock figure of its product, of any age; null or absent if there is none. */
export interface PlaceLine extends Line {
  readonly hint?: number | null;
}

export interface PlaceRequest extends OperationRef {
  readonly lines: readonly PlaceLine[];
  /** Maximum number of granted and requested lines in the cart. */
  readonly maxLines: number;
  /** The requesting client, and the larger groups it belongs to. */
  readonly clients?: readonly ClientCap[] | undefined;
}

/**
 * A group of sessions that may hold at most `maxUnits` together, including pending and claimed units. A session counts
 * towards the clients, with their caps, of its first hold until it holds nothing.
 */
export interface ClientCap {
  readonly clientId: string;
  readonly maxUnits: number;
}

export type PlaceOutcome =
  | { readonly outcome: "placed"; readonly others: ReadonlyMap<string, OthersUnits> }
  /** A hint less the units of others is below the requested quantity. Read the stock; place again if the line fits. */
  | { readonly outcome: "cannot_fit"; readonly others: ReadonlyMap<string, OthersUnits> }
  /** Another call of this session is pending: wait and try again. */
  | { readonly outcome: "busy" }
  /** A payment page is open, or about to be. Close it with proof first. */
  | { readonly outcome: "checkout_open"; readonly claim: Claim }
  | { readonly outcome: "too_many_lines" }
  /** `maxUnits`: the cap that would be exceeded. */
  | { readonly outcome: "client_full"; readonly maxUnits: number };

/** What sessions other than the requesting one hold of a product. */
export interface OthersUnits {
  /** All of them; each hold counts as its largest layer. */
  readonly units: number;
  /** Units that would become free if every pending call were aborted. A refusal caused by them is worth a retry. */
  readonly pendingUnits: number;
  /** Until the next granted unit of another session may lapse; null if none has a deadline. */
  readonly nextReleaseInMs: number | null;
}

export type ConfirmOutcome =
  { readonly outcome: "confirmed"; readonly view: SessionView } | { readonly outcome: "gone" };

export type RenewOutcome =
  | { readonly outcome: "renewed"; readonly view: SessionView }
  | { readonly outcome: "nothing_held" }
  | { readonly outcome: "checkout_open"; readonly claim: Claim };

export interface ReleaseRequest {
  readonly sessionHash: string;
  readonly productIds: readonly string[] | "all";
}

export type ReleaseOutcome =
  | { readonly outcome: "released"; readonly lines: readonly Line[]; readonly view: SessionView }
  | { readonly outcome: "busy" }
  | { readonly outcome: "checkout_open"; readonly claim: Claim };

export interface ClaimRequest {
  readonly sessionHash: string;
  readonly claimId: string;
  readonly terms?: PageTerms | undefined;
}

export type ClaimOutcome =
  | { readonly outcome: "claimed"; readonly claim: Claim; readonly others: ReadonlyMap<string, OthersUnits> }
  | { readonly outcome: "nothing_held" }
  | { readonly outcome: "busy" }
  /** The session already has a claim with another id. */
  | { readonly outcome: "checkout_open"; readonly claim: Claim };

/** Identifies a claim by its own id and its checkout, which is null until the claim is stamped. */
export interface ClaimRef {
  readonly claimId: string;
  readonly checkoutId: string | null;
}

export interface Claim extends ClaimRef {
  readonly sessionHash: string;
  readonly lines: readonly Line[];
  /** Epoch milliseconds by the store's clock; never changes. */
  readonly claimedAt: number;
  readonly terms?: PageTerms | undefined;
  /** Rebuild of the store that the claim was made in. Sent to Stripe with the payment page (see `RebuildTurns`). */
  readonly epoch?: string | undefined;
}

/** Terms of a payment page. Kept by the store and not sent to Stripe, so a restored claim has none. */
export interface PageTerms {
  /** Time to pay before the page is closed. */
  readonly payWithinMs: number;
  /** Accounts charged if the page ends unpaid (see `app/limits/README.md`, "Unpaid time"). */
  readonly accounts: readonly PageAccount[];
}

/** An account with the cost of each unpaid second and the credit for a payment, both as shares of its hourly budget. */
export interface PageAccount {
  readonly key: string;
  readonly perSecond: number;
  readonly onPaid: number;
}

export interface FoundClaim extends Claim {
  readonly ageMs: number;
}

export interface ClaimsQuery {
  /** Minimum age by the store's clock. */
  readonly olderThanMs: number;
  /** Only claims without a checkout. */
  readonly isUnstamped?: boolean | undefined;
  /** Defaults to `CLAIMS_PER_PAGE`. */
  readonly limit?: number | undefined;
  /** The last claim of the previous page, even if it has ended since. */
  readonly after?: Pick<Claim, "claimId" | "claimedAt"> | undefined;
}

export const CLAIMS_PER_PAGE = 500;

export type ClaimEnd = { readonly outcome: "ended"; readonly claim: Claim } | { readonly outcome: "gone" };

export interface SessionView {
  /** Live granted lines. Empty while the session has a claim. */
  readonly lines: readonly Line[];
  /** Until the granted lines lapse; null if there are none. */
  readonly expiresInMs: number | null;
  /** Until the absolute age, which no renewal can exceed; null if there are no granted lines. */
  readonly renewableForMs: number | null;
  readonly claim: Claim | null;
}

export interface HeldQuery {
  readonly sessionHash: string | null;
  readonly productIds: readonly string[];
}

export interface HeldUnits extends OthersUnits {
  /** `units` plus what the requesting session holds. */
  readonly total: number;
  readonly byYou: number;
}

export interface Reservation {
  readonly productId: string;
  readonly sessionHash: string;
  readonly quantity: number;
  readonly state: "shopping" | "checkout";
  readonly checkoutId: string | null;
  /** Null for checkout holds, which end by proof instead of time. */
  readonly expiresInMs: number | null;
}

export interface SnapshotQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface SnapshotPage {
  readonly reservations: readonly Reservation[];
  /** Null on the last page. */
  readonly cursor: string | null;
}

export interface StoreTotals {
  /** Live (session, product) holds in this state. */
  readonly shopping: number;
  readonly checkout: number;
  readonly units: number;
  /** Sessions with at least one live hold. */
  readonly sessions: number;
  /** Estimated memory of the store. */
  readonly bytes: number;
}

export type StoreEvent =
  /** The held units of these products may have changed. */
  | { readonly type: "changed"; readonly productIds: readonly string[] }
  /** A session's granted lines were found lapsed, possibly some time after their deadline. */
  | { readonly type: "expired"; readonly sessionHash: string; readonly lines: readonly Line[] };
