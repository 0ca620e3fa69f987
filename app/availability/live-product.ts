/** Availability of one product in the page's terms: whole units, epoch milliseconds. */
export interface LiveProduct {
  readonly id: string;
  readonly onHand: number;
  readonly available: number;
  readonly heldByYou: number;
  readonly nextReleaseAt: number | null;
}

/** Parses the data of an `availability` event; null if invalid. Written by hand: a schema library would be most of the page's script. */
export function readProduct(data: unknown): LiveProduct | null {
  return typeof data === "string" ? toLiveProduct(parsed(data)) : null;
}

/** Parses the body of `GET /api/availability`; empty if invalid. */
export function readProducts(text: string): LiveProduct[] {
  const body = parsed(text);
  const products: unknown = typeof body === "object" && body !== null && "products" in body ? body.products : null;
  return Array.isArray(products) ? products.flatMap((product: unknown) => toLiveProduct(product) ?? []) : [];
}

function toLiveProduct(value: unknown): LiveProduct | null {
  if (typeof value !== "object" || value === null) return null;
  const fields = new Map<string, unknown>(Object.entries(value));
  const id = fields.get("product_id");
  const [onHand, available, heldByYou] = ["inventory", "available", "held_by_you"].map((name) => fields.get(name));
  const nextRelease = fields.get("next_release_at");
  if (
    typeof id !== "string" ||
    typeof onHand !== "number" ||
    typeof available !== "number" ||
    typeof heldByYou !== "number"
  )
    return null;
  return {
    id,
    onHand,
    available,
    heldByYou,
    nextReleaseAt: typeof nextRelease === "string" ? Date.parse(nextRelease) : null,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
