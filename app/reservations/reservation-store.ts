/**
 * The store of holds: one contract, two drivers (memory, Redis), one conformance suite (`describeReservationStore`).
 *
 * A session's hold on a product counts against others as the largest of
 *   - `granted`: confirmed units, until the session's deadline,
 *   - `pending`: units asked for by one undecided call, until that call's own deadline of 10 s,
 *   - `claimed`: units bound to a payment page, without a deadline.
 * While a session has a claim nothing else of it can change, so a claim is an object of its own with an id of its own.
 *
 * Every verb is one atomic step for the whole cart, and is idempotent by its operation id, claim id or nature: a client
 * that lost the answer sends it again. Every verb drops what has lapsed before it looks, by constant work.
 * Time belongs to the store; what it tells about time are durations in milliseconds from the moment of the answer.
 * `session` is the hash of the shopper's session id. Verbs throw `UnavailableError` when the store cannot be reached;
 * the step may then have happened or not.
 */
export interface ReservationStore {
  /**
   * Step 1 of a reservation: writes `pending` for every line, before anybody reads the stock, and notes what OTHER
   * sessions hold of those products at that moment. Quantity 0 asks for release. Products of `lines` are distinct.
   * An operation that was already placed is answered again from its pending.
   * Looks first: writes nothing and answers `cannot_fit` when a line does not fit by its `hint` beside all that others hold,
   * what is pending included (see README, "Look before placing"). Quantity 0 always fits.
   * With `clients`, writes nothing and answers `client_full` when one of them would hold more in all its carts than its cap, except
   * where the call asks for no more than the session holds. Comes before every other answer but that to an operation sent again.
   */
  place(request: PlaceRequest): Promise<PlaceOutcome>;

  /**
   * Turns the operation's pending into `granted` and renews the whole cart (see `renew`). `gone` when the pending is not
   * there any more (lapsed, superseded): the caller must not tell the shopper that anything is held.
   * Confirming an operation again that was the session's last one, while the session holds anything, answers as the first time.
   */
  confirm(operation: OperationRef): Promise<ConfirmOutcome>;

  /** Drops the operation's pending; `granted` stays as it was. Nothing happens when it is gone. */
  abort(operation: OperationRef): Promise<void>;

  /**
   * Moves the deadline of all granted lines to now + ttl, but not past the absolute age. That counts from the session's first
   * grant, goes on while the units are claimed, and starts anew once nothing of the session is granted or claimed.
   */
  renew(sessionHash: string): Promise<RenewOutcome>;

  /** Gives back granted lines: those named, or all. A change of the cart, so what stays is renewed. */
  release(request: { sessionHash: string; productIds: readonly string[] | "all" }): Promise<ReleaseOutcome>;

  /**
   * Binds all granted units of the session to a payment that is about to be opened: they lose their deadline.
   * Notes what others hold, like `place`. Claiming again with the same id answers with the claim as it is.
   */
  claim(request: { sessionHash: string; claimId: string; terms?: PageTerms | undefined }): Promise<ClaimOutcome>;

  /** Writes the Stripe checkout id on the claim. `gone`: no such claim, or it bears another checkout. */
  stamp(ref: { claimId: string; checkoutId: string }): Promise<"stamped" | "gone">;

  /** Ends the claim because its units are sold. Touches only a claim that has exactly this checkout. */
  complete(ref: ClaimRef): Promise<ClaimEnd>;

  /**
   * Ends the claim because it can no longer be paid: only with proof from Stripe. Touches only a claim that has
   * exactly this checkout. `to: "shopper"` makes its units granted again, renewed up to the absolute age, for a shopper
   * who goes on shopping; past that age, and with `to: "stock"`, they are free.
   */
  unclaim(ref: ClaimRef & { to: "shopper" | "stock" }): Promise<ClaimEnd>;

  /**
   * Lowers the claim to these lines, since the others are taken from the stock: a quantity is never raised, and a product that is not
   * among them goes. Touches only a claim that has exactly this checkout. Idempotent.
   */
  lower(request: ClaimRef & { lines: readonly Line[] }): Promise<"lowered" | "gone">;

  /**
   * Puts a claim that Stripe knows about back after data was lost, whatever else is held. Idempotent by claim id.
   * A session that meanwhile has another claim keeps that one as its own; both count. Its undecided call is superseded.
   */
  restore(claim: Claim): Promise<void>;

  /** The claim with this id and its age by the store's clock, or null. */
  findClaim(claimId: string): Promise<FoundClaim | null>;

  /** One page of the claims that are asked for, oldest first; the next one begins after the last claim of a full page (see `everyClaim`). */
  claims(query: ClaimsQuery): Promise<readonly Claim[]>;

  /** What the session holds right now. */
  view(sessionHash: string): Promise<SessionView>;

  /**
   * Units held of each product, split for this session (null: everybody is another). Exact, lapsed holds never count.
   * Throws `UnavailableError` while lost claims are not restored.
   */
  held(request: { sessionHash: string | null; productIds: readonly string[] }): Promise<ReadonlyMap<string, HeldUnits>>;

  /**
   * One page of all holds for an operator, in no particular order; `cursor` comes from the page before. Weakly consistent
   * across pages. A page has `limit` rows at most and may have fewer, even none, before the last one.
   */
  snapshot(query: { limit: number; cursor?: string | undefined }): Promise<SnapshotPage>;

  /** Totals over all live holds, at constant cost, exact. */
  totals(): Promise<StoreTotals>;

  /** Calls the listener after something changed; returns the way to stop. Nothing is promised about lost messages: read to be sure. */
  subscribe(listener: (event: StoreEvent) => void): () => void;
}

/** One product of a cart and how many units of it; a whole number ≥ 0. */
export interface Line {
  readonly productId: string;
  readonly quantity: number;
}

export interface OperationRef {
  readonly sessionHash: string;
  readonly operationId: string;
}

/** A line of a call, with the stock figure last known of its product: of any age, null or absent when none is. */
export interface PlaceLine extends Line {
  readonly hint?: number | null;
}

export interface PlaceRequest extends OperationRef {
  readonly lines: readonly PlaceLine[];
  /** The cart may not have more granted and asked-for lines than this. */
  readonly maxLines: number;
  /** The one that asks, and larger groups that it belongs to. */
  readonly clients?: readonly ClientCap[] | undefined;
}

/**
 * A number of sessions that hold at most `maxUnits` together, undecided calls and claims included. A session counts for the
 * clients that it began to hold for, by the caps that they had then, until it holds nothing.
 */
export interface ClientCap {
  readonly clientId: string;
  readonly maxUnits: number;
}

export type PlaceOutcome =
  | { readonly outcome: "placed"; readonly others: ReadonlyMap<string, OthersUnits> }
  /** Some hint less the units of others is below the quantity asked for. Read the stock, and place again if that says otherwise. */
  | { readonly outcome: "cannot_fit"; readonly others: ReadonlyMap<string, OthersUnits> }
  /** Another call of this session is undecided: wait and try again. */
  | { readonly outcome: "busy" }
  /** A payment page is open (or about to be): close it with proof first. */
  | { readonly outcome: "checkout_open"; readonly claim: Claim }
  | { readonly outcome: "too_many_lines" }
  /** `maxUnits`: the cap that it would pass. */
  | { readonly outcome: "client_full"; readonly maxUnits: number };

/** What sessions other than the asking one hold of a product. */
export interface OthersUnits {
  /** All of it: granted, pending and claimed, each hold counted as its largest. */
  readonly units: number;
  /** The part of `units` that would go if every undecided call were aborted: a refusal because of it is worth a second try. */
  readonly pendingUnits: number;
  /** Until the next granted unit of another may lapse; null when none has a deadline. */
  readonly nextReleaseInMs: number | null;
}

export type ConfirmOutcome =
  { readonly outcome: "confirmed"; readonly view: SessionView } | { readonly outcome: "gone" };

export type RenewOutcome =
  | { readonly outcome: "renewed"; readonly view: SessionView }
  | { readonly outcome: "nothing_held" }
  | { readonly outcome: "checkout_open"; readonly claim: Claim };

export type ReleaseOutcome =
  | { readonly outcome: "released"; readonly lines: readonly Line[]; readonly view: SessionView }
  | { readonly outcome: "busy" }
  | { readonly outcome: "checkout_open"; readonly claim: Claim };

export type ClaimOutcome =
  | { readonly outcome: "claimed"; readonly claim: Claim; readonly others: ReadonlyMap<string, OthersUnits> }
  | { readonly outcome: "nothing_held" }
  | { readonly outcome: "busy" }
  /** The session already has a claim with another id. */
  | { readonly outcome: "checkout_open"; readonly claim: Claim };

/** A claim is named by its own id together with the checkout it bears; null while it bears none. */
export interface ClaimRef {
  readonly claimId: string;
  readonly checkoutId: string | null;
}

export interface Claim extends ClaimRef {
  readonly sessionHash: string;
  readonly lines: readonly Line[];
  /** Epoch milliseconds by the store's clock, fixed once. */
  readonly claimedAt: number;
  readonly terms?: PageTerms | undefined;
  /** Names the store that the claim was made in, where another can take its place; goes with the payment page to Stripe (see `RebuildTurns`). */
  readonly epoch?: string | undefined;
}

/** What a payment page is opened under. The store only keeps it, and Stripe is not told: a claim that is restored has none. */
export interface PageTerms {
  /** How long the page may be open. */
  readonly payWithinMs: number;
  /** Charged if the page ends unpaid: see `app/limits/README.md`, "Unpaid time". */
  readonly accounts: readonly PageAccount[];
}

/** An account, what a second of the page costs it unpaid, and what a payment pays off, in shares of what it may spend in an hour. */
export interface PageAccount {
  readonly key: string;
  readonly perSecond: number;
  readonly onPaid: number;
}

export interface FoundClaim extends Claim {
  readonly ageMs: number;
}

export interface ClaimsQuery {
  /** At least this old by the store's clock. */
  readonly olderThanMs: number;
  /** Only those that have no checkout yet. */
  readonly isUnstamped?: boolean | undefined;
  /** `CLAIMS_PER_PAGE` unless given. */
  readonly limit?: number | undefined;
  /** The last claim of the page before, whether or not it has ended since. */
  readonly after?: Pick<Claim, "claimId" | "claimedAt"> | undefined;
}

export const CLAIMS_PER_PAGE = 500;

export type ClaimEnd = { readonly outcome: "ended"; readonly claim: Claim } | { readonly outcome: "gone" };

export interface SessionView {
  /** Granted lines, alive. Empty while the session has a claim. */
  readonly lines: readonly Line[];
  /** Until the granted lines lapse; null when there are none. */
  readonly expiresInMs: number | null;
  /** Until the absolute age ends, which no renewal can go past; null when there are none. */
  readonly renewableForMs: number | null;
  readonly claim: Claim | null;
}

export interface HeldUnits extends OthersUnits {
  /** `units` plus what the asking session holds. */
  readonly total: number;
  readonly byYou: number;
}

export interface Reservation {
  readonly productId: string;
  readonly sessionHash: string;
  readonly quantity: number;
  readonly state: "shopping" | "checkout";
  readonly checkoutId: string | null;
  /** Null for checkout holds: they end by proof, not by time. */
  readonly expiresInMs: number | null;
}

export interface SnapshotPage {
  readonly reservations: readonly Reservation[];
  /** Null on the last page. */
  readonly cursor: string | null;
}

export interface StoreTotals {
  /** Live (session, product) holds by state. */
  readonly shopping: number;
  readonly checkout: number;
  readonly units: number;
  /** Sessions with at least one live hold. */
  readonly sessions: number;
  /** Estimate of the memory that the store takes. */
  readonly bytes: number;
}

export type StoreEvent =
  /** The held units of these products may have changed. */
  | { readonly type: "changed"; readonly productIds: readonly string[] }
  /** A session's granted lines were found lapsed; possibly some time after it happened. */
  | { readonly type: "expired"; readonly sessionHash: string; readonly lines: readonly Line[] };
