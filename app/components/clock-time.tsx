import { useClockText } from "./visitor-clock";

export function ClockTime({ at, precision }: { at: number; precision: "minute" | "second" }) {
  const clock = useClockText();
  return <time dateTime={new Date(at).toISOString()}>{clock(at, precision)}</time>;
}
