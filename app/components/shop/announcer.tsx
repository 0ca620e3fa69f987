import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from "react";

interface Announcements {
  readonly announce: (text: string) => void;
  readonly text: string;
  readonly count: number;
}

const AnnouncerContext = createContext<Announcements>({ announce: () => undefined, text: "", count: 0 });

/** Announces to screen readers what is otherwise only visible, in one polite live region for the whole shop. */
export function Announcer({ children }: { children: ReactNode }) {
  const [announced, setAnnounced] = useState({ text: "", count: 0 });
  const announce = useCallback((text: string) => setAnnounced(({ count }) => ({ text, count: count + 1 })), []);
  const announcements = useMemo(() => ({ announce, ...announced }), [announce, announced]);
  return (
    <AnnouncerContext.Provider value={announcements}>
      {children}
      <LiveRegion />
    </AnnouncerContext.Provider>
  );
}

export function useAnnounce(): (text: string) => void {
  return useContext(AnnouncerContext).announce;
}

/** Repeats what is announced from now on. A modal dialog needs its own, because nothing outside it is announced. */
export function LiveRegion() {
  const { text, count } = useContext(AnnouncerContext);
  const [countBefore] = useState(count);
  return (
    <p className="visually-hidden" aria-live="polite">
      {count > countBefore && text}
      {/* Screen readers skip a repeated text unless something differs. */}
      {count % 2 === 1 && "\u00A0"}
    </p>
  );
}
