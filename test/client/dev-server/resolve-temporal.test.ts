import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { type ObtainTemporal } from '../../../src/client/dev-server/obtain-temporal';
import { resolveTemporal } from '../../../src/client/dev-server/resolve-temporal';

const WORKING = '#!/bin/sh\necho "temporal version 1.5.1"\n';
const BROKEN = '#!/bin/sh\nexit 126\n';

let home: string;
let announced: string[];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'resolve-temporal-'));
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

/** Resolves on a machine with an empty home folder, whose PATH has nothing but that home's `bin`. */
function resolve(environment: NodeJS.ProcessEnv = {}, download: ObtainTemporal = unreachable) {
  return resolveTemporal({
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

/** A `go` that knows its GOBIN and, for `go install`, writes a command of the given kind there. */
function fakeGo(goBin: string, built: string): string {
  return `#!/bin/sh
if [ "$1" = env ]; then printf '%s\\n\\n' "${goBin}"; exit 0; fi
printf '%s' '${built}' > "$GOBIN/temporal" && /bin/chmod 755 "$GOBIN/temporal"
`;
}

describe('where a Temporal server comes from', () => {
  it('is the address in TEMPORAL_ADDRESS, before any command', async () => {
    await put('bin/temporal', WORKING);
    expect(await resolve({ TEMPORAL_ADDRESS: 'server:7233' })).toEqual({ kind: 'address', address: 'server:7233' });
  });

  it('is not an empty TEMPORAL_ADDRESS', async () => {
    const path = await put('bin/temporal', WORKING);
    expect(await resolve({ TEMPORAL_ADDRESS: '' })).toEqual({ kind: 'executable', path });
  });

  it('is the command on the PATH, before the one in the cache', async () => {
    const path = await put('bin/temporal', WORKING);
    await put('.cache/temporal-limits/temporal', WORKING);
    expect(await resolve()).toEqual({ kind: 'executable', path });
  });

  it('is the cached command when the one on the PATH does not run', async () => {
    await put('bin/temporal', BROKEN);
    const path = await put('.cache/temporal-limits/temporal', WORKING);
    expect(await resolve()).toEqual({ kind: 'executable', path });
  });

  it('is a cache folder named by XDG_CACHE_HOME', async () => {
    const path = await put('elsewhere/temporal-limits/temporal', WORKING);
    expect(await resolve({ XDG_CACHE_HOME: join(home, 'elsewhere') })).toEqual({ kind: 'executable', path });
  });

  it('is among the commands of Go, without Go on the PATH', async () => {
    const path = await put('go/bin/temporal', WORKING);
    expect(await resolve()).toEqual({ kind: 'executable', path });
  });

  it('is where `go env` says that Go puts commands', async () => {
    await put('bin/go', fakeGo(join(home, 'gobin'), WORKING));
    const path = await put('gobin/temporal', WORKING);
    expect(await resolve()).toEqual({ kind: 'executable', path });
  });

  it('is nothing that had to be announced when it was here already', async () => {
    await put('bin/temporal', WORKING);
    await resolve();
    expect(announced).toEqual([]);
  });
});

describe('a machine without a server', () => {
  const cached = () => join(home, '.cache', 'temporal-limits', 'temporal');

  it('gets the download into the cache, says so once, and finds it there the next time', async () => {
    expect(await resolve({}, downloads)).toEqual({ kind: 'executable', path: cached() });
    expect(await resolve()).toEqual({ kind: 'executable', path: cached() });
    expect(announced).toEqual([expect.stringContaining('downloading')]);
  });

  it('builds it with Go when the download fails', async () => {
    await put('bin/go', fakeGo('', WORKING));
    expect(await resolve()).toEqual({ kind: 'executable', path: cached() });
    expect(announced).toEqual([expect.stringContaining('downloading'), expect.stringContaining('go install')]);
  });

  it('gets one whole command when two processes fetch it at once', async () => {
    const both = await Promise.all([resolve({}, downloads), resolve({}, downloads)]);
    expect(both).toEqual([
      { kind: 'executable', path: cached() },
      { kind: 'executable', path: cached() },
    ]);
    expect(await readdir(dirname(cached()))).toEqual(['temporal']);
  });

  it('is told everything that was tried, and what to do, when nothing helps', async () => {
    const broken = await put('bin/temporal', BROKEN);
    const failure: unknown = await resolve().catch((error: unknown) => error);

    expect(failure).toMatchObject({
      name: 'TemporalServerNotFoundError',
      tried: [
        'TEMPORAL_ADDRESS: not set',
        `${broken}: does not answer to --version`,
        expect.stringContaining(join(home, 'go', 'bin')),
        'the download of the Temporal SDK: the network is unreachable',
        'go install: the command is not installed',
      ],
      message: expect.stringContaining('Set TEMPORAL_ADDRESS'),
    });
  });

  it('does not take a built command that does not run here', async () => {
    await put('bin/go', fakeGo('', BROKEN));
    await expect(resolve()).rejects.toMatchObject({
      tried: expect.arrayContaining([`go install: ${cached()} does not run here`]),
    });
  });
});
