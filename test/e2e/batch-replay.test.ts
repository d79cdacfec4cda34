import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { workflowCode } from '../../src/activities/plugin/workflow-code';

const directory = path.join(__dirname, '../histories/batch');
const histories = readdirSync(directory).map((file) => readFileSync(path.join(directory, file), 'utf8'));

async function replay(texts: readonly string[]): Promise<(string | undefined)[]> {
  const runs = texts.map((text, i) => ({ workflowId: `${i}`, history: JSON.parse(text) as object }));
  const found: (string | undefined)[] = [];
  const workflowBundle = await workflowCode();
  for await (const { error } of Worker.runReplayHistories({ workflowBundle }, runs)) found.push(error?.message);
  return found;
}

beforeAll(() => Runtime.install({ logger: new DefaultLogger('ERROR') }));

describe('the batch workflow', () => {
  it('does what every recorded run did', async () => {
    expect(await replay(histories)).toEqual(histories.map(() => undefined));
  });

  it('has been recorded with everything that may become of an item, and of a batch', () => {
    for (const what of ['WorkerLost', 'findResults', 'recallItems', 'batch.pause', 'batch.resume']) {
      expect(histories.some((text) => text.includes(`"${what}"`))).toBe(true);
    }
    const goOn = histories.filter((text) => text.includes('"workflowExecutionContinuedAsNewEventAttributes"'));
    expect(goOn.length).toBeGreaterThanOrEqual(2);
  });

  it('would be found out if it did something else', async () => {
    const [first = ''] = histories;
    expect(await replay([first.replaceAll('"completeItems"', '"somethingElse"')])).toEqual([
      expect.stringContaining('somethingElse'),
    ]);
  });
});
