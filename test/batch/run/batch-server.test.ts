import { type BatchConfig } from '../../../src/batch/config/config';
import { serverOf } from '../../../src/batch/run/batch-server';
import { type BatchFolder } from '../../../src/batch/state/batch-folder';
import { type BatchRecord } from '../../../src/batch/state/batch-record';

/** Only a server of the batch's own needs one. */
const NO_FOLDER = undefined as unknown as BatchFolder;
const begun = { id: 'b-1', target: { address: 'one:7233', namespace: 'default', isOwn: false } } as BatchRecord;
const at = (address: string, namespace = 'default') =>
  serverOf({ temporal: { address, namespace }, sets: [] } as unknown as BatchConfig, NO_FOLDER, begun);

test('a batch is continued at the server and in the namespace where it runs', async () => {
  expect((await at('one:7233')).target).toEqual({ address: 'one:7233', namespace: 'default' });
  for (const elsewhere of [() => at('two:7233'), () => at('one:7233', 'other')]) {
    await expect(elsewhere()).rejects.toMatchObject({
      name: 'TargetError',
      message: expect.stringMatching(/^batch b-1 runs at one:7233, namespace "default", not at /) as string,
    });
  }
});
