import type { Overview } from "~/operator/operator-desk";

/** Says whose a figure is: of the server that answered, or of all. */
export function serverWords({ holdsIn }: Pick<Overview, "holdsIn">): { own: string; shared: string } {
  return { own: "This server", shared: holdsIn === "memory" ? "The only server" : "All servers" };
}
