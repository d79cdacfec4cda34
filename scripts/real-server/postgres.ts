import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { type GuardedProcess, startGuarded } from '../../src/client/dev-server/guarded-process';
import { findPostgres, run } from './programs';
import { untilAnswers } from './until-answers';

/** Who owns the databases. Nobody outside of this machine can connect, so that no password is asked for. */
export const DATABASE_USER = 'temporal';

/** So many statements tell how long a round trip takes. */
const ROUND_TRIPS = 50;

/** Starts a PostgreSQL with an empty database of its own in this folder. PostgreSQL refuses to run as root. */
export async function startPostgres(folder: string, port: number): Promise<GuardedProcess> {
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
  const server = startGuarded(first, [...prefix, join(programs, 'postgres'), ...options]);
  await untilAnswers('PostgreSQL', server, async () => (await connect(port)).end());
  return server;
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
