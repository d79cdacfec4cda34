import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { type Obtain, obtainTemporal } from '../../scripts/support/obtain-temporal';

const WORKING = '#!/bin/sh\necho "temporal version 1.5.1"\n';
const BROKEN = '#!/bin/sh\nexit 126\n';

let home: string;
let announced: string[];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'obtain-temporal-'));
  announced = [];
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
function obtain(environment: NodeJS.ProcessEnv = {}, download: Obtain = unreachable) {
  return obtainTemporal({
    environment: { HOME: home, PATH: join(home, 'bin'), ...environment },
    download,
    announce: (line) => announced.push(line),
  });
}

async function unreachable(): Promise<string> {
  throw new Error('the network is unreachable');
}

async function downloads(folder: string): Promise<string> {
  const file = join(folder, 'temporal-sdk-typescript-1.24.0');
  await writeFile(file, WORKING, { mode: 0o755 });
  return file;
}

/** A `go` that writes a command of the given kind for `go install`. */
function fakeGo(built: string): string {
  return `#!/bin/sh
printf '%s' '${built}' > "$GOBIN/temporal" && /bin/chmod 755 "$GOBIN/temporal"
`;
}

describe('a machine without a server', () => {
  const cached = () => join(home, '.cache', 'temporal-limits', 'temporal');

  it('gets the download into the cache, says so once, and finds it there the next time', async () => {
    expect(await obtain({}, downloads)).toEqual({ kind: 'executable', path: cached() });
    expect(await obtain()).toEqual({ kind: 'executable', path: cached() });
    expect(announced).toEqual([expect.stringContaining('downloading')]);
  });

  it('announces nothing where there is a command already', async () => {
    const path = await put('bin/temporal', WORKING);
    expect(await obtain()).toEqual({ kind: 'executable', path });
    expect(announced).toEqual([]);
  });

  it('gets nothing in place of the command that TEMPORAL_CLI names', async () => {
    await expect(obtain({ TEMPORAL_CLI: join(home, 'missing') }, downloads)).rejects.toThrow('TEMPORAL_CLI');
    expect(announced).toEqual([]);
  });

  it('builds it with Go when the download fails', async () => {
    await put('bin/go', fakeGo(WORKING));
    expect(await obtain()).toEqual({ kind: 'executable', path: cached() });
    expect(announced).toEqual([expect.stringContaining('downloading'), expect.stringContaining('go install')]);
  });

  it('gets one whole command when two processes fetch it at once', async () => {
    const both = await Promise.all([obtain({}, downloads), obtain({}, downloads)]);
    expect(both).toEqual([
      { kind: 'executable', path: cached() },
      { kind: 'executable', path: cached() },
    ]);
    expect(await readdir(dirname(cached()))).toEqual(['temporal']);
  });

  it('is told everything that was tried, and what to do, when nothing helps', async () => {
    const broken = await put('bin/temporal', BROKEN);
    const failure: unknown = await obtain().catch((error: unknown) => error);

    expect(failure).toMatchObject({
      name: 'TemporalServerNotFoundError',
      tried: [
        'TEMPORAL_ADDRESS: not set',
        'TEMPORAL_CLI: not set',
        `${broken}: does not answer to --version`,
        expect.stringContaining(join(home, 'go', 'bin')),
        'the download of the Temporal SDK: the network is unreachable',
        'go install: the command is not installed',
      ],
      message: expect.stringContaining('set TEMPORAL_ADDRESS'),
    });
  });

  it('does not take a built command that does not run here', async () => {
    await put('bin/go', fakeGo(BROKEN));
    await expect(obtain()).rejects.toMatchObject({
      tried: expect.arrayContaining([`go install: ${cached()} does not run here`]),
    });
  });
});
