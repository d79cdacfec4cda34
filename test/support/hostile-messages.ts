/** A workflow run that is none. */
const RUN = 'workflow:00000000-0000-4000-8000-000000000000';

/** What might be sent to a limiter by mistake or on purpose, with texts of some length; nothing of it is a sync. */
export function hostileMessages(length = 1_000_000): unknown[] {
  const long = 'x'.repeat(length);
  const sync = {
    wire: 1,
    client: 'mallory',
    seq: 1,
    queue: 'mallory',
    fence: 0,
    version: 1,
    seen: 0,
    seenGrants: 0,
    used: [],
    starting: [0, 0],
    returned: [0, 0],
    refunded: [0, 0],
    excess: [0, 0],
    inUse: [0, 0],
    keep: [0, 0],
    holdingMs: 0,
    demand: [],
    ahead: [0, 0],
    reply: true,
  };
  const forged = (change: object): object => ({ ...sync, ...change });
  return [
    ...[undefined, null, true, 7, 'sync', [], [[]], {}, { wire: 1 }, long],
    ...[{ wire: 2 }, { client: '' }, { client: 'x'.repeat(1_000) }, { client: 7 }, { seq: -1 }, { seq: 1.5 }].map(
      forged,
    ),
    ...[{ version: -1 }, { version: '1' }, { fence: -1 }, { replaces: 7 }, { seen: -1 }, { seenGrants: 'x' }].map(
      forged,
    ),
    // task queues that no server takes: a push to one must not fail the workflow task for ever
    ...[long, '/_sys/mine', '\ud800', '\u0000', 7].map((queue) => forged({ queue, wire: 2 })),
    ...[`${RUN}:nobody`, `${RUN}:\ud800`, `${RUN}:${'é'.repeat(501)}`, 'workflow:1:nobody'].map((queue) =>
      forged({ queue, wire: 2 }),
    ),
    ...['/_sys/mine', '\ud800', '\u0000'].map((queue) => forged({ queue, used: 'x', client: `mallory ${queue}` })),
    ...[{ returned: [-1, 0] }, { returned: [0] }, { refunded: 'x' }, { excess: [null, null] }, { inUse: [0.5, 0] }].map(
      forged,
    ),
    ...[{ keep: [0, 0, 0] }, { used: 'xx' }, { used: [[0, 0]] }, { demand: [[]] }, { demand: [[-1, 0, 0, 1, 1]] }].map(
      forged,
    ),
    ...[{ demand: [[1, 0, 0, 0.5, 1]] }, { demand: [[1, 'x', 0, 1, 1]] }, { ahead: {} }, { holdingMs: -1 }].map(forged),
    ...['x', {}, [NaN], ['1'], [undefined], Array.from({ length: 600 }, () => 0)].map((answered) =>
      forged({ answered }),
    ),
    ...[7, {}, { ok: 1, throttled: -1, failed: 0 }, { ok: 1e300, throttled: 0, failed: 0 }].map((feedback) =>
      forged({ feedback }),
    ),
    ...[
      { cause: '__proto__' },
      { holdMs: -1 },
      { holdMs: Infinity },
      { probe: [1] },
      { probe: [0.5, 'ok'] },
      { seen: [[9, 0, 0, 0]] },
    ].map((more) => forged({ feedback: { ok: 1, throttled: 1, failed: 1, ...more } })),
    ...[{}, { version: 9 }, { version: 9, limits: [], timing: {} }, { version: 9, limits: 'x' }].map((definition) =>
      forged({ version: 9, definition }),
    ),
  ];
}
