import {
  data,
  redirect,
  type ActionFunctionArgs,
  type HeadersFunction,
  type LinksFunction,
  type LoaderFunctionArgs,
  type MetaFunction,
} from "@remix-run/node";
import { useActionData, useLoaderData, type ShouldRevalidateFunction } from "@remix-run/react";
import { rateLimited } from "~/api/checkout-problems.server";
import { withErrorPage } from "~/api/page-problem.server";
import { stockProblem } from "~/api/stock-problem.server";
import { container } from "~/boot/container.server";
import { OperatorPage } from "~/components/operator/operator-page";
import { SignInPage } from "~/components/operator/sign-in-page";
import { pageTitle } from "~/components/page-title";
import { parse, readForm } from "~/http/body.server";
import { isOperator, isToken, requireOperator, signInCookie, signOutCookie } from "~/http/operator.server";
import { requireOwnOrigin } from "~/http/origin.server";
import { asProblem, Problem } from "~/http/problem.server";
import type { ActionResult } from "~/operator/action-result";
import { logQuery, readCommand } from "~/operator/operator-forms.server";
import { createSubmittedForms, runCommand } from "~/operator/run-command.server";
import { showOperatorPage } from "~/operator/show-operator-page.server";
import stylesheet from "~/styles/operator.css?url";

export const meta: MetaFunction = () => [
  { title: pageTitle("Admin") },
  { name: "robots", content: "noindex, nofollow" },
];

export const links: LinksFunction = () => [{ rel: "stylesheet", href: stylesheet }];

export const headers: HeadersFunction = ({ actionHeaders }) => {
  const wait = actionHeaders.get("Retry-After");
  return { "X-Robots-Tag": "noindex, nofollow", ...(wait === null ? {} : { "Retry-After": wait }) };
};

/** Revalidates after a refusal too, because something must have changed. */
export const shouldRevalidate: ShouldRevalidateFunction = ({ actionStatus, defaultShouldRevalidate }) =>
  actionStatus !== undefined || defaultShouldRevalidate;

const submittedForms = createSubmittedForms();

export function loader({ request }: LoaderFunctionArgs) {
  return withErrorPage(async () => {
    const { operatorRule: rule, desk } = container;
    if (!isOperator(request, rule)) {
      return rule.token === null
        ? data({ access: "closed" as const }, { status: 403 })
        : data({ access: "sign_in" as const }, { status: 401 });
    }
    const log = parse(logQuery, Object.fromEntries(new URL(request.url).searchParams));
    return data({
      access: "open" as const,
      canSignOut: rule.token !== null,
      view: await showOperatorPage(desk, log, container.env.SHOP_LOCALE),
    });
  });
}

export function action({ request }: ActionFunctionArgs) {
  return withErrorPage(async () => {
    requireOwnOrigin(request, container.originRule);
    const form = await readForm(request);
    if (form.intent === "sign_in") return signIn(request, form.token ?? "");
    if (form.intent === "sign_out")
      throw redirect("/admin", { status: 303, headers: { "Set-Cookie": signOutCookie(container.operatorRule) } });
    try {
      requireOperator(request, container.operatorRule);
      const read = readCommand(form);
      if (read.outcome === "invalid") throw new Problem(400, "invalid_request", read.message);
      const result = await runCommand(container.desk, read.command, submittedForms);
      return result.intent === "stock_refused" ? refusal(stockProblem(result.productId, result.refusal)) : data(result);
    } catch (error) {
      return refusal(error);
    }
  });
}

/**
 * Only wrong tokens count towards the limit. The right one always works; otherwise a stranger who keeps guessing could lock the
 * operator out. The limit adds no security, since guesses can also be sent as bearer tokens: the token's length protects it.
 */
async function signIn(request: Request, token: string) {
  const { operatorRule: rule, limits, log } = container;
  if (!isToken(token, rule)) {
    const admission = await limits.admitSignIn(request);
    // Not logged, so that guessing cannot flood the log.
    if (admission.outcome === "rate_limited") return refusal(rateLimited(admission));
    log.warn({}, "operator sign-in refused");
    return refusal(new Problem(401, "unauthorized", "Incorrect token. It's the ADMIN_TOKEN set on your server."));
  }
  log.warn({}, "operator signed in");
  throw redirect(`/admin${new URL(request.url).search}`, {
    status: 303,
    headers: { "Set-Cookie": signInCookie(rule, Date.now()) },
  });
}

/** Shows an expected failure on the page, next to everything the operator needs to continue. */
function refusal(error: unknown) {
  const problem = asProblem(error);
  if (problem === null) throw error;
  if (problem.status === 503) container.log.error({ err: error }, "operator action failed");
  return data({ intent: "failed", message: problem.message } satisfies ActionResult as ActionResult, {
    status: problem.status,
    headers: problem.headers,
  });
}

export default function Admin() {
  const shown = useLoaderData<typeof loader>();
  const actionResult = useActionData<typeof action>() ?? null;
  if (shown.access !== "open") return <SignInPage isClosed={shown.access === "closed"} actionResult={actionResult} />;
  return <OperatorPage view={shown.view} canSignOut={shown.canSignOut} actionResult={actionResult} />;
}
