import type { MarkStore } from "~/checkout/fulfil/line-marks";
import type { StripeSession } from "./gateway";
import type { Metadata } from "./session-metadata";

/** Which tags of Stripe sessions are this shop's. */
export interface ShopTags {
  /** See `shopTag`. */
  readonly shopTag: string;
  /** Tags that this shop had before its environment, table or Supabase URL changed. */
  readonly formerTags: readonly string[];
}

const SHOP = "holdfast_shop";

/** Null: the session is no Holdfast shop's. */
export function tagOf(metadata: Metadata): string | null {
  return metadata[SHOP] ?? null;
}

export function tagged(metadata: Metadata, tag: string): Metadata {
  return { ...metadata, [SHOP]: tag };
}

/** The same marks, where a session with a former tag reads as one with the current tag. It keeps its tag at Stripe. */
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
