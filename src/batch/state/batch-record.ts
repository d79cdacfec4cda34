import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describeValue } from '../../limiter/errors/describe-value';
import { isPlainObject } from '../../limiter/checks/options';
import { type BatchConfig, type BatchSet } from '../config/config';
import { type TemporalTarget } from '../temporal/temporal-target';
import { UsageError } from '../errors/errors';

/** The input file of a batch, so that it is known again. */
export interface RecordedInput {
  readonly file: string;
  readonly items: number;
  /** SHA-256 of its content, in hex. */
  readonly digest: string;
}

/** What a batch is made of. While it runs, only limits may change, under a higher version. It holds no key. */
export interface BatchContent {
  readonly input: RecordedInput;
  readonly sets: readonly Pick<BatchSet, 'name' | 'version' | 'limits'>[];
  readonly pool: BatchConfig['pool'];
  readonly models: readonly string[];
  readonly taskQueues: readonly string[];
  /** The module with the data converter: a command that continues the batch, or shows its status, needs it. */
  readonly dataConverter?: string;
}

/** Goes up with each change that a release of before would misunderstand. */
export const RECORD_FORMAT = 1;

/** A batch that is not through, as it stands beside its output. */
export interface BatchRecord extends BatchContent {
  readonly format: typeof RECORD_FORMAT;
  readonly id: string;
  readonly partitions: number;
  readonly startedAt: number;
  /** Where its Temporal is. The port of a server of its own is kept for the next one. */
  readonly target: TemporalTarget & { readonly isOwn: boolean };
}

export async function contentOf(
  config: BatchConfig,
  configFile: string,
  input: Omit<RecordedInput, 'digest'>,
): Promise<BatchContent> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(input.file) as AsyncIterable<Buffer>) hash.update(chunk);
  const { sets, pool, dataConverter } = config;
  return {
    input: { ...input, digest: hash.digest('hex') },
    sets: sets.map(({ name, version, limits }) => ({ name, ...(version !== undefined && { version }), limits })),
    pool,
    models: sets.map((set) => set.config.model),
    taskQueues: sets.map((set) => set.config.taskQueue),
    ...(dataConverter !== undefined && { dataConverter: resolve(dirname(configFile), dataConverter) }),
  };
}

/** What stands in such a file, perhaps. */
type Written = Partial<Record<keyof BatchRecord, unknown>>;

/**
 * The batch that a file describes. One that is half understood would have items done twice.
 *
 * @throws {UsageError} if the file is damaged, or of a release that writes it otherwise
 */
export function parseRecord(text: string, file: string): BatchRecord {
  const otherwise = `or remove ${dirname(file)} and pass --resume to continue from the results alone`;
  const damaged = new UsageError(`${file} is damaged: restore it, ${otherwise}`);
  let record: Written | null;
  try {
    record = JSON.parse(text) as typeof record;
  } catch {
    throw damaged;
  }
  if (record?.format === RECORD_FORMAT) {
    if (isWhole(record)) return record as unknown as BatchRecord;
    throw damaged;
  }
  throw new UsageError(
    `${file} has format ${describeValue(record?.format)}, but this release knows format ${RECORD_FORMAT}: ` +
      `use the release that wrote it, ${otherwise}`,
  );
}

/** Whether all that the command goes by is there: the file is JSON, and people mend JSON by hand. */
function isWhole({ id, input, sets, models, taskQueues, partitions, target, pool }: Written): boolean {
  const lists = [sets, models, taskQueues];
  return (
    typeof id === 'string' &&
    Number.isSafeInteger(partitions) &&
    [input, pool, target].every(isPlainObject) &&
    lists.every(Array.isArray) &&
    (sets as unknown[]).every(isPlainObject)
  );
}

/**
 * Compares a batch with what is asked for now.
 *
 * @throws {UsageError} that says what differs
 */
export function refuseOtherBatch(record: BatchRecord, now: BatchContent, output: string): void {
  const differences = [...inputDifferences(record.input, now.input), ...configDifferences(record, now)];
  if (differences.length === 0) return;
  throw new UsageError(
    `${output} belongs to batch ${record.id}, which is not finished, and ${differences.join('; ')}: ` +
      'repeat it unchanged, name another output, or pass --force to start over',
  );
}

function inputDifferences(then: RecordedInput, now: RecordedInput): string[] {
  if (then.digest !== now.digest) {
    return [`its input has changed (${then.items} items then, ${now.items} now; the content differs)`];
  }
  return then.file === now.file ? [] : [`its input is ${then.file}, not ${now.file}`];
}

function configDifferences(then: BatchContent, now: BatchContent): string[] {
  const names = ({ sets }: BatchContent): string => sets.map(({ name }) => name).join(', ');
  if (names(then) !== names(now)) return [`its sets are ${names(then)}, not ${names(now)}`];
  const parts: readonly [string, (content: BatchContent) => unknown][] = [
    ['the models', ({ models }) => models],
    ['the task queues', ({ taskQueues }) => taskQueues],
    ['the pool', ({ pool }) => pool],
    ['the data converter', ({ dataConverter }) => dataConverter],
  ];
  const isSame = (one: unknown, other: unknown): boolean => isDeepStrictEqual(plain(one), plain(other));
  const differing = parts
    .filter(([, part]) => !isSame(part(then), part(now)))
    .map(([name]) => `${name} in the config differ${name === 'the pool' || name === 'the data converter' ? 's' : ''}`);
  const limits = now.sets.flatMap((set, i) => {
    const before = then.sets[i];
    const [old, next] = [before?.version ?? FIRST_VERSION, set.version ?? FIRST_VERSION];
    if (next > old || (next === old && isSame(before?.limits, set.limits))) return [];
    return [
      `the limits of set ${JSON.stringify(set.name)} in the config differ, under version ${next} after ${old} ` +
        '(a higher version is adopted)',
    ];
  });
  return [...limits, ...differing];
}

/** Of limits whose version the config does not give. */
const FIRST_VERSION = 1;

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null)) as unknown;
}
