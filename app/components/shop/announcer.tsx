import { createContext, useCallback, useContext, useState, type ReactNode } from "react";

const SayContext = createContext<(text: string) => void>(() => undefined);

/** Says things to screen readers that are seen on the page without words: one polite voice for the whole shop. */
export function Announcer({ children }: { children: ReactNode }) {
  const [said, setSaid] = useState({ text: "", count: 0 });
  const say = useCallback((text: string) => setSaid(({ count }) => ({ text, count: count + 1 })), []);
  return (
    <SayContext.Provider value={say}>
      {children}
      <p className="visually-hidden" aria-live="polite">
        {said.text}
        {/* The same words again are silent unless something changes. */}
        {said.count % 2 === 1 && "\u00A0"}
      </p>
    </SayContext.Provider>
  );
}

export function useSay(): (text: string) => void {
  return useContext(SayContext);
}
