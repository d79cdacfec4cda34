import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { DevServer } from '../../src/client/dev-server/dev-server';
import type { Task } from './child';

const running = new Set<ChildProcess>();

/** A server, and where on it. */
type Place = Pick<DevServer, 'address' | 'namespace'>;

/** Starts a process that does this. */
export function startChild({ address, namespace }: Place, task: Partial<Task> & Pick<Task, 'role'>): ChildProcess {
  const child = fork(require.resolve('./child'), [JSON.stringify(task)], {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace },
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** The next message of a child; fails if it ends without one. */
export async function heard<T>(child: ChildProcess): Promise<T> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the child ended with ${String(code)}`);
  });
  const [message] = (await Promise.race([once(child, 'message'), ended])) as [T];
  return message;
}

/** Ends those that still run, without giving them a chance to tidy up. */
export async function killChildren(): Promise<void> {
  await Promise.all(
    [...running].map(async (child) => {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }),
  );
}
