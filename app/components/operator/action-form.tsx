import { Form, useActionData, useNavigation } from "@remix-run/react";
import { useEffect, useRef, type ReactNode } from "react";
import type { ActionResult } from "~/operator/action-result";

interface ActionFormProps {
  readonly intent: string;
  /** What the form says besides its intent. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly label: string;
  /** Names what it is done to, where the label alone does not. */
  readonly labelFor?: string | undefined;
  readonly variant?: "quiet" | "danger";
  /** Empties its fields once it is done, so that a second click does not do the same again. */
  readonly resetsOnSuccess?: boolean;
  readonly children?: ReactNode;
}

/** One deed of the operator. Posts to the page itself, so that the log's filter stays; works without JavaScript. */
export function ActionForm({
  intent,
  fields = {},
  label,
  labelFor,
  variant = "quiet",
  resetsOnSuccess = false,
  children,
}: ActionFormProps) {
  const { formData, state } = useNavigation();
  const isPending =
    formData?.get("intent") === intent && Object.entries(fields).every(([name, value]) => formData.get(name) === value);
  const form = useRef<HTMLFormElement>(null);
  const answer = useActionData<ActionResult>();
  useEffect(() => {
    if (resetsOnSuccess && !isPending && answer?.intent === intent) form.current?.reset();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- when this form's response arrives, not another's
  }, [isPending]);
  return (
    <Form
      ref={form}
      method="post"
      preventScrollReset
      // One deed at a time: a second click would be a second deed.
      onSubmit={(event) => state === "submitting" && event.preventDefault()}
    >
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {children}
      <button type="submit" name="intent" value={intent} className={`button ${variant}`} aria-busy={isPending}>
        {isPending ? "Working…" : label}
        {labelFor !== undefined && <span className="visually-hidden"> {labelFor}</span>}
      </button>
    </Form>
  );
}

/** Asks before the deed: a first step that opens the second, without any script. */
export function Confirm({
  label,
  labelFor,
  question,
  children,
}: {
  label: string;
  labelFor: string;
  question: string;
  children: ReactNode;
}) {
  return (
    <details className="confirm">
      <summary>
        {label}…<span className="visually-hidden"> {labelFor}</span>
      </summary>
      <p className="hint">{question}</p>
      {children}
    </details>
  );
}
