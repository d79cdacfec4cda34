import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { OverviewView, SetRow } from '../../src/batch/dashboard/views';
import { count, duration, percent, plural } from '../format';
import { Bar } from '../parts/bar';
import { SourceName } from '../parts/source-name';
import { Sparkline } from '../parts/sparkline';
import { StatePill } from '../parts/state-pill';
import { toSet, toSets } from '../route';
import { useLive } from '../server';

/** Nothing starts in such a set. */
const STOPPED: ReadonlySet<SetRow['state']> = new Set(['paused', 'throttled', 'circuit_open']);

/** Somebody who types is not asked for each letter. Unit: milliseconds. */
const TYPING_MS = 250;

export function SetsPage({ query }: { readonly query: URLSearchParams }): JSX.Element {
  const find = query.get('find') ?? '';
  const page = Math.max(0, Math.trunc(Number(query.get('page') ?? 0)) || 0);
  const { value, refusal } = useLive<OverviewView>(
    `api/overview?${new URLSearchParams({ find, page: `${page}` }).toString()}`,
  );
  return (
    <>
      <h1 class="unseen">Sets</h1>
      {refusal !== undefined && <p class="error">{refusal}</p>}
      <Tiles view={value} />
      <section class="panel" aria-label="Limit sets">
        <div class="panel-head">
          <h2>Limit sets</h2>
          <Find find={find} />
        </div>
        {value === undefined ? <Skeleton /> : <Table view={value} find={find} />}
        {value !== undefined && value.pages > 1 && <Pages view={value} find={find} />}
      </section>
    </>
  );
}

function Tiles({ view }: { readonly view: OverviewView | undefined }): JSX.Element {
  const rows = view?.rows ?? [];
  const onPage = view !== undefined && view.pages > 1 ? 'on this page' : '';
  const waiting = rows.reduce((sum, row) => sum + row.waiting, 0);
  const longest = Math.max(0, ...rows.map(({ waitingMs = 0 }) => waitingMs));
  const stopped = rows.filter(({ state }) => STOPPED.has(state)).length;
  const unanswered = rows.filter(({ state }) => state === 'unanswered').length;
  const changed = rows.filter(({ source }) => source === 'operator').length;
  const known = (value: number): string => (view === undefined ? '–' : count(value));
  return (
    <dl class="tiles">
      <Tile
        name="Sets"
        value={known(view?.sets ?? 0)}
        note={unanswered > 0 ? `${count(unanswered)} unanswered` : 'whose limiters run'}
        isBad={unanswered > 0}
      />
      <Tile name="Waiting" value={known(waiting)} note={longest > 0 ? `longest ${duration(longest)}` : onPage} />
      <Tile name="Stopped" value={known(stopped)} note={onPage || 'paused or cut off'} isBad={stopped > 0} />
      <Tile name="Changed by operators" value={known(changed)} note={onPage || 'differ from the code'} />
    </dl>
  );
}

interface TileProps {
  readonly name: string;
  readonly value: string;
  readonly note: string;
  readonly isBad?: boolean;
}

function Tile({ name, value, note, isBad = false }: TileProps): JSX.Element {
  return (
    <div class={`tile ${isBad ? 'notable' : ''}`}>
      <dt>{name}</dt>
      <dd>
        <span class="figure">{value}</span> <span class="note">{note}</span>
      </dd>
    </div>
  );
}

function Find({ find }: { readonly find: string }): JSX.Element {
  const [text, setText] = useState(find);
  useEffect(() => {
    if (text === find) return undefined;
    const timer = setTimeout(() => location.replace(toSets(text, 0)), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <label class="find">
      <span class="unseen">Find a set by its name</span>
      <input
        type="search"
        placeholder="Find a set"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
    </label>
  );
}

const COLUMNS = ['Set', 'State', 'Used', 'Capacity from', 'Waiting', 'Last hour'];

/** On a narrow screen a row becomes a card. The roles keep it a table for screen readers. */
function Table({ view, find }: { readonly view: OverviewView; readonly find: string }): JSX.Element {
  if (view.rows.length === 0) return <Nothing find={find} />;
  return (
    <table role="table" class="cards sets">
      <thead role="rowgroup">
        <tr role="row">
          {COLUMNS.map((name) => (
            <th key={name} role="columnheader" scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {view.rows.map((row) => (
          <Row key={row.set} row={row} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ row }: { readonly row: SetRow }): JSX.Element {
  const { set, state, fullest, source, waiting, waitingMs, lastHour } = row;
  return (
    <tr role="row">
      <th role="rowheader" scope="row">
        <a href={toSet(set)}>{set}</a>
      </th>
      <td role="cell" class="state">
        <StatePill state={state} />
      </td>
      <td role="cell" data-name="Used" class="used">
        {fullest !== undefined && (
          <>
            <Bar label={`${percent(fullest.taken)} of ${fullest.limit} is used`} started={fullest.taken} />
            <span class="of">
              <span class="number">{percent(fullest.taken)}</span> <span class="muted">{fullest.limit}</span>
            </span>
          </>
        )}
      </td>
      <td role="cell" data-name="Capacity from">
        {source !== undefined && <SourceName source={source} />}
      </td>
      <td role="cell" data-name="Waiting" class="number">
        <span>
          {state === 'asking' || state === 'unanswered' ? '–' : count(waiting)}
          {waitingMs !== undefined && <span class="muted"> {duration(waitingMs)}</span>}
        </span>
      </td>
      <td role="cell" data-name="Last hour">
        <Sparkline values={lastHour} />
      </td>
    </tr>
  );
}

function Nothing({ find }: { readonly find: string }): JSX.Element {
  if (find !== '') return <p class="empty">No set has “{find}” in its name.</p>;
  return (
    <p class="empty">
      No limiter runs in this namespace. One starts with the first acquisition of a set, and completes some time after
      the last.
    </p>
  );
}

function Pages({ view, find }: { readonly view: OverviewView; readonly find: string }): JSX.Element {
  const { page, pages, found } = view;
  return (
    <nav class="pages" aria-label="Pages of sets">
      <Turn name="Previous" href={page > 0 ? toSets(find, page - 1) : undefined} />
      <span>
        Page {count(page + 1)} of {count(pages)} <span class="muted">· {plural(found, 'set')}</span>
      </span>
      <Turn name="Next" href={page < pages - 1 ? toSets(find, page + 1) : undefined} />
    </nav>
  );
}

/** On the first and last page one of them leads nowhere, and stays in its place. */
function Turn({ name, href }: { readonly name: string; readonly href: string | undefined }): JSX.Element {
  if (href === undefined) {
    return (
      <a class="button" role="link" aria-disabled>
        {name}
      </a>
    );
  }
  return (
    <a class="button" href={href}>
      {name}
    </a>
  );
}

function Skeleton(): JSX.Element {
  return (
    <div class="skeleton" aria-busy="true">
      {[0, 1, 2, 3, 4, 5].map((row) => (
        <span key={row} />
      ))}
      <p class="unseen">Asking for the sets</p>
    </div>
  );
}
