import type { CheckoutContext } from "~/checkout/checkout-context.server";
import type { CheckoutRecord } from "~/checkout/fulfil/line-marks";
import { tagOf } from "~/checkout/stripe/former-tags";
import type { StripeSession } from "~/checkout/stripe/gateway";
import { decodeRecord, type Metadata } from "~/checkout/stripe/session-metadata";
import { isGivenBack } from "./refund-standing";

/** By then the shop that owns a payment has processed it, if it is running at all. */
const UNTOUCHED_FOR_MS = 15 * 60_000;

/** Metadata key: shops that declared the payment not theirs, as comma-separated prefixes of their tags. */
const LEFT = "holdfast_left";
const LEFT_LETTERS = 12;

/** A payment with another shop's tag that no shop has processed. */
export interface ForeignPayment {
  readonly tag: string;
  readonly record: CheckoutRecord;
}

type Parts = Pick<CheckoutContext, "clock" | "config">;

/**
 * Returns a session's foreign payment, or null. Several shops may share a Stripe account, so payments that another shop has started to
 * process, refunded payments, and those that this shop has left to others do not count.
 */
export function foreignPayment({ clock, config }: Parts, session: StripeSession): ForeignPayment | null {
  const tag = tagOf(session.metadata);
  if (tag === null || tag === config.shopTag || config.formerTags.includes(tag)) return null;
  if (session.status !== "complete" || session.paymentStatus !== "paid" || isGivenBack(session)) return null;
  if (clock.wall() - (session.charge?.createdAt ?? session.createdAt) < UNTOUCHED_FOR_MS || isLeft(config, session))
    return null;
  const record = readRecord(tag, session.metadata);
  return record !== null && isUntouched(record) ? { tag, record } : null;
}

export function isLeft(
  { shopTag }: { readonly shopTag: string },
  { metadata }: Pick<StripeSession, "metadata">,
): boolean {
  return leftBy(metadata).includes(shopTag.slice(0, LEFT_LETTERS));
}

/** Returns the metadata that records that a payment is not this shop's. */
export function leaving({ shopTag }: { readonly shopTag: string }, metadata: Metadata): Metadata {
  return { [LEFT]: [...new Set([...leftBy(metadata), shopTag.slice(0, LEFT_LETTERS)])].join(",") };
}

function leftBy(metadata: Metadata): string[] {
  return (metadata[LEFT] ?? "").split(",").filter((beginning) => beginning !== "");
}

function readRecord(tag: string, metadata: Metadata): CheckoutRecord | null {
  try {
    return decodeRecord(tag, metadata);
  } catch {
    // Another release may have written it; not this shop's problem.
    return null;
  }
}

function isUntouched({ verdict, lines }: CheckoutRecord): boolean {
  return verdict === null && lines.every((line) => line.state.mark === "claimed");
}
