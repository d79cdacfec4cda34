/**
 * What a fleet and a batch make of what their providers answer, each figure with its bound: a throttle of 30 s, accounts that
 * do not serve, limits that nobody publishes. The last line says how many were kept, the exit status whether all were.
 *
 *   npm run prove -- feedback
 *   npx tsx bench/feedback.ts --only outages,unpublished,elsewhere,costs
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { commandLine, oneOf } from '../scripts/support/command-line';
import { obtainTemporal } from '../scripts/support/obtain-temporal';
import { atMost, textOf, type Figure } from '../simulator/loads/figure';
import { MODES, UNPUBLISHED } from '../simulator/loads/unpublished-limits';
import { CallLimit, ResourceLimit } from '../src/index';
import { removeBatchFiles } from '../test/support/batch-command';
import { UNSERVED } from '../test/support/scripted-account';
import { measureElsewhere } from './elsewhere/measure';
import { startTemporal } from './support/temporal';
import { playOutage } from './throttled/outage';

const OUTAGE = { jobs: 300, processes: 4, outageMs: 30_000 };
const CONNECTIONS = 8;
const BATCH = { items: 1_000, windowSeconds: 10, calls: 60 };

type Say = (what: string, figures: readonly Figure[]) => void;

/** Whatever it is of, each in a line. */
const PARTS: Readonly<Record<string, (say: Say) => Promise<void>>> = {
  async outages(say) {
    const temporal = await startTemporal();
    const limits = [
      new CallLimit({ capacity: 100, windowSeconds: 1 }),
      new ResourceLimit({ key: 'connections', capacity: CONNECTIONS }),
    ];
    for (const hint of [true, false]) {
      const { refused, unitsOver, doneAfterMs } = await playOutage(temporal.server, { ...OUTAGE, limits, hint });
      say(
        `${OUTAGE.jobs} jobs in ${OUTAGE.processes} processes, 429 for 30 s, ${hint ? 'with a' : 'without any'} hint`,
        [
          atMost('refused', refused, 12),
          atMost('units over', unitsOver, 0),
          atMost('s until all are done', doneAfterMs / 1_000, 5),
        ],
      );
    }
    await temporal.stop();
  },
  async unpublished(say) {
    for (const [what, measure] of Object.entries(UNPUBLISHED))
      for (const mode of MODES) say(`${what}: ${mode}`, await measure(mode));
  },
  async elsewhere(say) {
    await obtainTemporal();
    for (const way of Object.keys(UNSERVED))
      say(`a batch of ${BATCH.items}, 3 accounts, one of them ${way}`, await measureElsewhere({ ...BATCH, way }));
    await removeBatchFiles();
  },
  async costs(say) {
    const { status } = spawnSync('npm', ['run', '--silent', 'prove', '--', 'costs'], { stdio: 'inherit' });
    say('nothing costs more while nothing is observed', [
      atMost('exit status of `npm run prove -- costs`', status ?? 1, 0),
    ]);
  },
};

const parts = commandLine(
  (args) => {
    const { values } = parseArgs({ args: [...args], options: { only: { type: 'string' } } });
    return (values.only?.split(',') ?? Object.keys(PARTS)).map((word) => oneOf('only', word, PARTS));
  },
  `options: --only ${Object.keys(PARTS).join(',')}`,
);

async function main(): Promise<void> {
  const kept: boolean[] = [];
  for (const part of parts) {
    await part((what, figures) => {
      const isKept = figures.every((figure) => figure.isKept);
      kept.push(isKept);
      console.log(`${isKept ? 'PASS' : 'FAIL'}  ${what}: ${figures.map(textOf).join(', ')}`);
    });
  }
  const failed = kept.filter((isKept) => !isKept).length;
  console.log(`feedback: ${kept.length - failed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

void main().then(() => process.exit());
