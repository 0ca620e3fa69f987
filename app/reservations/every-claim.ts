import { CLAIMS_PER_PAGE, type Claim, type ClaimsQuery, type ReservationStore } from "./reservation-store";

/** All claims that are asked for, oldest first, read page by page: those that end in between are left out, or not. */
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

/** One page of `claims`, by the wall clock that claims are dated by. */
export function pageOfClaims(
  claims: Iterable<Claim>,
  { olderThanMs, isUnstamped = false, limit = CLAIMS_PER_PAGE, after }: ClaimsQuery,
  wallMs: number,
): readonly Claim[] {
  const latest = wallMs - olderThanMs;
  const isAsked = (claim: Claim) =>
    claim.claimedAt <= latest &&
    !(isUnstamped && claim.checkoutId !== null) &&
    (after === undefined || byAge(claim, after) > 0);
  return [...claims].filter(isAsked).sort(byAge).slice(0, limit);
}

function byAge(one: Pick<Claim, "claimId" | "claimedAt">, other: Pick<Claim, "claimId" | "claimedAt">): number {
  return one.claimedAt - other.claimedAt || (one.claimId < other.claimId ? -1 : one.claimId > other.claimId ? 1 : 0);
}
