import { moneyText } from "~/catalog/money-text.server";
import { isForSale } from "./examine-rows.server";
import { note, type Finding } from "./finding";
import type { Sample, SampledRow } from "./sampled-rows.server";

export interface Pictures {
  readonly fetch: typeof fetch;
  /** Addresses of pictures may be relative to it. */
  readonly publicUrl: string;
  /** What the page's Content-Security-Policy lets pictures come from; see `img-src`. */
  readonly mayLoad: (address: URL) => boolean;
}

const SHOWN = 3;
const PICTURE_MS = 5_000;

/** Three rows as the shop would show them, including one that is not for sale if there is one. Notes, because nothing is checked. */
export async function showRows({ offered, any }: Sample, pictures: Pictures): Promise<Finding[]> {
  const sold = offered.filter(isForSale);
  const unsold = [...offered, ...any].find((row) => !isForSale(row));
  const shown = unsold === undefined ? sold.slice(0, SHOWN) : [...sold.slice(0, SHOWN - 1), unsold];
  return Promise.all(
    shown.map(async (row) => {
      return note(`${(await describe(row, pictures)).join(" · ")}.`);
    }),
  );
}

async function describe(row: SampledRow, pictures: Pictures): Promise<string[]> {
  const { product, mapped } = row;
  const name = product?.name ?? (typeof mapped.name === "string" ? mapped.name : "Untitled product");
  if (product === undefined)
    return [name, `not for sale: ${row.id === null ? "it has no id" : "hidden by PRODUCTS_FILTER"}`];
  const { price, onHand, active } = product;
  const reason = !active ? "not active" : price === null ? "no price" : onHand === 0 ? "sold out" : null;
  return [
    name,
    price === null ? "no price" : moneyText(price, "en"),
    `${onHand} in stock`,
    await describePicture(product.image, pictures),
    reason === null ? "for sale" : `not for sale: ${reason}`,
  ];
}

async function describePicture(image: string | null, { fetch, publicUrl, mayLoad }: Pictures): Promise<string> {
  if (image === null) return "no picture";
  const address = new URL(image, publicUrl);
  if (!mayLoad(address)) return `picture blocked: IMAGE_HOSTS does not include ${address.host}`;
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(PICTURE_MS) });
    const type = response.headers.get("Content-Type") ?? "";
    await response.body?.cancel();
    if (!response.ok) return `picture does not load (${response.status})`;
    return /^(image\/|application\/octet-stream|$)/.test(type)
      ? "picture loads"
      : `picture does not load (its type is ${type})`;
  } catch (error) {
    const isTooSlow = error instanceof Error && error.name === "TimeoutError";
    return `picture does not load (${isTooSlow ? "no response within 5 s" : "no connection"})`;
  }
}
