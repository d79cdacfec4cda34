import type { AllocatorSnapshot } from '../../src/limiter/allocator/allocator';
import { at, type Vector } from '../../src/limiter/vector/vector';
import { signatureOf } from '../../src/limiter/waiting/signature-queues';
import { EPSILON, type Invariant } from './invariant';

/** Longer than what a client needs to start its units. Unit: milliseconds. */
const SOON_MS = 1_000;

type Client = AllocatorSnapshot['clients'][number];

/** What is free when a suspension ends is there for all clients: none has got it before. */
export const grantedWhileSuspended: Invariant = {
  name: 'granted while suspended',
  promise:
    'while a set is suspended, nobody gets units but the client that tries, and it no more than one request takes',
  watch({ fail }) {
    /** Of which limiter and definition, and what each client had at its last wake. */
    let [birth, version] = [NaN, NaN];
    let before = new Map<string, Vector>();
    return {
      woke(read) {
        const { clients, provider, definition, control, ...state } = read();
        if (state.birth !== birth || definition.version !== version) before = new Map();
        [birth, version] = [state.birth, definition.version];
        const isSuspended = provider?.state.suspension !== undefined || control?.pause !== undefined;
        const prober = control?.pause === undefined ? provider?.prober : undefined;
        for (const client of isSuspended ? clients : []) {
          const most = client.id === prober ? oneOfEach(client) : [];
          definition.limits.forEach(({ key }, i) => {
            const had = at(before.get(client.id) ?? [], i);
            const due = endsSoon(client, i) ? had + at(most, i) : Math.max(had, at(most, i));
            const has = unitsOf(client, i);
            if (has > due + EPSILON * Math.max(1, due))
              fail(`${client.id} has ${has} of ${key}, at most ${due} is due`);
          });
        }
        before = new Map(clients.map((client) => [client.id, definition.limits.map((_, i) => unitsOf(client, i))]));
      },
    };
  },
};

/** Whether some of what a client has may be over by the time its newest units begin: a request gets all of them anew then. */
function endsSoon({ units: { grants } }: Client, index: number): boolean {
  const newest = Math.max(...grants.map(({ notBefore }) => notBefore));
  return grants.some(({ notAfter, amounts }) => at(amounts, index) > 0 && notAfter < newest + SOON_MS);
}

/** The most that one request of each set of limits takes: whichever comes through first tries. */
function oneOfEach({ demand: { waiting } }: Client): number[] {
  const [first] = waiting;
  const signatures = new Set(waiting.map(({ amounts }) => signatureOf(amounts)));
  return (first?.amounts ?? []).map((_, i) =>
    [...signatures].reduce((sum, signature) => {
      const ofOne = waiting.filter(({ amounts }) => signatureOf(amounts) === signature);
      return sum + Math.max(...ofOne.map(({ amounts }) => at(amounts, i)));
    }, 0),
  );
}

/** Units that a client has and could start. */
function unitsOf({ units }: Client, index: number): number {
  const gone = at(units.used, index) + at(units.returned, index) + at(units.starting, index);
  return at(units.granted, index) - Math.max(at(units.resolved, index), gone);
}
