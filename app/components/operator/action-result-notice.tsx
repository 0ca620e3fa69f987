import { Link, useLocation } from "@remix-run/react";
import { useEffect, useRef } from "react";
import type { ActionResult } from "~/operator/action-result";
import { actionResultText } from "./action-result-text";
import { InspectionTable } from "./inspection-table";

/**
 * What came of the last deed, in sight wherever on the page it was done. The region is always there, so that a change in it is
 * announced; it takes the focus when the button that was pressed is gone with its row. Escape closes it from anywhere, because it
 * lies over the page and far from most buttons; whoever closes it from inside is back where they came from.
 */
export function ActionResultNotice({ answer, onClose }: { answer: ActionResult | null; onClose: () => void }) {
  const region = useRef<HTMLDivElement>(null);
  const closing = useRef<HTMLAnchorElement>(null);
  const cameFrom = useRef<Element | null>(null);
  const { search } = useLocation();
  useEffect(() => {
    if (answer === null) return;
    cameFrom.current = document.activeElement;
    if (document.activeElement === document.body) region.current?.focus({ preventScroll: true });
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape") closing.current?.click();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [answer]);
  function close(): void {
    const isInside = region.current?.contains(document.activeElement) === true;
    if (isInside && cameFrom.current instanceof HTMLElement && cameFrom.current.isConnected)
      cameFrom.current.focus({ preventScroll: true });
    onClose();
  }
  const said = answer === null ? null : actionResultText(answer);
  return (
    <div className="outcome" role="status" tabIndex={-1} ref={region}>
      {said !== null && (
        <div className={`notice ${said.tone}`}>
          <p>{said.text}</p>
          <Link to={{ pathname: "/admin", search }} preventScrollReset onClick={close} ref={closing}>
            Close
          </Link>
          {answer?.intent === "inspect" && answer.inspection !== null && (
            <InspectionTable inspection={answer.inspection} />
          )}
        </div>
      )}
    </div>
  );
}
