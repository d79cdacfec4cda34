import { execFile } from 'node:child_process';
import { access, constants, readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

export const run = promisify(execFile);

/** What a Temporal server is started from. */
export interface TemporalPrograms {
  readonly server: string;
  readonly sqlTool: string;
  /** The sources of that version, which hold the database schema and the server's own configuration. */
  readonly sources: string;
}

/** Where Debian keeps each major version of PostgreSQL; none of its server programs are on the PATH. */
const DEBIAN_FOLDER = '/usr/lib/postgresql';

/** @throws Error that says what is missing and how to get it */
export async function findTemporal(version: string): Promise<TemporalPrograms> {
  const remedy = (command: string): string =>
    `Install it with \`go install go.temporal.io/server/cmd/${command}@v${version}\`, which takes a few minutes.`;
  const go = await run('go', ['env', 'GOBIN', 'GOPATH']).catch(() => {
    throw new Error('Cannot find Go, which builds the Temporal server. Install it from https://go.dev/dl.');
  });
  const [bin = '', path = ''] = go.stdout.split('\n');
  const folder = bin === '' ? join(path.split(delimiter)[0] ?? '', 'bin') : bin;
  const [server, sqlTool] = [join(folder, 'server'), join(folder, 'sql')];
  for (const [file, command] of [
    [server, 'server'],
    [sqlTool, 'tools/sql'],
  ] as const) {
    const found = await run(file, ['--version']).catch(() => undefined);
    if (found === undefined) throw new Error(`Cannot run ${file}. ${remedy(command)}`);
    if (!found.stdout.includes(version)) {
      throw new Error(`${file} is "${found.stdout.trim()}", expected version ${version}. ${remedy(command)}`);
    }
  }
  const { stdout } = await run('go', ['mod', 'download', '-json', `go.temporal.io/server@v${version}`]);
  return { server, sqlTool, sources: (JSON.parse(stdout) as { Dir: string }).Dir };
}

/**
 * The folder of PostgreSQL's server programs: on the PATH, or the newest that Debian has installed.
 *
 * @throws Error that says how to get them
 */
export async function findPostgres(): Promise<string> {
  const versions = await readdir(DEBIAN_FOLDER).catch((): string[] => []);
  const newestFirst = versions.toSorted((a, b) => Number(b) - Number(a));
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    ...newestFirst.map((version) => join(DEBIAN_FOLDER, version, 'bin')),
  ];
  for (const folder of folders) if (await isExecutable(join(folder, 'initdb'))) return folder;
  throw new Error('Cannot find PostgreSQL. Install it with `apt-get install postgresql`, or put `initdb` on the PATH.');
}

function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
