import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startDevServer } from '../../../src/client/dev-server/dev-server';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dev-server-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** A server that notes its arguments, says why it will not start, and ends. `$7` is its port. */
async function refusingServer(reason = 'no space left'): Promise<string> {
  const path = join(folder, 'temporal');
  await writeFile(path, `#!/bin/sh\necho "$@" >> "${folder}/arguments"\necho "${reason}" >&2\nexit 3\n`);
  await chmod(path, 0o755);
  return path;
}

/** The ports at which it was started. */
async function portsTried(): Promise<number[]> {
  const starts = await readFile(join(folder, 'arguments'), 'utf8');
  return [...starts.matchAll(/--port (\d+)/g)].map(([, port]) => Number(port));
}

it('starts nothing when there is an address, and leaves that server alone', async () => {
  const source = { kind: 'address', address: 'server:7233' } as const;
  const server = await startDevServer({ source, namespace: 'mine' });
  await server.stop();
  expect(server).toMatchObject({ address: 'server:7233', namespace: 'mine' });
});

it('says what a server said that ended at its start', async () => {
  const path = await refusingServer();
  await expect(startDevServer({ source: { kind: 'executable', path } })).rejects.toMatchObject({
    name: 'TemporalServerStartError',
    executable: path,
    reason: 'ended at its start',
    output: 'no space left',
  });
});

it('hands its settings to the server, over the defaults for one shard', async () => {
  const source = { kind: 'executable', path: await refusingServer() } as const;
  const dynamicConfig = { 'frontend.rps': 7, 'system.someText': 'a' };
  const options = { source, namespace: 'mine', dbFilename: '/tmp/some.db', dynamicConfig };
  await expect(startDevServer(options)).rejects.toThrow('no space left');

  const given = await readFile(join(folder, 'arguments'), 'utf8');
  expect(given).toContain('server start-dev --headless --ip 127.0.0.1 --port');
  expect(given).toContain('--namespace mine --log-level error --db-filename /tmp/some.db');
  expect(given).toContain('--dynamic-config-value history.transferProcessorMaxPollRPS=1000');
  expect(given).toContain('--dynamic-config-value frontend.rps=7 ');
  expect(given).toContain('--dynamic-config-value system.someText="a"');
});

describe('a port that was free when it was chosen, and is taken when the server comes to it', () => {
  const start = async (taken: string, port?: number): Promise<number[]> => {
    const path = await refusingServer(`failed: listen tcp 127.0.0.1:${taken}: bind: address already in use`);
    const source = { kind: 'executable', path } as const;
    await expect(startDevServer({ source, ...(port !== undefined && { port }) })).rejects.toThrow('already in use');
    return portsTried();
  };

  it('is chosen anew, five times at most', async () => {
    expect(new Set(await start('$7')).size).toBeGreaterThan(1);
    expect(await portsTried()).toHaveLength(5);
  });

  it('is chosen anew by the server, where it is another than the one that was asked for', async () => {
    expect(await start('10765', 1076)).toEqual([1076, 1076, 1076, 1076, 1076]);
  });

  it('is an error at once where it was asked for', async () => {
    expect(await start('$7', 1076)).toEqual([1076]);
  });
});
