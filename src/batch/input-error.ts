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
