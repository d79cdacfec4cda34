import type { JSX } from 'preact';
import type { InspectedClient, Inspection } from '../../src/limiter/control/inspection';
import { useMayChange, useWorkflowLink } from '../about';
import { amounts, count, duration, plural } from '../format';
import type { Plan } from './change-dialog';
import { Fact } from './fact';

interface ClientsProps {
  readonly inspection: Omit<Inspection, 'history'>;
  readonly first: number;
  readonly onFirst: (first: number) => void;
  readonly onPlan: (plan: Plan) => void;
}

const COLUMNS = ['Client', 'In use', 'Waiting', 'Last heard', 'Lease'];

/** The clients of the set, those that have waited longest first. */
export function Clients({ inspection, first, onFirst, onPlan }: ClientsProps): JSX.Element {
  const { clients, numClients, nextClient, at, turnedAway } = inspection;
  const mayChange = useMayChange();
  return (
    <section class="panel" aria-labelledby="clients">
      <div class="panel-head">
        <h2 id="clients">Clients</h2>
        <span class="muted">
          {plural(numClients, 'client')}
          {turnedAway > 0 && `, about ${count(turnedAway)} turned away`}
        </span>
      </div>
      <Next inspection={inspection} />
      {clients.length === 0 ? (
        <p class="empty">No client uses this set now.</p>
      ) : (
        <table role="table" class="cards clients">
          <thead role="rowgroup">
            <tr role="row">
              {[...COLUMNS, ...(mayChange ? [''] : [])].map((name) => (
                <th key={name} role="columnheader" scope="col">
                  {name === '' ? <span class="unseen">Change</span> : name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {clients.map((client) => (
              <Client key={client.id} client={client} at={at} onPlan={mayChange ? onPlan : undefined} />
            ))}
          </tbody>
        </table>
      )}
      {(first > 0 || nextClient !== undefined) && (
        <nav class="pages" aria-label="Pages of clients">
          <button type="button" disabled={first === 0} onClick={() => onFirst(0)}>
            First
          </button>
          <span>
            {count(first + 1)} to {count(first + clients.length)} <span class="muted">of {count(numClients)}</span>
          </span>
          <button type="button" disabled={nextClient === undefined} onClick={() => onFirst(nextClient ?? 0)}>
            Next
          </button>
        </nav>
      )}
    </section>
  );
}

/** Who is served next. */
function Next({
  inspection,
}: {
  readonly inspection: Pick<Inspection, 'next' | 'at' | 'clients'>;
}): JSX.Element | null {
  const { next, at, clients } = inspection;
  if (next === undefined) return null;
  const { client, amounts: needs, waitingSince, priority, bindingLimit, expectedAt } = next;
  const where = clients.find(({ id }) => id === client)?.where;
  return (
    <dl class="facts next">
      <Fact name="Served next">{where ?? client}</Fact>
      <Fact name="Asks for">{amounts(needs)}</Fact>
      <Fact name="Has waited">{duration(Math.max(0, at - waitingSince))}</Fact>
      {priority !== 0 && <Fact name="Priority">{priority}</Fact>}
      {bindingLimit !== undefined && <Fact name="Waits for">{bindingLimit}</Fact>}
      {expectedAt !== undefined && (
        <Fact name="Expected">{expectedAt > at ? `in ${duration(expectedAt - at)}` : 'now'}</Fact>
      )}
    </dl>
  );
}

interface ClientProps {
  readonly client: InspectedClient;
  readonly at: number;
  readonly onPlan: ((plan: Plan) => void) | undefined;
}

function Client({ client, at, onPlan }: ClientProps): JSX.Element {
  const { id, inUse, waiting, waitingSince, heardAt, leaseEndsAt } = client;
  return (
    <tr role="row">
      <th role="rowheader" scope="row">
        <Where client={client} />
      </th>
      <td role="cell" data-name="In use" class="number">
        {amounts(inUse)}
      </td>
      <td role="cell" data-name="Waiting" class="number">
        <span>
          {count(waiting)}
          {waitingSince !== undefined && <span class="muted"> {duration(Math.max(0, at - waitingSince))}</span>}
        </span>
      </td>
      <td role="cell" data-name="Last heard" class="number">
        {duration(Math.max(0, at - heardAt))} ago
      </td>
      <td role="cell" data-name="Lease" class="number">
        {leaseEndsAt === undefined ? <span class="muted">none</span> : leaseText(leaseEndsAt - at)}
      </td>
      {onPlan !== undefined && (
        <td role="cell" class="act">
          <button type="button" class="small" onClick={() => onPlan({ kind: 'forget', client: id })}>
            Forget <span class="unseen">{id}</span>
          </button>
        </td>
      )}
    </tr>
  );
}

function leaseText(ms: number): string {
  return ms > 0 ? `ends in ${duration(ms)}` : 'has ended';
}

/** A workflow run leads to Temporal's UI; of a process, there is its host. */
function Where({ client: { id, where, run } }: { readonly client: InspectedClient }): JSX.Element {
  const link = useWorkflowLink();
  if (run === undefined) {
    return (
      <>
        {where ?? id} {where !== undefined && <span class="muted id">{id}</span>}
      </>
    );
  }
  const href = link(run.workflowId, run.runId);
  return (
    <>
      {href === undefined ? (
        run.workflowId
      ) : (
        <a href={href} target="_blank" rel="noreferrer">
          {run.workflowId}
        </a>
      )}{' '}
      <span class="muted id">{run.runId}</span>
    </>
  );
}
