import { LastFigures } from "~/reservations/last-figures";
import type { PlaceRequest, ReservationStore } from "~/reservations/reservation-store";
import { storeWith } from "../checkout/store-with";
import type { Cart, CrowdShop } from "./crowd";

export interface Crowd {
  readonly name: string;
  readonly stock: Readonly<Record<string, number>>;
  readonly carts: readonly Cart[];
}

export const oneItem: Crowd = { name: "one item", stock: { mug: 1 }, carts: [{ mug: 1 }] };

/** What a cart is short of keeps its other product from nobody. */
export const overlappingCarts: Crowd = {
  name: "carts of two overlapping products",
  stock: { mug: 1, hat: 1, cup: 1 },
  carts: [{ mug: 1, hat: 1 }, { hat: 1, cup: 1 }, { cup: 1 }],
};

/** The store of before: every call places. */
export function withoutLook(store: ReservationStore): ReservationStore {
  return storeWith(store, { place: (request) => store.place(blind(request)) });
}

/** All calls without a figure place at once. */
export class FiguresThatNobodyWaitsFor extends LastFigures {
  override afterFirst<Result>(_productId: string, attempt: () => Promise<Result>): Promise<Result> {
    return attempt();
  }
}

/** Lets a call place that fits beside firm holds, whatever else is being asked for. */
export function lookingAtFirmHoldsOnly(store: ReservationStore): ReservationStore {
  return storeWith(store, {
    place: async (request) => {
      const looked = await store.place(request);
      if (looked.outcome !== "cannot_fit") return looked;
      const fits = request.lines.every(({ productId, quantity, hint }) => {
        const { units = 0, pendingUnits = 0 } = looked.others.get(productId) ?? {};
        return typeof hint !== "number" || hint - (units - pendingUnits) >= quantity;
      });
      return fits ? store.place(blind(request)) : looked;
    },
  });
}

function blind(request: PlaceRequest): PlaceRequest {
  return { ...request, lines: request.lines.map(({ productId, quantity }) => ({ productId, quantity })) };
}

/** How often carts are granted that are abandoned after 3 s, of what would be possible if each was granted at once. */
export async function turnover(
  shop: CrowdShop,
  { perSecond, seconds }: { perSecond: number; seconds: number },
): Promise<number> {
  const { time } = shop;
  const heldMs = 3_000;
  let grants = 0;
  const comes = async (sessionHash: string) => {
    if ((await shop.reserve(sessionHash, { mug: 1 })).outcome !== "granted") return;
    grants += 1;
    await time.sleep(heldMs);
    await shop.giveBack(sessionHash);
  };
  const failures: unknown[] = [];
  const isOver = () => time.now() >= seconds * 1_000 || failures.length > 0;
  const crowd = async () => {
    for (let nth = 0; !isOver(); nth += 1) {
      await shop.nextAsk(perSecond);
      comes(`shopper-${nth}`).catch((error: unknown) => failures.push(error));
    }
  };
  crowd().catch((error: unknown) => failures.push(error));
  await time.run(isOver);
  if (failures.length > 0) throw failures[0];
  return grants / ((shop.stock["mug"] ?? 0) * ((seconds * 1_000) / heldMs));
}

/** Twelve honest shoppers ask for one mug each while others keep asking for what they can never get; how many are granted one. */
export async function grantedBeside(shop: CrowdShop, impossible: (nth: number) => Cart): Promise<number> {
  const { time } = shop;
  let granted = 0;
  let served = 0;
  const failures: unknown[] = [];
  const isOver = () => served === 12 || failures.length > 0;
  const attack = async () => {
    for (let nth = 0; !isOver(); nth += 1) {
      shop.reserve(`attacker-${nth}`, impossible(nth)).catch((error: unknown) => failures.push(error));
      await shop.nextAsk(20);
    }
  };
  const honest = async () => {
    for (; served < 12; served += 1) {
      const sessionHash = `shopper-${served}`;
      if ((await shop.reserve(sessionHash, { mug: 1 })).outcome === "granted") granted += 1;
      await shop.giveBack(sessionHash);
      await time.sleep(shop.random() * 500);
    }
  };
  for (const part of [attack, honest]) part().catch((error: unknown) => failures.push(error));
  await time.run(isOver);
  if (failures.length > 0) throw failures[0];
  return granted;
}
