import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { runAddress } from '../../../../src/limiter/protocol/address';
import { Allocator, type AllocatorSnapshot } from '../../../../src/limiter/allocator/allocator';
import { SNAPSHOT_VERSION } from '../../../../src/limiter/allocator/snapshot/snapshot';

const directory = path.join(__dirname, '../../../histories');
/** Longer than the lease and the windows of what was recorded. */
const LONG_MS = 60_000;

interface Recorded {
  readonly events: readonly {
    readonly workflowExecutionStartedEventAttributes?: {
      readonly input: { readonly payloads: readonly { readonly data: string }[] };
    };
  }[];
}

type State = readonly [file: string, state: AllocatorSnapshot];

/** The states that limiters have handed to their next runs, by the recording of that. */
function recordedStates(): State[] {
  const files = readdirSync(directory).filter((name) => name.startsWith('limiter-'));
  return files.flatMap((file) => {
    const { events } = JSON.parse(readFileSync(path.join(directory, file), 'utf8')) as Recorded;
    const input = events[0]?.workflowExecutionStartedEventAttributes?.input.payloads[0]?.data ?? '';
    const text = Buffer.from(input, 'base64').toString('utf8');
    const { state } = JSON.parse(text) as { readonly state?: AllocatorSnapshot };
    return state === undefined ? [] : [[file, state] as const];
  });
}

/** When it was handed on. */
const momentOf = ({ ledger }: AllocatorSnapshot): number =>
  Math.max(...ledger.map((account) => ('at' in account ? account.at : 0)));

/** What a state says in every version of it: who has what, and what is kept for them. */
function essence({ definition, fence, counters, clients, ledger }: AllocatorSnapshot): object {
  // runs that somebody was asked about are asked about anew: the answer went to the run before
  const runs = clients.map((client) =>
    client.run === undefined ? client : { ...client, run: { ...client.run, askedAt: 0 } },
  );
  return { definition, fence, counters, clients: runs, held: ledger.map(({ held }) => held) };
}

const states = recordedStates();

describe('a state that a limiter has handed on', () => {
  it('has been recorded of every version', () => {
    const versions = new Set(states.map(([, { snapshot }]) => snapshot));
    expect([...versions].sort()).toEqual(Array.from({ length: SNAPSHOT_VERSION }, (_, i) => i + 1));
  });

  it.each(states)('is restored with nothing of it lost: %s', (_, state) => {
    expect(essence(Allocator.restore(state, momentOf(state)).snapshot())).toEqual(essence(state));
  });

  it.each(states)('comes to rest with all of its limits available, if nobody speaks any more: %s', (_, state) => {
    const allocator = Allocator.restore(state, momentOf(state));
    const rest = momentOf(state) + LONG_MS;
    for (let now = momentOf(state); now <= rest; now += 1_000) {
      // whoever is asked after is found to be closed
      allocator.ended(allocator.unconfirmed(now).map(runAddress), now);
      allocator.advance(now);
    }
    const { limits, clients } = allocator.stats(rest);
    expect(clients).toBe(0);
    for (const { available, capacity } of Object.values(limits)) expect(available).toBe(capacity);
  });
});
