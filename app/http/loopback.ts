const HOSTNAMES = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Whether the URL reaches this machine only. */
export function isLoopback({ hostname }: URL): boolean {
  return HOSTNAMES.has(hostname);
}
