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
