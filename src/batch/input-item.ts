/** One prompt of an input file. */
export interface InputItem {
  /** Unique in its file. */
  readonly id: string;
  readonly prompt: string;
  /** The most tokens that the reply may have. */
  readonly maxTokens: number;
}

/** An id travels through workflow histories and into the output; this is enough for any name, and not for a text. */
const LONGEST_ID = 512;

/** Other names are not repeated: where a key belongs, a careless line may have its prompt. */
const PLAIN_NAME = /^[A-Za-z_][\w-]{0,31}$/;

/** The item on a line of an input file, or in words what is wrong with the line. A blank line is undefined. */
export function parseItem(line: Buffer): InputItem | string | undefined {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line);
  } catch {
    return 'this is not valid UTF-8';
  }
  if (text.trim() === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message would quote the line.
    return 'this is not valid JSON; each line must be one object like {"id": "1", "prompt": "…", "maxTokens": 100}';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return 'this must be an object with id, prompt and maxTokens';
  }
  const { id, prompt, maxTokens, ...rest } = value as Record<string, unknown>;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) {
    return `the key ${PLAIN_NAME.test(unknown) ? unknown : 'of another name'} is unknown; known are id, prompt, maxTokens`;
  }
  const name = typeof id === 'number' && Number.isSafeInteger(id) ? String(id) : id;
  if (typeof name !== 'string' || name === '') return `id ${missing(id)}must be a non-empty string or an integer`;
  if (name.length > LONGEST_ID) return `id must have at most ${LONGEST_ID} characters`;
  if (typeof prompt !== 'string') return `prompt ${missing(prompt)}must be a string`;
  if (typeof maxTokens !== 'number' || !Number.isSafeInteger(maxTokens) || maxTokens < 1) {
    return `maxTokens ${missing(maxTokens)}must be a positive integer`;
  }
  return { id: name, prompt, maxTokens };
}

function missing(value: unknown): string {
  return value === undefined ? 'is missing; it ' : '';
}
