import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startGuarded } from '../../../src/client/dev-server/guarded-process';

let folder: string;
let server: Server;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guarded-process-'));
  server = createServer().listen(join(folder, 'socket'));
  await once(server, 'listening');
});

afterEach(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

/** A command that lives for as long as it is let, and whose end shows as the end of its connection. */
function livingCommand(): string {
  return `require('node:net').connect(${JSON.stringify(join(folder, 'socket'))}).resume().on('error', () => {})`;
}

async function connected(): Promise<Socket> {
  const [socket] = (await once(server, 'connection')) as [Socket];
  return socket.resume().on('error', () => {});
}

it('ends the command when it is stopped, also twice', async () => {
  const guarded = startGuarded(process.execPath, ['-e', livingCommand()]);
  const command = await connected();
  const gone = once(command, 'close');
  await Promise.all([guarded.stop(), guarded.stop(), gone]);
});

it('ends the command when its own process is killed outright', async () => {
  const module = join(__dirname, '../../../src/client/dev-server/guarded-process');
  const script = join(folder, 'parent.ts');
  await writeFile(
    script,
    `import { startGuarded } from ${JSON.stringify(module)};
     startGuarded(process.execPath, ['-e', ${JSON.stringify(livingCommand())}]);
     setInterval(() => {}, 1_000);`,
  );
  const parent = spawn(process.execPath, ['--import', require.resolve('tsx'), script], { stdio: 'inherit' });
  const command = await connected();
  const gone = once(command, 'close');
  parent.kill('SIGKILL');
  await gone;
});

it('tells what the command said when it ended by itself', async () => {
  const guarded = startGuarded(process.execPath, ['-e', 'console.error("out of memory"); process.exit(1)']);
  expect(await guarded.ended).toBe('out of memory\n');
  await guarded.stop();
});

it('tells that there is no such command', async () => {
  const guarded = startGuarded(join(folder, 'missing'), []);
  expect(await guarded.ended).toContain('ENOENT');
});
