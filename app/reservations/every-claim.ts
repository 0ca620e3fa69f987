import { CLAIMS_PER_PAGE, type Claim, type ClaimsQuery, type ReservationStore } from "./reservation-store";

/**
 * All matching claims, oldest first, read page by page. Claims that end during iteration may or may not be included.
 */
export async function* everyClaim(
  store: Pick<ReservationStore, "claims">,
  query: Omit<ClaimsQuery, "after">,
): AsyncGenerator<Claim> {
  const { limit = CLAIMS_PER_PAGE } = query;
  let after: Claim | undefined;
  for (;;) {
    const page = await store.claims({ ...query, limit, after });
    yield* page;
    after = page.at(-1);
    if (after === undefined || page.length < limit) return;
  }
}

/** One page of `claims`. `wallMs` is the wall clock that `claimedAt` is measured by. */
export function pageOfClaims(
  claims: Iterable<Claim>,
  { olderThanMs, isUnstamped = false, limit = CLAIMS_PER_PAGE, after }: ClaimsQuery,
  wallMs: number,
): readonly Claim[] {
  const latest = wallMs - olderThanMs;
  const matches = (claim: Claim) =>
    claim.claimedAt <= latest &&
    !(isUnstamped && claim.checkoutId !== null) &&
    (after === undefined || byAge(claim, after) > 0);
  return [...claims].filter(matches).sort(byAge).slice(0, limit);
}

function byAge(one: Pick<Claim, "claimId" | "claimedAt">, other: Pick<Claim, "claimId" | "claimedAt">): number {
  return one.claimedAt - other.claimedAt || (one.claimId < other.claimId ? -1 : one.claimId > other.claimId ? 1 : 0);
}
