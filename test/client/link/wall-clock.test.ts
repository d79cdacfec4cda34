import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const SOURCE = resolve(__dirname, '../../../src');

/** Where a process reads the wall clock, and why a jump of it changes nothing about what may start, and when. */
const READERS: Readonly<Record<string, string>> = {
  'client/dev-server/dev-server.ts': 'how long a server may take to start',
  'client/admin/temporal-set-admin.ts':
    'when a call to the server is given up, and the moment of which an inspection tells',
  'client/link/ask-limiter.ts': 'when a call to the server is given up',
  'client/link/running-definition.ts': 'nothing depends on the moment of the stats',
  'client/link/system-clock.ts': 'the delay that a provider asks for as a date',
  'client/link/temporal-link.ts': 'when a call to the server is given up, and the moment of which stats tell',
  'activities/context/activity-deadline.ts':
    'how long an attempt waited for a worker: a wait for limits ends too early by half of what is left at most',
  'activities/limited/attempt-failure.ts': 'how long an activity has been tried',
  'activities/plugin/host-activities.ts': 'when a call to the server is given up',
  'activities/plugin/server-check.ts': 'when a call to the server is given up',
};

/** Everything that runs in a process that acquires, rather than in a workflow or in the batch command. */
function filesOf(...folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(SOURCE, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => `${folder}/${file.replaceAll('\\', '/')}`),
  );
}

test('what a process may start, and when, follows from a monotonic clock alone', () => {
  const readers = filesOf('limiter', 'acquire', 'client', 'activities').filter((file) =>
    /\bDate\.now\b|\bnew Date\(\)/.test(readFileSync(join(SOURCE, file), 'utf8')),
  );
  expect(readers.sort()).toEqual(Object.keys(READERS).sort());
});
