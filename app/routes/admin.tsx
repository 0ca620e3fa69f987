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
import { inWords } from "~/api/page-problem.server";
import { stockProblem } from "~/api/stock-problem.server";
import { container } from "~/boot/container.server";
import { OperatorPage } from "~/components/operator/operator-page";
import { SignInPage } from "~/components/operator/sign-in-page";
import { pageTitle } from "~/components/texts";
import { parse, readForm } from "~/http/body.server";
import { isOperator, isToken, requireOperator, signInCookie, signOutCookie } from "~/http/operator.server";
import { requireOwnOrigin } from "~/http/origin.server";
import { preferredLocale } from "~/http/preferred-locale.server";
import { asProblem, Problem } from "~/http/problem.server";
import type { ActionResult } from "~/operator/action-result";
import { logQuery, readCommand } from "~/operator/operator-forms.server";
import { createSentForms, runCommand } from "~/operator/run-command.server";
import { showOperatorPage } from "~/operator/show-operator-page.server";
import stylesheet from "~/styles/operator.css?url";

export const meta: MetaFunction = () => [
  { title: pageTitle("Operator") },
  { name: "robots", content: "noindex, nofollow" },
];

export const links: LinksFunction = () => [{ rel: "stylesheet", href: stylesheet }];

export const headers: HeadersFunction = ({ actionHeaders }) => {
  const wait = actionHeaders.get("Retry-After");
  return { "X-Robots-Tag": "noindex, nofollow", ...(wait === null ? {} : { "Retry-After": wait }) };
};

/** After a refusal too: it was refused because something has changed. */
export const shouldRevalidate: ShouldRevalidateFunction = ({ actionStatus, defaultShouldRevalidate }) =>
  actionStatus !== undefined || defaultShouldRevalidate;

const sentForms = createSentForms();

export function loader({ request }: LoaderFunctionArgs) {
  return inWords(async () => {
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
      view: await showOperatorPage(desk, log, preferredLocale(request)),
    });
  });
}

export function action({ request }: ActionFunctionArgs) {
  return inWords(async () => {
    requireOwnOrigin(request, container.originRule);
    const form = await readForm(request);
    if (form.intent === "sign_in") return signIn(request, form.token ?? "");
    if (form.intent === "sign_out")
      throw redirect("/admin", { status: 303, headers: { "Set-Cookie": signOutCookie(container.operatorRule) } });
    requireOperator(request, container.operatorRule);
    const read = readCommand(form);
    if (read.outcome === "not_understood") return refusal(new Problem(400, "invalid_request", read.message));
    try {
      const answer = await runCommand(container.desk, read.command, sentForms);
      return answer.intent === "stock_refused" ? refusal(stockProblem(answer.productId, answer.refusal)) : data(answer);
    } catch (error) {
      return refusal(error);
    }
  });
}

/**
 * Only wrong tokens are counted. The right one is let in however many were tried: else a stranger who goes on guessing would keep the
 * operator out, and nothing is won by it, for guesses can be sent as bearer tokens too. Length is what guards the token.
 */
async function signIn(request: Request, token: string) {
  const { operatorRule: rule, limits, log } = container;
  if (!isToken(token, rule)) {
    const admission = await limits.admitSignIn(request);
    // Unlogged, so that guessing does not drown the log.
    if (admission.outcome === "rate_limited") return refusal(rateLimited(admission));
    log.warn({}, "an operator's sign-in was refused");
    return refusal(
      new Problem(401, "unauthorized", "That is not the token. Look for ADMIN_TOKEN in the settings of the server."),
    );
  }
  log.warn({}, "an operator signed in");
  throw redirect(`/admin${new URL(request.url).search}`, {
    status: 303,
    headers: { "Set-Cookie": signInCookie(rule, Date.now()) },
  });
}

/** An expected failure is told on the page, next to everything that the operator needs to go on. */
function refusal(error: unknown) {
  const problem = asProblem(error);
  if (problem === null) throw error;
  if (problem.status === 503) container.log.error({ err: error }, "an operator's deed failed");
  return data({ intent: "failed", message: problem.message } satisfies ActionResult as ActionResult, {
    status: problem.status,
    headers: problem.headers,
  });
}

export default function Admin() {
  const shown = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>() ?? null;
  if (shown.access !== "open") return <SignInPage isClosed={shown.access === "closed"} answer={answer} />;
  return <OperatorPage view={shown.view} canSignOut={shown.canSignOut} answer={answer} />;
}
