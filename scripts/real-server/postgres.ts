import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { Part } from './part';
import { findPostgres, run } from './programs';

/** Who owns the databases. Nobody outside of this machine can connect, so that no password is asked for. */
export const DATABASE_USER = 'temporal';

/** So many statements tell how long a round trip takes. */
const ROUND_TRIPS = 50;

/** A PostgreSQL with an empty database of its own in this folder, to be started. PostgreSQL refuses to run as root. */
export async function newPostgres(folder: string, port: number): Promise<Part> {
  const programs = await findPostgres();
  const data = join(folder, 'postgresql');
  await mkdir(data);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) await run('chown', ['postgres', folder, data]);
  const asUser = isRoot ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : ['env'];
  const [first = '', ...prefix] = asUser;
  const initialise = [join(programs, 'initdb'), '--pgdata', data, '--username', DATABASE_USER];
  await run(first, [...prefix, ...initialise, '--auth=trust', '--encoding=UTF8', '--no-sync']);
  const options = ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', '', '-c', 'max_connections=200'];
  return new Part({
    name: 'PostgreSQL',
    command: [first, ...prefix, join(programs, 'postgres'), ...options],
    ask: async () => (await connect(port)).end(),
    pidFile: join(data, 'postmaster.pid'),
    // an immediate shutdown; killed, it would leave processes that keep its memory
    crashSignal: 'SIGQUIT',
  });
}

/** What a statement takes at this port, there and back. Unit: milliseconds, the median. */
export async function roundTripMs(port: number): Promise<number> {
  const client = await connect(port);
  const times: number[] = [];
  for (let i = 0; i < ROUND_TRIPS; i += 1) {
    const begun = performance.now();
    await client.query('SELECT 1');
    times.push(performance.now() - begun);
  }
  await client.end();
  return times.sort((a, b) => a - b)[ROUND_TRIPS / 2] ?? NaN;
}

async function connect(port: number): Promise<Client> {
  const client = new Client({ host: '127.0.0.1', port, user: DATABASE_USER, database: 'postgres' });
  await client.connect();
  return client;
}
