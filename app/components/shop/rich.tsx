import type { ReactNode } from "react";

/** Stands for the element while its message is put together; no message contains it. */
const PLACE = "\uFFFC";

/**
 * A message with an element in it, wherever its language puts it.
 *
 * @example
 * <Rich text={(email) => t("shop.contact", { email })} value={<a href="mailto:…">…</a>} />
 */
export function Rich({ text, value }: { text: (place: string) => string; value: ReactNode }) {
  const [before, after] = text(PLACE).split(PLACE);
  return (
    <>
      {before}
      {value}
      {after}
    </>
  );
}
