import { Link, useLocation } from "@remix-run/react";
import { useEffect, useRef } from "react";
import type { ActionResult } from "~/operator/action-result";
import { actionResultText } from "./action-result-text";
import { InspectionTable } from "./inspection-table";

/**
 * The result of the last action, visible wherever on the page the button is. The live region is always rendered, so that changes are
 * announced. It takes the focus if the pressed button disappeared with its row. Escape closes it from anywhere, because it overlays
 * the page, far from most buttons. Closing it from inside returns the focus to where it was.
 */
export function ActionResultNotice({ result, onClose }: { result: ActionResult | null; onClose: () => void }) {
  const region = useRef<HTMLDivElement>(null);
  const closeLink = useRef<HTMLAnchorElement>(null);
  const previousFocus = useRef<Element | null>(null);
  const { search } = useLocation();
  useEffect(() => {
    if (result === null) return;
    previousFocus.current = document.activeElement;
    if (document.activeElement === document.body) region.current?.focus({ preventScroll: true });
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape") closeLink.current?.click();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [result]);
  function close(): void {
    const isInside = region.current?.contains(document.activeElement) === true;
    if (isInside && previousFocus.current instanceof HTMLElement && previousFocus.current.isConnected)
      previousFocus.current.focus({ preventScroll: true });
    onClose();
  }
  const notice = result === null ? null : actionResultText(result);
  return (
    <div className="outcome" role="status" tabIndex={-1} ref={region}>
      {notice !== null && (
        <div className={`notice ${notice.tone}`}>
          <p>{notice.text}</p>
          <Link to={{ pathname: "/admin", search }} preventScrollReset onClick={close} ref={closeLink}>
            Close
          </Link>
          {result?.intent === "inspect" && result.inspection !== null && (
            <InspectionTable inspection={result.inspection} />
          )}
        </div>
      )}
    </div>
  );
}
