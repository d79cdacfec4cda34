import fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { watchDiskSpace } from '../../../src/batch/files/disk-space';

const MEGABYTE = 1024 * 1024;

afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

/** Has the disk tell that so much is free. */
function free(bytes: number): void {
  jest.spyOn(fs, 'statfs').mockResolvedValue({ bavail: bytes / 4096, bsize: 4096 } as never);
}

it('a full disk is refused, with what is to be done about it', async () => {
  free(MEGABYTE);
  await expect(watchDiskSpace('/state')).rejects.toThrow(
    '/state cannot be written (ENOSPC): free space on its disk, then run the same command again',
  );
});

it('a disk that becomes full is told of', async () => {
  jest.useFakeTimers();
  free(100 * MEGABYTE);
  const room = await watchDiskSpace('/state');
  const told = expect(room.gone).rejects.toMatchObject({ name: 'OutputError', file: '/state', code: 'ENOSPC' });
  free(MEGABYTE);
  await jest.advanceTimersByTimeAsync(1_000);
  await told;
  room.stop();
});

it('a disk with room, and one of which nothing can be told, are none to complain about', async () => {
  (await watchDiskSpace(tmpdir())).stop();
  (await watchDiskSpace('/there/is/no/such/folder')).stop();
});
