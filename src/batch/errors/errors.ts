/** What a command was told cannot be done as things are: its options, or what they name. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What a command works on, such as a Temporal server, cannot be used as it is set up. */
export class TargetError extends Error {
  override readonly name = 'TargetError';
}

/** One line of an input file that is no item. */
export interface InputProblem {
  /** Line in the file, from 1; 0 for the file as a whole. */
  readonly line: number;
  /** What is wrong and what would be right. Never holds anything of a prompt. */
  readonly message: string;
}

/** An input file that cannot be used: the first bad lines, each as `file:line: what is wrong`, and how many more. */
export class InputError extends Error {
  override readonly name = 'InputError';

  constructor(
    readonly file: string,
    readonly problems: readonly InputProblem[],
    /** Bad lines beyond those in `problems`. */
    readonly more = 0,
  ) {
    const lines = problems.map(({ line, message }) => `${file}${line > 0 ? `:${line}` : ''}: ${message}`);
    if (more > 0) lines.push(`${file}: and ${more} more bad ${more === 1 ? 'line' : 'lines'}`);
    super(lines.join('\n'));
  }
}

const HINT = ': free space on its disk, then run the same command again';
const HINTS: Readonly<Record<string, string>> = { ENOSPC: HINT, EDQUOT: HINT };

/** An output file that cannot be written to. */
export class OutputError extends Error {
  override readonly name = 'OutputError';

  constructor(
    readonly file: string,
    /** `exists` if it is there already, otherwise the operating system's code, such as `ENOENT`. */
    readonly code: string,
  ) {
    super(
      code === 'exists'
        ? `${file} exists, from an earlier or running batch; name another output file, or pass --resume to continue it, ` +
            '--retry-failed to try its failed items again, or --force to replace it'
        : `${file} cannot be written (${code})${HINTS[code] ?? ''}`,
    );
  }
}

/** One thing that is wrong in a config file. */
export interface ConfigProblem {
  /** Line in the file, from 1. */
  readonly line: number;
  /** Column in the line, from 1. */
  readonly column: number;
  /** Where in the config, for example `sets[0].limits[2].capacity`; empty for the whole file. */
  readonly path: string;
  /** What is wrong and what would be right. Never holds a value that came from the environment. */
  readonly message: string;
}

/** A config file that cannot be used, with every problem in it, each as `file:line:column key: what is wrong`. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(
    readonly file: string,
    readonly problems: readonly ConfigProblem[],
  ) {
    super(problems.map((problem) => describe(file, problem)).join('\n'));
  }
}

function describe(file: string, { line, column, path, message }: ConfigProblem): string {
  return `${file}:${line}:${column} ${path === '' ? '' : `${path}: `}${message}`;
}
