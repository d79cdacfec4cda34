/** What was counted, and what is promised at most. */
interface Target {
  readonly counted: number;
  readonly promised: number;
}

/**
 * What was counted when it was recorded here, with Node 20: how much of what an acquisition costs, however fast the
 * machine. Everything but the bytes is counted in virtual time or by hand, and is the same in every run.
 */
const RECORDED: Readonly<Record<string, number | Target>> = {
  'bytes of an acquisition, memory, one permit': 1_720,
  'bytes of an acquisition, memory, call + 2 rates': 3_300,
  'bytes of an acquisition, lease, one permit': 4_250,
  'bytes of an acquisition, lease, call + 2 rates': 5_670,
  'promises of an acquisition, memory, one permit': 1,
  'promises of an acquisition, memory, call + 2 rates': 1,
  'promises of an acquisition, lease, one permit': 1,
  'promises of an acquisition, lease, call + 2 rates': 1,
  'messages for 1,000 acquisitions from a lease': 3,
  'timers for 1,000 acquisitions from a lease': 1,

  'messages per 1,000 acquisitions, 2000 calls/s in windows of 5 s': 5,
  'events per 1,000 acquisitions, 2000 calls/s in windows of 5 s': { counted: 24, promised: 50 },
  'messages per 1,000 acquisitions, 10 calls/s in windows of 5 s': 487,
  'events per 1,000 acquisitions, 10 calls/s in windows of 5 s': { counted: 2_233, promised: 3_000 },
  'messages per 1,000 acquisitions, 10 calls/s in windows of 60 s': 242,
  'events per 1,000 acquisitions, 10 calls/s in windows of 60 s': { counted: 1_244, promised: 3_000 },
  'messages per 1,000 acquisitions, 100 calls/s in windows of 5 s': 139,
  'events per 1,000 acquisitions, 100 calls/s in windows of 5 s': 730,

  'messages per 1,000 acquisitions, fleet a': 326,
  'events per 1,000 acquisitions, fleet a': 1_897,
  'messages per 1,000 acquisitions, fleet b': 501,
  'events per 1,000 acquisitions, fleet b': 2_821,
  'messages per 1,000 acquisitions, fleet c': 2,
  'events per 1,000 acquisitions, fleet c': 9,
  'messages per 1,000 acquisitions, fleet d': 18,
  'events per 1,000 acquisitions, fleet d': 92,
  'messages per 1,000 acquisitions, fleet e': 348,
  'events per 1,000 acquisitions, fleet e': 1_842,
  'messages per 1,000 acquisitions, fleet f': 311,
  'events per 1,000 acquisitions, fleet f': 1_637,
  'messages per 1,000 acquisitions, fleet g': 1_042,
  'events per 1,000 acquisitions, fleet g': 3_922,
  'messages in 20 s, 1 × 7 requests at a time': 47,
  'messages in 20 s, 8 × 2 requests at a time': 276,
  'messages in 10 s of light, steady load': 36,
};

/** So much above what was recorded is no regression: a repair may have to cost a little. */
const MARGIN = 7 / 6;

/**
 * Which of the counts have grown beyond the margin, or beyond what is promised: a sentence for each, and what to do. None
 * if all is well; a count that has shrunk is.
 */
export function grown(counts: Readonly<Record<string, number>>): string[] {
  return Object.entries(counts).flatMap(([what, count]) => {
    const figure = RECORDED[what];
    const found = `${what}: ${count} counted`;
    if (figure === undefined) return [`${found}, nothing recorded: write it into test/bench/recorded.ts`];
    const { counted, promised } = typeof figure === 'number' ? { counted: figure, promised: Infinity } : figure;
    if (count > promised) return [`${found}, at most ${promised} promised`];
    if (count <= counted * MARGIN) return [];
    return [
      `${found}, ${counted} recorded, a sixth more allowed: mend it, or, if it is worth that, write ${count} into test/bench/recorded.ts`,
    ];
  });
}
