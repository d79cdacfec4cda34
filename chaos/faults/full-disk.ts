import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Account, MODEL, type RunningProvider, startProvider } from '../../demo/providers';
import { readResults, startBatch, untilLines } from '../../test/support/batch-command';
import { type Fault, type Outcome, type Skipped } from '../fault';
import { SmallDisk } from '../small-disk';

const ITEMS = 150;
const MEGABYTES = 48;
/** Of the items that are through when the disk fills. */
const BEFORE = 25;
const PLENTY = 1_000_000;

const ACCOUNT: Account = {
  ...{ name: 'account', apiKey: 'chaos-key', windowSeconds: 2 },
  ...{ calls: 25, connections: 8, inputTokens: PLENTY, outputTokens: PLENTY },
};

/**
 * The disk below a batch's output, and below its server's state, is full to the last byte. The command says so and ends;
 * when there is room the same command continues.
 */
export const fullDisk: Fault = {
  name: 'full disk',
  expected: 'the command says so and ends',
  mostRefused: 0,
  async play() {
    const disk = await SmallDisk.mount(MEGABYTES);
    if (disk === undefined) return { skipped: 'mounting a small disk takes root' };
    const provider = await startProvider(ACCOUNT);
    try {
      return await play(disk, provider);
    } finally {
      await provider.stop();
      await disk.unmount();
    }
  },
};

async function play(disk: SmallDisk, provider: RunningProvider): Promise<Outcome | Skipped> {
  const files = await writeFiles(disk.folder, provider.url);
  const run = () => startBatch(files, ['--workers', '2'], { TEMPORAL_ADDRESS: '' });
  const interrupted = run();
  await untilLines(files.output, BEFORE);
  await disk.fill();
  const fullAt = performance.now();
  const { code, stderr } = await interrupted.ended;
  const stallMs = performance.now() - fullAt;
  await disk.free();
  const again = await run().ended;
  if (code === 0 || !/ENOSPC|no space|disk is full/i.test(stderr)) {
    throw new Error(`it ended with ${String(code)} and did not say why: ${stderr.slice(-300)}`);
  }
  if (again.code !== 0) throw new Error(`the same command did not continue: ${again.stderr.slice(-300)}`);

  const ids = (await readResults(files.output)).flatMap(({ ok, id }) => (ok ? id : []));
  const { served, refused } = await provider.stats();
  const different = new Set(ids).size;
  return {
    items: ITEMS,
    unitsOver: Object.values({ ...refused }).reduce((sum: number, count: number) => sum + count, 0),
    refused: 0,
    lost: ITEMS - different,
    doubled: ids.length - different,
    repeats: served - different,
    stallMs,
    slowestMs: undefined,
  };
}

async function writeFiles(folder: string, baseURL: string) {
  const { name, apiKey, windowSeconds, calls, connections } = ACCOUNT;
  const config = {
    sets: [
      {
        name,
        config: { taskQueue: name, baseURL, apiKey, model: MODEL },
        limits: [
          { kind: 'call', windowSeconds, capacity: calls },
          { kind: 'resource', key: 'connections', capacity: connections },
        ],
      },
    ],
  };
  const input = Array.from({ length: ITEMS }, (_, i) => ({ id: `item-${i}`, prompt: `say ${i}`, maxTokens: 20 }));
  const files = {
    config: join(folder, 'limits.yaml'),
    input: join(folder, 'in.jsonl'),
    output: join(folder, 'out.jsonl'),
  };
  await writeFile(files.config, stringify(config));
  await writeFile(files.input, input.map((item) => `${JSON.stringify(item)}\n`).join(''));
  return files;
}
