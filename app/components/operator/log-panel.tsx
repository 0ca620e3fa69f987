import { Form, Link } from "@remix-run/react";
import { useEffect, useRef } from "react";
import { ClockTime } from "~/components/clock-time";
import type { Journal, JournalLine, Overview } from "~/operator/operator-desk";
import type { LogQuery } from "~/operator/operator-forms.server";
import { Mark, Panel } from "./panel";
import { scopeLabels } from "./scope-labels";

/** The event log. Its filter is part of the URL, so it can be linked. */
export function LogPanel({ journal, log, overview }: { journal: Journal; log: LogQuery; overview: Overview }) {
  const isFiltered = log.q !== "" || log.level !== undefined || log.event !== undefined;
  return (
    <Panel id="log" title="Event log" scope={scopeLabels(overview).thisServer}>
      <LogFilter log={log} events={journal.events} isFiltered={isFiltered} />
      {journal.lines.length === 0 && <p className="hint">{isFiltered ? "No matching events." : "No events yet."}</p>}
      {journal.lines.length > 0 && (
        <ol className="log" tabIndex={0} aria-label="Events, newest first">
          {journal.lines.map((line) => (
            <LogLine key={line.n} line={line} />
          ))}
        </ol>
      )}
      <p className="hint">
        {journal.hasMore && "Showing the newest matches. "}
        {journal.since !== null && (
          <>
            Complete since <ClockTime at={journal.since} precision="second" />.
          </>
        )}
      </p>
    </Panel>
  );
}

function LogFilter({ log, events, isFiltered }: { log: LogQuery; events: readonly string[]; isFiltered: boolean }) {
  const form = useRef<HTMLFormElement>(null);
  const shown = useRef(log);
  useEffect(() => {
    // Update the fields only when a link changes the filter, so that a refresh keeps what is being typed.
    for (const name of ["q", "level", "event"] as const) {
      const field = form.current?.elements.namedItem(name);
      const isField = field instanceof HTMLInputElement || field instanceof HTMLSelectElement;
      if (isField && shown.current[name] !== log[name]) field.value = log[name] ?? "";
    }
    shown.current = log;
  }, [log]);
  return (
    <Form
      method="get"
      action="/admin#log"
      ref={form}
      role="search"
      aria-label="Event log"
      preventScrollReset
      className="log-filter"
    >
      <label>
        Search
        <input type="search" name="q" defaultValue={log.q} maxLength={200} placeholder="Order, cart or text" />
      </label>
      <label>
        Level
        <select name="level" defaultValue={log.level ?? ""}>
          <option value="">All</option>
          <option value="info">Info and above</option>
          <option value="warn">Warnings and errors</option>
          <option value="error">Errors</option>
        </select>
      </label>
      <label>
        Event
        <select name="event" defaultValue={log.event ?? ""}>
          <option value="">All</option>
          {[...new Set([...events, ...(log.event === undefined ? [] : [log.event])])].map((event) => (
            <option key={event}>{event}</option>
          ))}
        </select>
      </label>
      <button type="submit" className="button quiet">
        Filter
      </button>
      {isFiltered && <Link to="/admin#log">Show all</Link>}
    </Form>
  );
}

const TONES = { debug: undefined, info: undefined, warn: "warn", error: "bad" } as const;

function LogLine({ line: { at, level, event, facts } }: { line: JournalLine }) {
  return (
    <li>
      <div className="row-head">
        <span className="number">
          <ClockTime at={at} precision="second" />
        </span>
        <Mark tone={TONES[level]}>{level}</Mark>
        <strong>{event}</strong>
      </div>
      {facts.length > 0 && (
        <div className="facts">
          {facts.map(({ name, value }) => (
            <span key={name}>
              {name} <code>{value}</code>
            </span>
          ))}
        </div>
      )}
    </li>
  );
}
