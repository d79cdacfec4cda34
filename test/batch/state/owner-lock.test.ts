import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leaveFolder, ownFolder, runningOwner } from '../../../src/batch/state/owner-lock';
import { isRunning, identify } from '../../../src/batch/state/process-identity';

let folder: string;

beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'owner-'))));
afterEach(() => rm(folder, { recursive: true }));

/** The mark of a process that has ended. */
async function ended() {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const mark = await identify(child.pid!);
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
  return mark;
}

describe('a folder', () => {
  it('has one owner, however many want it at once', async () => {
    const owners = await Promise.all(Array.from({ length: 20 }, () => ownFolder(folder)));
    expect(owners.filter((other) => other === undefined)).toHaveLength(1);
    expect(owners.filter((other) => other?.pid === process.pid)).toHaveLength(19);
  });

  it('can be had again once its owner leaves it', async () => {
    await ownFolder(folder);
    await leaveFolder(folder);
    expect(await runningOwner(folder)).toBeUndefined();
    expect(await ownFolder(folder)).toBeUndefined();
  });

  it('goes to one of those that find its owner dead', async () => {
    await writeFile(join(folder, 'owner-000000001'), JSON.stringify(await ended()));
    const owners = await Promise.all(Array.from({ length: 20 }, () => ownFolder(folder)));
    expect(owners.filter((other) => other === undefined)).toHaveLength(1);
  });

  it('is nobody’s where a crash has left its owner’s file empty', async () => {
    await writeFile(join(folder, 'owner-000000001'), '');
    expect(await runningOwner(folder)).toBeUndefined();
    expect(await ownFolder(folder)).toBeUndefined();
  });
});

it('tells a process from a later one of its number', async () => {
  const own = await identify(process.pid);
  expect(await isRunning(own)).toBe(true);
  expect(await isRunning(await ended())).toBe(false);
  const earlier = { ...own, begun: 'another time' };
  expect(await isRunning(earlier)).toBe(own.begun === '');
});
