import type { ReactNode } from "react";
import { ClockTime } from "~/components/clock-time";
import type { Overview } from "~/operator/operator-desk";
import { ActionForm, Confirm } from "./action-form";
import { Panel, type Tone } from "./panel";
import { scopeLabels } from "./scope-labels";

/** The status of the shop: selling, payments, dependencies and holds. */
export function StateStrip({ overview }: { overview: Overview }) {
  const { selling, payments, holds, isReady } = overview;
  const scope = scopeLabels(overview);
  return (
    <Panel
      id="state"
      title="Status"
      scope={`Server ${overview.server} · Holds in ${overview.holdsIn === "memory" ? "memory" : "Redis"}`}
    >
      <Warnings overview={overview} />
      <dl className="tiles">
        <Tile
          name="Store"
          figure={!isReady ? "Starting" : selling.isPaused ? "Paused" : selling.closedBy !== null ? "Closed" : "Open"}
          tone={selling.closedBy !== null && isReady ? "bad" : selling.isPaused || !isReady ? "warn" : "good"}
          note={<SellingNote overview={overview} />}
        />
        <Tile
          name="Oversold items"
          figure={String(overview.oversoldUnits)}
          tone={overview.oversoldUnits > 0 ? "bad" : "good"}
          note="Should be 0 · since server start"
        />
        <Tile
          name="Late payments"
          figure={String(overview.latePayments)}
          tone={overview.latePayments > 0 ? "warn" : undefined}
          note="Paid after the hold ended · since server start"
        />
        <Tile
          name="Items held"
          figure={holds === null ? "?" : String(holds.totals.units)}
          note={holds === null ? "Hold storage isn't responding" : `${holdsText(holds.totals)} · ${scope.wholeShop}`}
          tone={holds === null ? "bad" : undefined}
        />
        <Tile
          name="Carts"
          figure={holds === null ? "?" : String(holds.totals.carts)}
          note={`With held items · ${scope.wholeShop}`}
        />
        <Tile
          name="Payments"
          figure={PAYMENTS[payments]}
          tone={payments === "test" ? "warn" : undefined}
          note={payments === "live" ? "Real charges" : "No real charges"}
        />
        <Tile
          name="Hold storage"
          figure={holds === null ? "?" : bytesText(holds.totals.bytes)}
          note={`Memory used · ${scope.wholeShop}`}
        />
        {Object.entries(overview.dependencies).map(
          ([name, state]) =>
            state !== "memory" && (
              <Tile
                key={name}
                name={DEPENDENCIES[name] ?? name}
                figure={DEPENDENCY_STATES[state]}
                tone={state === "failing" ? "bad" : undefined}
                note={`Last check · ${scope.thisServer}`}
              />
            ),
        )}
      </dl>
      <p className="hint">
        Stripe shop tag: <code className="hash">{overview.shopTag}</code>
      </p>
      <PauseOrResume isPaused={selling.isPaused} />
    </Panel>
  );
}

const PAYMENTS: Record<Overview["payments"], string> = { live: "Live", test: "Test", sandbox: "Sandbox" };
const DEPENDENCIES: Readonly<Record<string, string>> = { database: "Database", stripe: "Stripe", holds: "Redis" };
const DEPENDENCY_STATES: Record<"ok" | "failing" | "unknown", string> = {
  ok: "Connected",
  failing: "Not responding",
  unknown: "Not checked",
};

function PauseOrResume({ isPaused }: { isPaused: boolean }) {
  if (isPaused) return <ActionForm intent="resume" label="Resume selling" />;
  return (
    <Confirm
      label="Pause selling"
      labelFor=""
      question="Stops new holds on all servers. Held items stay reserved and can be released or paid for, and payments in progress continue."
    >
      <ActionForm intent="pause" label="Pause selling now" variant="danger" />
    </Confirm>
  );
}

function SellingNote({ overview: { selling, isReady } }: { overview: Overview }) {
  if (!isReady) return <>Recovering payments in progress</>;
  if (!selling.isPaused && selling.closedBy !== null)
    return <>The products table rejects updates; see above. Reopens automatically</>;
  if (selling.pausedAt === null) return <>All servers</>;
  return (
    <>
      Since <ClockTime at={selling.pausedAt} precision="second" /> · All servers
    </>
  );
}

function Warnings({ overview: { warnings, tableProblems } }: { overview: Overview }) {
  if (warnings.length + tableProblems.length === 0) return null;
  return (
    <ul className="notice warn">
      {[...tableProblems, ...warnings].map((warning) => (
        <li key={warning}>{warning}</li>
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
  return `${shopping} ${shopping === 1 ? "hold" : "holds"} in carts, ${checkout} in checkout`;
}

function bytesText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
