import type { ReactNode } from "react";
import { ClockTime } from "~/components/clock-time";
import type { Overview } from "~/operator/operator-desk";
import { ActionForm, Confirm } from "./action-form";
import { Panel, type Tone } from "./panel";
import { scopeLabels } from "./scope-labels";

/** Whether the shop sells, for what money, on what, and how much is held. */
export function StateStrip({ overview }: { overview: Overview }) {
  const { selling, payments, holds, isReady } = overview;
  const scope = scopeLabels(overview);
  return (
    <Panel
      id="state"
      title="State"
      scope={`Server ${overview.server}, holds in ${overview.holdsIn === "memory" ? "its memory" : "Redis"}`}
    >
      <Warnings overview={overview} />
      <dl className="tiles">
        <Tile
          name="Selling"
          figure={!isReady ? "Not yet" : selling.isPaused ? "Paused" : selling.closedBy !== null ? "Closed" : "Yes"}
          tone={selling.closedBy !== null && isReady ? "bad" : selling.isPaused || !isReady ? "warn" : "good"}
          note={<SellingNote overview={overview} />}
        />
        <Tile
          name="Oversold units"
          figure={String(overview.oversoldUnits)}
          tone={overview.oversoldUnits > 0 ? "bad" : "good"}
          note={`Must be 0. ${scope.thisServer}, since its start`}
        />
        <Tile
          name="Late payments"
          figure={String(overview.latePayments)}
          tone={overview.latePayments > 0 ? "warn" : undefined}
          note={`Paid after the hold was gone. ${scope.thisServer}, since its start`}
        />
        <Tile
          name="Units held"
          figure={holds === null ? "?" : String(holds.totals.units)}
          note={
            holds === null ? "The store of holds does not answer" : `${holdsText(holds.totals)}. ${scope.wholeShop}`
          }
          tone={holds === null ? "bad" : undefined}
        />
        <Tile
          name="Carts"
          figure={holds === null ? "?" : String(holds.totals.carts)}
          note={`With anything held. ${scope.wholeShop}`}
        />
        <Tile
          name="Payments"
          figure={PAYMENTS[payments]}
          tone={payments === "test" ? "warn" : undefined}
          note={payments === "live" ? "Real money" : "Nobody is charged"}
        />
        <Tile
          name="Store of holds"
          figure={holds === null ? "?" : bytesText(holds.totals.bytes)}
          note={`Memory that holds take. ${scope.wholeShop}`}
        />
        {Object.entries(overview.dependencies).map(
          ([name, state]) =>
            state !== "memory" && (
              <Tile
                key={name}
                name={DEPENDENCIES[name] ?? name}
                figure={DEPENDENCY_STATES[state]}
                tone={state === "failing" ? "bad" : undefined}
                note={`When last asked. ${scope.thisServer}`}
              />
            ),
        )}
      </dl>
      <p className="hint">
        Shop tag on Stripe: <code className="hash">{overview.shopTag}</code>
      </p>
      {selling.isPaused ? (
        <ActionForm intent="resume" label="Sell again" />
      ) : (
        <Confirm
          label="Pause selling"
          labelFor=""
          question="Nobody can put more into a cart, on any server. What is held stays held, can be released, and can be paid for; payments under way finish."
        >
          <ActionForm intent="pause" label="Pause selling now" variant="danger" />
        </Confirm>
      )}
    </Panel>
  );
}

const PAYMENTS: Record<Overview["payments"], string> = { live: "Live", test: "Test", sandbox: "Sandbox" };
const DEPENDENCIES: Readonly<Record<string, string>> = { database: "Database", stripe: "Stripe", holds: "Redis" };
const DEPENDENCY_STATES: Record<"ok" | "failing" | "unknown", string> = {
  ok: "Answers",
  failing: "Fails",
  unknown: "Not asked yet",
};

function SellingNote({ overview: { selling, isReady } }: { overview: Overview }) {
  if (!isReady) return <>Payments in progress are being looked up first</>;
  if (!selling.isPaused && selling.closedBy !== null)
    return <>The products table takes no updates; see above. Opens by itself with the next one it takes</>;
  if (selling.pausedAt === null) return <>All servers</>;
  return (
    <>
      Since <ClockTime at={selling.pausedAt} precision="second" />. All servers
    </>
  );
}

function Warnings({ overview: { warnings, tableFaults } }: { overview: Overview }) {
  if (warnings.length + tableFaults.length === 0) return null;
  return (
    <ul className="notice warn">
      {[...tableFaults, ...warnings].map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ul>
  );
}

function Tile({
  name,
  figure,
  note,
  tone,
}: {
  name: string;
  figure: string;
  note: ReactNode;
  tone?: Tone | undefined;
}) {
  return (
    <div className="tile" data-tone={tone}>
      <dt>{name}</dt>
      <dd className="figure">{figure}</dd>
      <dd>{note}</dd>
    </div>
  );
}

function holdsText({ shopping, checkout }: { shopping: number; checkout: number }): string {
  return `${shopping} ${shopping === 1 ? "hold" : "holds"} in carts, ${checkout} at payment pages`;
}

function bytesText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
