import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { type ItemResult } from '../../src/workflows/batch/item-result';

/** A batch in a folder of its own, run as a user runs it: by the command, in processes of its own. */
export interface BatchFiles {
  readonly config: string;
  readonly input: string;
  readonly output: string;
}

/** A command that has ended. */
interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Folders of batches so far. */
const folders: string[] = [];

/** Processes of batches in the background so far. */
const inBackground: number[] = [];

const ROOT = join(__dirname, '../..');

/** Writes the files of a batch. */
export async function batchFiles(config: object | string, input: readonly object[] | string): Promise<BatchFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'temporal-limits-test-'));
  folders.push(folder);
  const files = {
    config: join(folder, 'limits.yaml'),
    input: join(folder, 'in.jsonl'),
    output: join(folder, 'out.jsonl'),
  };
  await writeFile(files.config, typeof config === 'string' ? config : stringify(config));
  await writeFile(
    files.input,
    typeof input === 'string' ? input : input.map((item) => `${JSON.stringify(item)}\n`).join(''),
  );
  return files;
}

/** Ends batches that still run in the background, and removes the files of every batch. */
export async function removeBatchFiles(): Promise<void> {
  for (const pid of inBackground.splice(0)) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
}

/** How Node runs the command from its source, without a build. */
const FROM_SOURCE = ['--import', 'tsx', 'src/batch/cli/cli.ts'];

/** Starts a batch, by default from the command's source. */
export function startBatch(
  files: BatchFiles,
  options: readonly string[],
  env: NodeJS.ProcessEnv,
  program = FROM_SOURCE,
): RunningCommand {
  const args = (['config', 'input', 'output'] as const).flatMap((name) => [`--${name}`, files[name]]);
  // what the batch registers of itself goes with its files
  return startCommand(['batch', ...args, ...options], { XDG_STATE_HOME: dirname(files.output), ...env }, program);
}

/** A batch that runs in the background. */
export interface BackgroundBatch {
  readonly id: string;
  /** Of its process. */
  readonly pid: number;
  /** What the command said that started it. */
  readonly started: Ended;
}

/** Starts a batch in the background; fails if it does not start. */
export async function startInBackground(
  files: BatchFiles,
  options: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<BackgroundBatch> {
  const started = await startBatch(files, ['--detach', ...options], env).ended;
  const said = /batch (\S+) runs in the background \(process (\d+)\)/.exec(started.stdout);
  if (said === null) throw new Error(`The batch did not start:\n${started.stdout}${started.stderr}`);
  const [, id, pid] = said;
  inBackground.push(Number(pid));
  return { id: id!, pid: Number(pid), started };
}

/** Asks or tells something of a batch that runs, such as its status. */
export function controlBatch(files: BatchFiles, ...args: readonly string[]): Promise<Ended> {
  return startCommand(['batch', ...args], { XDG_STATE_HOME: dirname(files.output), TEMPORAL_ADDRESS: '' }).ended;
}

/** Runs another command than a batch to its end. */
export function runCommand(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  return startCommand(args, env).ended;
}

/** Starts a command, by default from its source. */
export function startCommand(args: readonly string[], env: NodeJS.ProcessEnv, program = FROM_SOURCE): RunningCommand {
  const command = spawn(process.execPath, [...program, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  command.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  command.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve) => {
    command.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { process: command, ended };
}

/** The lines of an output file; none if there is no file. */
export async function readResults(file: string): Promise<ItemResult[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ItemResult);
}

/** The ids of items or of results, sorted. */
export function idsOf(list: readonly { readonly id: string }[]): string[] {
  return list.map(({ id }) => id).sort();
}

/** Resolves when the output has so many lines. */
export async function untilLines(file: string, count: number): Promise<void> {
  for (;;) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (text.split('\n').length > count) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The worker processes of a batch command that runs. */
export async function workersOf({ process: { pid } }: RunningCommand): Promise<number[]> {
  const isWorker = ({ parent, command }: Process) => parent === pid && command.includes('worker-process');
  return (await allProcesses()).filter(isWorker).map((child) => child.pid);
}

/** Every process that a command has started, and those that they have started: its workers and its Temporal server. */
export async function descendantsOf({ process: { pid } }: RunningCommand, ofCommand = /./): Promise<number[]> {
  const all = await allProcesses();
  const below = (parent: number): Process[] =>
    all.filter((process) => process.parent === parent).flatMap((child) => [child, ...below(child.pid)]);
  return below(pid ?? 0).flatMap((process) => (ofCommand.test(process.command) ? process.pid : []));
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

async function allProcesses(): Promise<Process[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,args=']);
  return stdout.split('\n').map((row) => {
    const [pid, parent, ...command] = row.trim().split(/\s+/);
    return { pid: Number(pid), parent: Number(parent), command: command.join(' ') };
  });
}

/** Whether a process of this id runs. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** How a text looks in base64, whichever of three bytes it begins at: the whole groups of four in the middle of it. */
export function base64Forms(text: string): string[] {
  return ['', ' ', '  '].map((shift) => Buffer.from(`${shift}${text}`).toString('base64').slice(4, -4));
}
