import { type CapacityChange, type LoggedChange, UNCHANGED } from '../../src/limiter/control/control';
import type { InspectedClient, Inspection } from '../../src/limiter/control/inspection';
import { FakeLimitsAdmin, historyOf, inspectedLimit, inspectionOf } from './fake-limits-admin';

const [SECOND, MINUTE] = [1_000, 60_000];

/** Sets in every state, as somebody on call may find them: what the documents show, and the tests of the pages visit. */
export function showcase(at: number): FakeLimitsAdmin {
  const admin = new FakeLimitsAdmin(
    openaiEu(at),
    inspectionOf('anthropic-batch', {
      at,
      limits: [
        inspectedLimit('call', { started: 31, granted: 4 }),
        inspectedLimit('input_tokens', tokens(400_000, 188_400, 21_000)),
      ],
      numClients: 6,
      history: historyOf(at, { call: 60, input_tokens: 280_000 }, 2),
    }),
    inspectionOf('azure-gpt-west', {
      at,
      limits: [inspectedLimit('call', { started: 12 }), inspectedLimit('input_tokens', tokens(240_000, 61_000, 9_000))],
      waiting: 12,
      waitingSince: at - 48 * SECOND,
      provider: { ...provider, state: 'PAUSED', cause: 'rate_limit', until: at + 12 * SECOND, throttled: 3 },
      numClients: 3,
      history: historyOf(at, { call: 80, input_tokens: 200_000 }, 1),
    }),
    inspectionOf('bedrock-claude', {
      at,
      limits: [inspectedLimit('call')],
      waiting: 210,
      waitingSince: at - 4 * MINUTE,
      provider: { ...provider, state: 'CIRCUIT', cause: 'unauthorized', until: at + 40 * SECOND, failed: 11 },
      numClients: 4,
      history: historyOf(at, { call: 55 }, 4).slice(0, 52),
    }),
    inspectionOf('crm-api', {
      at,
      limits: [inspectedLimit('call', { windowMs: SECOND, capacity: 10, defined: 10, started: 3, granted: 2 })],
      numClients: 12,
      history: historyOf(at, { call: 420 }, 3),
    }),
    inspectionOf('gemini-flash', {
      at,
      limits: [inspectedLimit('call', { defined: 300, capacity: 210, started: 140, granted: 22, source: 'adaptive' })],
      numClients: 8,
      history: historyOf(at, { call: 180 }, 5),
    }),
    inspectionOf('payments-db', {
      at,
      limits: [inspectedLimit('connections', { kind: 'resource', capacity: 40, defined: 40, started: 0 })],
      control: {
        ...UNCHANGED,
        revision: 1,
        pause: { by: 'dana', reason: 'migration of the primary', at: at - 8 * MINUTE, until: at + 22 * MINUTE },
      },
      waiting: 34,
      waitingSince: at - 8 * MINUTE,
      numClients: 5,
      history: historyOf(at, { connections: 36 }, 6).slice(0, 51),
    }),
    inspectionOf('reports-export', { at, limits: [inspectedLimit('call', { started: 2 })], numClients: 1 }),
  );
  admin.unanswered.add('legacy-importer');
  return admin;
}

const provider = { state: 'OPEN' as const, answered: 18_204, throttled: 0, failed: 0, ignored: 0, seen: [] };

function tokens(capacity: number, started: number, granted: number) {
  return { defined: capacity, capacity, started, granted };
}

/** A set of which everything is to be seen. */
function openaiEu(at: number): Inspection {
  const made = { by: 'dana', at: at - 14 * MINUTE };
  const lowered: CapacityChange = {
    ...made,
    capacity: 600_000,
    reason: 'provider halved us, ticket 4711',
    until: at + 46 * MINUTE,
  };
  const log: LoggedChange[] = [
    { ...made, revision: 1, action: 'pause', reason: 'a storm of 429s', at: at - 21 * MINUTE, until: at - 11 * MINUTE },
    { ...made, revision: 2, action: 'resume', reason: '', at: at - 15 * MINUTE },
    { ...lowered, revision: 3, action: 'set', capacity: { input_tokens: 600_000 } },
  ];
  return inspectionOf('openai-eu', {
    at,
    version: 4,
    limits: [
      inspectedLimit('call', { defined: 500, capacity: 500, started: 312, granted: 38 }),
      inspectedLimit('input_tokens', {
        defined: 1_200_000,
        capacity: 600_000,
        started: 548_200,
        granted: 51_800,
        wanted: 88_000,
        source: 'operator',
      }),
      inspectedLimit('output_tokens', { ...tokens(150_000, 61_300, 12_000), wanted: 21_000 }),
      inspectedLimit('connections', {
        kind: 'resource',
        capacity: 64,
        defined: 64,
        started: 41,
        granted: 7,
        wanted: 22,
      }),
    ],
    waiting: 22,
    waitingSince: at - 6.4 * SECOND,
    next: {
      client: 'worker-7:4120',
      amounts: { call: 1, input_tokens: 4_000, output_tokens: 1_000, connections: 1 },
      waitingSince: at - 6.4 * SECOND,
      priority: 0,
      bindingLimit: 'input_tokens',
      expectedAt: at + 2.1 * SECOND,
    },
    provider: {
      ...provider,
      throttled: 2,
      guardMs: 180,
      drift: { input_tokens: { defined: 1_200_000, reported: 600_000 } },
    },
    control: { revision: 3, capacity: { input_tokens: lowered }, log },
    clients: clients(at),
    numClients: 27,
    history: historyOf(at, { call: 430, input_tokens: 590_000, output_tokens: 120_000, connections: 60 }),
  });
}

function clients(at: number): InspectedClient[] {
  return Array.from({ length: 27 }, (_, i): InspectedClient => {
    const waiting = Math.max(0, 6 - i);
    return {
      id: `3f9c0a${(i * 7919).toString(16)}-51d2-4c6b-9a77-20c1e8${i}`,
      ...(i % 4 === 3
        ? { run: { workflowId: `summarise-document-${1_200 + i}`, runId: `018f3c52-77aa-7c1e-a5d4-0b6f5e1d${i}` } }
        : { where: `worker-${(i % 9) + 1}.eu-west.internal:${4_113 + i}`, leaseEndsAt: at + (6 + (i % 9)) * SECOND }),
      inUse: { connections: 1 + (i % 3) },
      waiting,
      ...(waiting > 0 && { waitingSince: at - waiting * SECOND }),
      heardAt: at - (i % 7) * 180,
    };
  });
}

/** As many sets as a large company has. */
export function manySets(number: number): FakeLimitsAdmin {
  const at = Date.now();
  const names = Array.from({ length: number }, (_, i) => `customer-${String(i).padStart(4, '0')}`);
  return new FakeLimitsAdmin(
    ...names.map((name, i) =>
      inspectionOf(name, {
        at,
        limits: [inspectedLimit('call', { started: i % 100 })],
        history: historyOf(at, { call: 90 }, i),
      }),
    ),
  );
}
