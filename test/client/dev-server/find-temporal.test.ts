import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { findTemporal } from '../../../src/client/dev-server/find-temporal';

const WORKING = '#!/bin/sh\necho "temporal version 1.5.1"\n';
const BROKEN = '#!/bin/sh\nexit 126\n';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'find-temporal-'));
});

afterEach(() => rm(home, { recursive: true, force: true }));

async function put(path: string, script: string): Promise<string> {
  const file = join(home, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, script);
  await chmod(file, 0o755);
  return file;
}

/** Looks on a machine with an empty home folder, whose PATH has nothing but that home's `bin`. */
function find(environment: NodeJS.ProcessEnv = {}) {
  return findTemporal({ HOME: home, PATH: join(home, 'bin'), ...environment });
}

describe('a Temporal server is', () => {
  test('the address in TEMPORAL_ADDRESS, before any command', async () => {
    await put('bin/temporal', WORKING);
    const environment = { TEMPORAL_ADDRESS: 'server:7233', TEMPORAL_CLI: join(home, 'bin/temporal') };
    expect(await find(environment)).toEqual({ kind: 'address', address: 'server:7233' });
  });

  test('never an address or a command whose variable is empty', async () => {
    const path = await put('bin/temporal', WORKING);
    expect(await find({ TEMPORAL_ADDRESS: '', TEMPORAL_CLI: '' })).toEqual({ kind: 'executable', path });
  });

  test('the command that TEMPORAL_CLI names, before the one on the PATH', async () => {
    await put('bin/temporal', WORKING);
    const path = await put('elsewhere/temporal-1.5', WORKING);
    expect(await find({ TEMPORAL_CLI: path })).toEqual({ kind: 'executable', path });
  });

  test.each(['.temporalio/bin/temporal', '.cache/temporal-limits/temporal', 'go/bin/temporal'])(
    'the command at ~/%s, where the one on the PATH does not run',
    async (place) => {
      await put('bin/temporal', BROKEN);
      const path = await put(place, WORKING);
      expect(await find()).toEqual({ kind: 'executable', path });
    },
  );

  test('the command on the PATH, before the one in the cache', async () => {
    const path = await put('bin/temporal', WORKING);
    await put('.cache/temporal-limits/temporal', WORKING);
    expect(await find()).toEqual({ kind: 'executable', path });
  });

  test.each([
    ['XDG_CACHE_HOME', 'cache', 'cache/temporal-limits/temporal'],
    ['GOBIN', 'gobin', 'gobin/temporal'],
  ])('the command in the folder of %s', async (variable, folder, place) => {
    const path = await put(place, WORKING);
    expect(await find({ [variable]: join(home, folder) })).toEqual({ kind: 'executable', path });
  });
});

describe('a machine without a server', () => {
  test('says what was tried, and names the Temporal CLI and where to get it', async () => {
    const broken = await put('bin/temporal', BROKEN);
    await expect(find()).rejects.toMatchObject({
      name: 'TemporalServerNotFoundError',
      tried: [
        'TEMPORAL_ADDRESS: not set',
        'TEMPORAL_CLI: not set',
        `${broken}: does not answer to --version`,
        expect.stringContaining(join(home, 'go', 'bin')),
      ],
      message: expect.stringMatching(
        /Install the Temporal CLI \(https:\/\/docs\.temporal\.io\/cli\).*TEMPORAL_ADDRESS/,
      ),
    });
  });

  test('does not look further than TEMPORAL_CLI', async () => {
    await put('bin/temporal', WORKING);
    const missing = join(home, 'missing');
    await expect(find({ TEMPORAL_CLI: missing })).rejects.toMatchObject({
      tried: ['TEMPORAL_ADDRESS: not set', `${missing}: does not answer to --version`],
    });
  });
});
