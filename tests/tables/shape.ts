import type { StripeSandbox } from "~/sandbox/stripe/stripe-sandbox.server";

/** A merchant's table as it is, and the settings with which the shop sells from it. */
export interface Shape {
  readonly name: string;
  /** Creates the table with its rows; with a view, if the shop needs one. */
  readonly sql: string;
  /** `PRODUCTS_*`, `PRICE_UNIT` and so on; everything else is as in every shop. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs when the shop is open; its list was empty until then. */
  readonly later?: string;
  /** Prices in the merchant's Stripe account. */
  readonly prices?: Parameters<StripeSandbox["controls"]["setPrices"]>[0];
  readonly expect: Sells;
}

/** What nothing can be sold from. */
export interface RefusedShape extends Pick<Shape, "name" | "sql" | "env"> {
  readonly expect: {
    /** What the shop says about it. */
    readonly refuses: RegExp;
    /** It does not start. */
    readonly atBoot?: true;
  };
}

interface Sells {
  /** What the list shows, in its order: "name · price · units in stock", or "name · no price". */
  readonly list: readonly string[];
  readonly sale: Sale;
  /** Names by id: rows that nobody may see or buy. */
  readonly hidden?: Readonly<Record<string, string>>;
}

interface Sale {
  readonly id: string;
  readonly quantity: number;
  /** What Stripe charges for one, in minor units. */
  readonly unitAmount: number;
  /** Default: usd. */
  readonly currency?: string;
  /** A query of the merchant's table for the units that the sale takes from, as `stock`. */
  readonly stock: string;
  readonly image?: string | null;
  /** As the product's page shows it. */
  readonly description?: string;
}
