import { z } from "zod";
import type { Claim, HeldUnits, Line, SessionView } from "~/reservations/reservation-store";

/** A list. Lua has only one kind of table, so an empty list arrives as an empty object. */
function list<Item extends z.ZodType>(item: Item) {
  return z.union([z.array(item), z.strictObject({}).transform((): z.output<Item>[] => [])]);
}

const units = z.number().int();
const milliseconds = z.number();

const lines = list(z.tuple([z.string(), units]).transform(([productId, quantity]): Line => ({ productId, quantity })));

const account = z.object({ key: z.string(), perSecond: z.number(), onPaid: z.number() });
const terms = z.object({ payWithinMs: milliseconds, accounts: list(account) });
const claim = z
  .object({
    claimId: z.string(),
    checkoutId: z.string().optional(),
    session: z.string(),
    lines,
    claimedAt: milliseconds,
    epoch: z.string().optional(),
    terms: terms.optional(),
  })
  .transform(({ session, checkoutId = null, ...found }): Claim => ({ ...found, sessionHash: session, checkoutId }));

const view = z
  .object({
    lines,
    expiresInMs: milliseconds.optional(),
    renewableForMs: milliseconds.optional(),
    claim: claim.optional(),
  })
  .transform((found): SessionView => ({
    lines: found.lines,
    expiresInMs: found.expiresInMs ?? null,
    renewableForMs: found.renewableForMs ?? null,
    claim: found.claim ?? null,
  }));

const held = list(
  z
    .object({ total: units, byYou: units, units, pendingUnits: units, nextReleaseInMs: milliseconds.optional() })
    .transform((found): HeldUnits => ({ ...found, nextReleaseInMs: found.nextReleaseInMs ?? null })),
);

const plain = <Outcome extends string>(outcome: Outcome) => z.object({ outcome: z.literal(outcome) });
const checkoutOpen = z.object({ outcome: z.literal("checkout_open"), claim });
const position = z.object({ session: z.string(), given: z.number().int() });

/** The reply of each script, converted to the types of the contract. Change scripts and these schemas together. */
export const replies = {
  place: z.discriminatedUnion("outcome", [
    z.object({ outcome: z.enum(["placed", "cannot_fit"]), others: held }),
    plain("busy"),
    checkoutOpen,
    plain("too_many_lines"),
    z.object({ outcome: z.literal("client_full"), maxUnits: units }),
    plain("not_rebuilt"),
  ]),
  confirm: z.discriminatedUnion("outcome", [z.object({ outcome: z.literal("confirmed"), view }), plain("gone")]),
  done: plain("done"),
  renew: z.discriminatedUnion("outcome", [
    z.object({ outcome: z.literal("renewed"), view }),
    plain("nothing_held"),
    checkoutOpen,
  ]),
  release: z.discriminatedUnion("outcome", [
    z.object({ outcome: z.literal("released"), lines, view }),
    plain("busy"),
    checkoutOpen,
    plain("changed"),
  ]),
  claim: z.discriminatedUnion("outcome", [
    z.object({ outcome: z.literal("claimed"), claim, others: held }),
    plain("nothing_held"),
    plain("busy"),
    checkoutOpen,
    plain("not_rebuilt"),
  ]),
  stamp: z.object({ outcome: z.enum(["stamped", "gone"]) }),
  endClaim: z.discriminatedUnion("outcome", [z.object({ outcome: z.literal("ended"), claim }), plain("gone")]),
  lower: z.object({ outcome: z.enum(["lowered", "gone"]) }),
  findClaim: z.object({ claim: claim.optional(), ageMs: milliseconds.optional() }),
  claims: z.object({ claims: list(claim) }),
  view: z.object({ view, last: z.string().optional() }),
  held: z.discriminatedUnion("outcome", [z.object({ outcome: z.literal("counted"), held }), plain("not_rebuilt")]),
  snapshot: z.object({
    rows: list(
      z.object({
        productId: z.string(),
        session: z.string(),
        quantity: units,
        isClaimed: z.boolean().optional(),
        checkoutId: z.string().optional(),
        expiresInMs: milliseconds.optional(),
      }),
    ),
    next: position.optional(),
  }),
  totals: z.object({ shopping: units, checkout: units, units, sessions: units, bytes: z.number() }),
  beginRebuild: z.discriminatedUnion("outcome", [
    z.object({ outcome: z.enum(["rebuilt", "unproven"]), epoch: z.string() }),
    plain("elsewhere"),
    z.object({ outcome: z.literal("begun"), generation: z.string() }),
  ]),
  endRebuild: z.discriminatedUnion("outcome", [
    z.object({ outcome: z.literal("rebuilt"), epoch: z.string() }),
    plain("lost"),
  ]),
  acquireLease: z.discriminatedUnion("outcome", [
    z.object({ outcome: z.literal("taken"), unsettled: z.string().optional() }),
    plain("busy"),
    plain("not_rebuilt"),
  ]),
  renewLease: z.object({ outcome: z.enum(["renewed", "lost"]) }),
  check: z.object({ outcome: z.literal("done"), refused: list(z.tuple([z.string(), z.string()])) }),
  releaseLease: z.object({ outcome: z.enum(["released", "lost"]) }),
} as const;

/** A message on the shop's channel. */
export const eventMessage = z.object({
  /** The connection that ran the script. */
  instance: z.string(),
  changed: list(z.string()),
  expired: list(z.object({ session: z.string(), lines })),
});

/** Where the next page of a snapshot starts. */
export const snapshotPosition = position;
