import type { Overview } from "~/operator/operator-desk";

/** Labels for the scope of a figure: the server that sent this page, or the whole shop. */
export function scopeLabels({ holdsIn }: Pick<Overview, "holdsIn">): {
  readonly thisServer: string;
  readonly wholeShop: string;
} {
  return { thisServer: "This server", wholeShop: holdsIn === "memory" ? "One server" : "All servers" };
}
