import type { PlaceRequest, ReservationStore } from "~/reservations/reservation-store";
import { StockHints } from "~/reservations/stock-hints";
import { storeWith } from "../checkout/store-with";
import type { Cart, CrowdShop } from "./crowd";

export interface Crowd {
  readonly name: string;
  readonly stock: Readonly<Record<string, number>>;
  readonly carts: readonly Cart[];
}

export const oneItem: Crowd = { name: "one item", stock: { mug: 1 }, carts: [{ mug: 1 }] };

/** A cart that is short of one product must not block its other product. */
export const overlappingCarts: Crowd = {
  name: "carts of two overlapping products",
  stock: { mug: 1, hat: 1, cup: 1 },
  carts: [{ mug: 1, hat: 1 }, { hat: 1, cup: 1 }, { cup: 1 }],
};

/** A store that ignores hints: every call places. */
export function withoutHints(store: ReservationStore): ReservationStore {
  return storeWith(store, { place: (request) => store.place(blind(request)) });
}

/** All calls without a hint place at once. */
export class HintsWithoutWaiting extends StockHints {
  override afterFirst<Result>(_productId: string, attempt: () => Promise<Result>): Promise<Result> {
    return attempt();
  }
}

/** A store that compares hints with firm holds only, whatever is pending. */
export function ignoringPendingUnits(store: ReservationStore): ReservationStore {
  return storeWith(store, {
    place: async (request) => {
      const placed = await store.place(request);
      if (placed.outcome !== "cannot_fit") return placed;
      const fits = request.lines.every(({ productId, quantity, hint }) => {
        const { units = 0, pendingUnits = 0 } = placed.others.get(productId) ?? {};
        return typeof hint !== "number" || hint - (units - pendingUnits) >= quantity;
      });
      return fits ? store.place(blind(request)) : placed;
    },
  });
}

function blind(request: PlaceRequest): PlaceRequest {
  return { ...request, lines: request.lines.map(({ productId, quantity }) => ({ productId, quantity })) };
}

/** Grants of carts that are abandoned after 3 s, as a share of what is possible if each is granted at once. */
export async function turnover(
  shop: CrowdShop,
  { perSecond, seconds }: { perSecond: number; seconds: number },
): Promise<number> {
  const { time } = shop;
  const heldMs = 3_000;
  let grants = 0;
  const visit = async (sessionHash: string) => {
    if ((await shop.reserve(sessionHash, { mug: 1 })).outcome !== "granted") return;
    grants += 1;
    await time.sleep(heldMs);
    await shop.releaseAll(sessionHash);
  };
  const failures: unknown[] = [];
  const isOver = () => time.now() >= seconds * 1_000 || failures.length > 0;
  const crowd = async () => {
    for (let nth = 0; !isOver(); nth += 1) {
      await shop.nextRequest(perSecond);
      visit(`shopper-${nth}`).catch((error: unknown) => failures.push(error));
    }
  };
  crowd().catch((error: unknown) => failures.push(error));
  await time.run(isOver);
  if (failures.length > 0) throw failures[0];
  return grants / ((shop.stock["mug"] ?? 0) * ((seconds * 1_000) / heldMs));
}

/** The number of twelve honest shoppers who are granted a mug while others keep requesting carts they can never get. */
export async function grantedDespite(shop: CrowdShop, impossible: (nth: number) => Cart): Promise<number> {
  const { time } = shop;
  let granted = 0;
  let served = 0;
  const failures: unknown[] = [];
  const isOver = () => served === 12 || failures.length > 0;
  const attack = async () => {
    for (let nth = 0; !isOver(); nth += 1) {
      shop.reserve(`attacker-${nth}`, impossible(nth)).catch((error: unknown) => failures.push(error));
      await shop.nextRequest(20);
    }
  };
  const honest = async () => {
    for (; served < 12; served += 1) {
      const sessionHash = `shopper-${served}`;
      if ((await shop.reserve(sessionHash, { mug: 1 })).outcome === "granted") granted += 1;
      await shop.releaseAll(sessionHash);
      await time.sleep(shop.random() * 500);
    }
  };
  for (const part of [attack, honest]) part().catch((error: unknown) => failures.push(error));
  await time.run(isOver);
  if (failures.length > 0) throw failures[0];
  return granted;
}
