import { Link, useLocation } from "@remix-run/react";
import { useEffect, useRef } from "react";
import type { OperatorAnswer } from "~/operator/operator-answer";
import { answerText } from "./answer-text";
import { InspectionTable } from "./inspection-table";

/**
 * What came of the last deed, in sight wherever on the page it was done. The region is always there, so that a change in it is
 * announced; it takes the focus when the button that was pressed is gone with its row.
 */
export function AnswerNotice({ answer, onClose }: { answer: OperatorAnswer | null; onClose: () => void }) {
  const region = useRef<HTMLDivElement>(null);
  const { search } = useLocation();
  useEffect(() => {
    if (answer !== null && document.activeElement === document.body) region.current?.focus({ preventScroll: true });
  }, [answer]);
  const said = answer === null ? null : answerText(answer);
  return (
    <div className="outcome" role="status" tabIndex={-1} ref={region}>
      {said !== null && (
        <div className={`notice ${said.tone}`}>
          <p>{said.text}</p>
          <Link to={{ pathname: "/admin", search }} preventScrollReset onClick={onClose}>
            Close
          </Link>
          {answer?.intent === "inspect" && answer.inspection !== null && <InspectionTable inspection={answer.inspection} />}
        </div>
      )}
    </div>
  );
}
