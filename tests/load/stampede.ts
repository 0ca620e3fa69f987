import { read, reserved } from "../api/contract-shapes";
import { Caller, pay } from "../api/http-client";

/** Results of many shoppers who want the same product at the same moment. */
export interface Stampede {
  readonly shoppers: number;
  readonly granted: number;
  readonly refused: number;
  readonly paid: number;
  /** Counts of failures that no shopper should see. */
  readonly unexpected: Readonly<Record<string, number>>;
  readonly milliseconds: number;
}

/** Each shopper reserves one unit over the API and, if granted, checks out and pays on the payment page. */
export async function stampede(baseUrl: string, productId: string, shoppers: number): Promise<Stampede> {
  const begin = performance.now();
  const unexpected: Record<string, number> = {};
  const ends = await Promise.all(
    Array.from({ length: shoppers }, () =>
      shop(new Caller(baseUrl), productId).catch((error: unknown) => String(error)),
    ),
  );
  const count = (end: string) => ends.filter((one) => one === end).length;
  for (const end of ends) if (!["paid", "refused"].includes(end)) unexpected[end] = (unexpected[end] ?? 0) + 1;
  return {
    shoppers,
    granted: shoppers - count("refused") - Object.values(unexpected).reduce((sum, n) => sum + n, 0),
    refused: count("refused"),
    paid: count("paid"),
    unexpected,
    milliseconds: Math.round(performance.now() - begin),
  };
}

async function shop(buyer: Caller, productId: string): Promise<string> {
  const response = await buyer.reserve(productId, 1);
  if (response.status === 409) return "refused";
  read(response, 200, reserved);
  await pay(await buyer.openPaymentPage());
  return "paid";
}
