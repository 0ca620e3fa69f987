type Dependency = "database" | "stripe";

/** State of each external service at its last call, for `/readyz`. */
export interface DependencyStates {
  /** Wraps `fetch` to record the state. A 5xx counts as failing. */
  watch(dependency: Dependency, fetch: typeof globalThis.fetch): typeof globalThis.fetch;
  read(): Readonly<Record<Dependency, "ok" | "failing" | "unknown">>;
}

export function createDependencyStates(): DependencyStates {
  const states: Record<Dependency, "ok" | "failing" | "unknown"> = { database: "unknown", stripe: "unknown" };
  return {
    watch: (dependency, fetch) => async (input, init) => {
      try {
        const response = await fetch(input, init);
        states[dependency] = response.status >= 500 ? "failing" : "ok";
        return response;
      } catch (error) {
        states[dependency] = "failing";
        throw error;
      }
    },
    read: () => ({ ...states }),
  };
}
