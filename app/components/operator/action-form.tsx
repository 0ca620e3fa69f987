import { Form, useActionData, useNavigation } from "@remix-run/react";
import { useEffect, useRef, type ReactNode } from "react";
import type { ActionResult } from "~/operator/action-result";

interface ActionFormProps {
  readonly intent: string;
  /** Hidden fields besides the intent. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly label: string;
  /** Read out after the label, to tell buttons with the same label apart. */
  readonly labelFor?: string | undefined;
  readonly variant?: "quiet" | "danger";
  /** Clears the fields after success, so that a second click does not repeat the action. */
  readonly resetsOnSuccess?: boolean;
  readonly children?: ReactNode;
}

/** A form for one action. Posts to the current URL, which keeps the log filter. Works without JavaScript. */
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
  const result = useActionData<ActionResult>();
  useEffect(() => {
    if (resetsOnSuccess && !isPending && result?.intent === intent) form.current?.reset();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- when this form's response arrives, not another's
  }, [isPending]);
  return (
    <Form
      ref={form}
      method="post"
      preventScrollReset
      // One action at a time: a second click would be a second action.
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

/** Asks before an action: a summary that opens the form, without any script. */
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
