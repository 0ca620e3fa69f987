/**
 * An object with some operations of `base` replaced. Everything else, getters included, is delegated to `base` when it is
 * called, with `base` as `this`, so that classes with private fields and object literals can both be decorated.
 *
 * @example
 * const counted = decorate(store, { renew: async (sessionHash) => (count.inc(), store.renew(sessionHash)) });
 */
export function decorate<T extends object>(base: T, operations: Partial<T>): T {
  const decorated = { ...operations };
  for (const name of namesOf(base)) {
    if (name in decorated) continue;
    const delegate: PropertyDescriptor = {
      enumerable: true,
      get: () => {
        const member: unknown = Reflect.get(base, name);
        return typeof member === "function"
          ? (...args: unknown[]): unknown => Reflect.apply(member, base, args)
          : member;
      },
    };
    Object.defineProperty(decorated, name, delegate);
  }
  return decorated as T;
}

function namesOf(base: object): Set<string> {
  const names = new Set<string>();
  let level: object | null = base;
  while (level !== null && level !== Object.prototype) {
    for (const name of Object.getOwnPropertyNames(level)) if (name !== "constructor") names.add(name);
    level = Object.getPrototypeOf(level) as object | null;
  }
  return names;
}
