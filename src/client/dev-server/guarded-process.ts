import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';

/** How long a process may take to end by itself before it is killed. */
const GRACE_MS = 5_000;

/** How much of the error stream is kept: enough for the reason, which comes last, with the stack trace that may follow it. */
const OUTPUT_LENGTH = 40_000;

/**
 * The guard: a small process between this one and the guarded command. It ends the command when its standard input
 * closes, which the operating system sees to however this process ends: returns, throws, or is killed with `kill -9`.
 */
const GUARD = `
  const [command, ...args] = process.argv.slice(1);
  const child = require('node:child_process').spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  child.on('error', (error) => { console.error(error.message); process.exit(1); });
  child.on('exit', (code) => process.exit(code ?? 1));
  process.stdin.resume().on('close', () => {
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), ${GRACE_MS});
  });
`;

/** A command that cannot outlive this process, and that a Ctrl-C in this process's terminal does not reach. */
export interface GuardedProcess {
  /** Resolves once the command has ended, with the end of its error output. */
  readonly ended: Promise<string>;
  /** Ends the command and waits for it. Doing so twice is harmless. */
  stop(): Promise<void>;
}

/**
 * Starts a command in a process group of its own. A Ctrl-C goes to the whole group of the terminal: a server in it
 * would be gone before the workers that drain into it have finished.
 */
export function startGuarded(command: string, args: readonly string[]): GuardedProcess {
  const guard = spawn(process.execPath, ['-e', GUARD, command, ...args], {
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  let output = '';
  guard.stderr.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-OUTPUT_LENGTH);
  });
  const ended = new Promise<string>((resolve) => {
    guard.once('error', (error) => {
      resolve(error.message);
    });
    guard.once('close', () => {
      resolve(output);
    });
  });
  guard.stdin.on('error', ignoreGuardAlreadyGone);
  setReferenced(guard, false);

  return {
    ended,
    async stop() {
      setReferenced(guard, true);
      guard.stdin.end();
      await ended;
    },
  };
}

/** A server that was not stopped must not keep a finished program alive; one that is being stopped must. */
function setReferenced(guard: ChildProcess, referenced: boolean): void {
  const act = referenced ? 'ref' : 'unref';
  guard[act]();
  (guard.stdin as Socket)[act]();
  (guard.stderr as Socket)[act]();
}

function ignoreGuardAlreadyGone(): void {
  // The write end reports EPIPE when the command ended by itself; `ended` tells that already.
}
