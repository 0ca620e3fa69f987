import { clockText } from "./clock-text";

export function ClockTime({ at, precision }: { at: number; precision: "minute" | "second" }) {
  return <time dateTime={new Date(at).toISOString()}>{clockText(at, precision)}</time>;
}
