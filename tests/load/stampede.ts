import { read, reserved } from "../api/contract-shapes";
import { Caller, pay } from "../api/http-client";

/** What became of many shoppers who want the same product at the same moment. */
export interface Stampede {
  readonly shoppers: number;
  readonly granted: number;
  readonly refused: number;
  readonly paid: number;
  /** Answers that no shopper should see, with their number. */
  readonly odd: Readonly<Record<string, number>>;
  readonly milliseconds: number;
}

/** Each adds one unit over the API and, where it is granted, pays by the shop's form and on the payment page. */
export async function stampede(baseUrl: string, productId: string, shoppers: number): Promise<Stampede> {
  const begin = performance.now();
  const odd: Record<string, number> = {};
  const ends = await Promise.all(
    Array.from({ length: shoppers }, () =>
      shop(new Caller(baseUrl), productId).catch((error: unknown) => String(error)),
    ),
  );
  const count = (end: string) => ends.filter((one) => one === end).length;
  for (const end of ends) if (!["paid", "refused"].includes(end)) odd[end] = (odd[end] ?? 0) + 1;
  return {
    shoppers,
    granted: shoppers - count("refused") - Object.values(odd).reduce((sum, n) => sum + n, 0),
    refused: count("refused"),
    paid: count("paid"),
    odd,
    milliseconds: Math.round(performance.now() - begin),
  };
}

async function shop(buyer: Caller, productId: string): Promise<string> {
  const answer = await buyer.reserve(productId, 1);
  if (answer.status === 409) return "refused";
  read(answer, 200, reserved);
  await pay(await buyer.openPaymentPage());
  return "paid";
}
