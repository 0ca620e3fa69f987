import type { MarkStore } from "~/checkout/fulfil/line-marks";
import type { StripeSession } from "./gateway";
import type { Metadata } from "./session-metadata";

/** The tags by which this shop recognizes its Stripe sessions. */
export interface ShopTags {
  /** See `shopTag`. */
  readonly shopTag: string;
  /** Tags that this shop had before its environment, table or Supabase URL changed. */
  readonly formerTags: readonly string[];
}

const SHOP = "holdfast_shop";

/** Null if the session belongs to no Holdfast shop. */
export function tagOf(metadata: Metadata): string | null {
  return metadata[SHOP] ?? null;
}

export function tagged(metadata: Metadata, tag: string): Metadata {
  return { ...metadata, [SHOP]: tag };
}

/** Wraps a mark store so that sessions with a former tag read as if they had the current one. Their tag at Stripe stays. */
export function readingFormerTags(
  marks: MarkStore<StripeSession>,
  { shopTag, formerTags }: ShopTags,
): MarkStore<StripeSession> {
  const former = new Set(formerTags);
  return {
    ...marks,
    read: (session) =>
      marks.read(
        former.has(tagOf(session.metadata) ?? "")
          ? { ...session, metadata: tagged(session.metadata, shopTag) }
          : session,
      ),
  };
}
