import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type DataConverter } from '@temporalio/common';
import { type z } from 'zod';
import { type LimitJSON } from '../../limiter/definition/limits';
import { nearest } from '../../limiter/checks/nearest';
import { ApiKeys } from './api-keys';
import { loadDataConverterModule } from './data-converter-module';
import { findClashes } from './config-clashes';
import { isTooDeep, findSyntaxProblems } from './config-syntax';
import { ConfigError, type ConfigProblem } from '../errors/errors';
import { configSchema, type JsonValue, type RawConfig } from './config-schema';
import { ConfigSource, valueAt } from './config-source';
import { TOKEN_UNITS } from '../../workflows/batch/item-result';
import { type Environment, substitute } from './substitute';

/** The public part of a set's config: everything but the key. Plain data, safe to send anywhere. */
export interface PublicSetConfig {
  readonly taskQueue: string;
  /** The provider's base URL, for example `https://api.example.com/v1`. */
  readonly baseURL: string;
  readonly model: string;
  /** How long a call may take until its answer is whole. @default 600 */
  readonly timeoutSeconds?: number;
  readonly [extra: string]: JsonValue;
}

/** One limit set of the config file. */
export interface BatchSet {
  readonly name: string;
  /** Decides which definition wins when a different one is running. */
  readonly version?: number;
  /** How many requests may wait in one worker process. */
  readonly maxWaiting?: number;
  readonly config: PublicSetConfig;
  readonly limits: readonly LimitJSON[];
}

/** Units that items use besides tokens, by name. */
export type OtherUnits = NonNullable<RawConfig['units']>;

/** A checked config file as plain data. It holds no key. */
export interface BatchConfig {
  readonly temporal?: { readonly address: string; readonly namespace: string };
  /** Path of the module with the data converter, as it stands in the file. */
  readonly dataConverter?: string;
  readonly pool: RawConfig['pool'] & {};
  /** Units besides the tokens: what an item requests that does not say, and where the reply tells what was used. */
  readonly units?: OtherUnits;
  readonly sets: readonly BatchSet[];
}

export interface LoadedConfig {
  readonly config: BatchConfig;
  /** The key of each set, which stays in this process. */
  readonly apiKeys: ApiKeys;
  /** How payloads are written. @default as plain JSON */
  readonly dataConverter?: DataConverter;
}

export interface ConfigOptions {
  /** Where `${VAR}` is looked up. @default process.env */
  readonly env?: Environment;
  /** The only units that a rate limit may count besides the config's own, if the caller requests no others. @default any */
  readonly rateKeys?: readonly string[];
}

/**
 * Reads and checks a limits.yaml.
 *
 * @throws {ConfigError} with every problem in it
 */
export async function loadConfig(file: string, options: ConfigOptions = {}): Promise<LoadedConfig> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    const { code = 'unreadable' } = error as NodeJS.ErrnoException;
    throw new ConfigError(file, [{ line: 1, column: 1, path: '', message: `the file cannot be read (${code})` }]);
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ConfigError(file, [{ line: 1, column: 1, path: '', message: 'the file is not valid UTF-8' }]);
  }
  const loaded = parseConfig(text, file, options);
  const { dataConverter: path } = loaded.config;
  if (path === undefined) return loaded;
  const dataConverter = await loadDataConverterModule(resolve(dirname(file), path)).catch((error: unknown) => {
    const message = `it must be ${(error as Error).message}`;
    throw new ConfigError(file, [new ConfigSource(text).problemAt(['dataConverter'], message)]);
  });
  return { ...loaded, dataConverter };
}

/**
 * Checks the text of a limits.yaml; `file` is only its name in errors.
 *
 * @throws {ConfigError} with every problem in it
 */
export function parseConfig(
  text: string,
  file: string,
  { env = process.env, rateKeys }: ConfigOptions = {},
): LoadedConfig {
  if (isTooDeep(text)) {
    throw new ConfigError(file, [
      { line: 1, column: 1, path: '', message: 'lists and mappings are nested too deeply' },
    ]);
  }
  const source = new ConfigSource(text);
  const syntax = findSyntaxProblems(source);
  if (syntax.length > 0) throw failure(file, syntax);
  const unset = substitute(source, env);
  const raw = toPlainData(source, file, unset);
  const clashes = findClashes(raw, source, rateKeys);
  const parsed = configSchema.safeParse(raw);
  const invalid = parsed.error?.issues.flatMap((issue) => explain(issue, raw, source)) ?? [];
  const problems = [...unset, ...invalid, ...clashes];
  if (!parsed.success || problems.length > 0) throw failure(file, problems);
  return separateKeys(parsed.data);
}

function toPlainData(source: ConfigSource, file: string, found: readonly ConfigProblem[]): unknown {
  try {
    return source.document.toJS();
  } catch {
    const tooMuch = source.problemAt([], 'the aliases (*name) expand to too much');
    throw failure(file, found.length > 0 ? found : [tooMuch]);
  }
}

/** In the order of the file; each place is reported once, by the first check that finds it. */
function failure(file: string, problems: readonly ConfigProblem[]): ConfigError {
  const first = new Map<string, ConfigProblem>();
  for (const problem of problems) {
    const place = `${problem.line}:${problem.column} ${problem.path}`;
    if (!first.has(place)) first.set(place, problem);
  }
  return new ConfigError(
    file,
    [...first.values()].sort((a, b) => a.line - b.line || a.column - b.column),
  );
}

function explain(issue: z.core.$ZodIssue, raw: unknown, source: ConfigSource): ConfigProblem[] {
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.message.split(', ');
    return issue.keys.map((key) => source.problemAt([...issue.path, key], unknownKey(key, keys), 'key'));
  }
  const missing = valueAt(raw, issue.path) === undefined ? 'is missing; ' : '';
  const isText = issue.code === 'invalid_type' && source.hasVariable(issue.path);
  const text = isText ? '; a variable is always a text, so write the value itself here' : '';
  return [source.problemAt(issue.path, `${missing}it must be ${issue.message}${text}`)];
}

function unknownKey(key: string, allowed: readonly string[]): string {
  const suggestion = nearest(key, allowed);
  return `this key is unknown; ${suggestion === undefined ? '' : `did you mean ${suggestion}? `}known are ${allowed.join(', ')}`;
}

function separateKeys({ temporal, dataConverter, pool = {}, units, sets }: RawConfig): LoadedConfig {
  const apiKeys = new ApiKeys(sets.map(({ name, config }) => [name, config.apiKey]));
  const publicSets = sets.map(({ name, version, maxWaiting, config: { apiKey: _apiKey, ...config }, limits }) => ({
    name,
    ...(version !== undefined && { version }),
    ...(maxWaiting !== undefined && { maxWaiting }),
    config,
    limits,
  }));
  const config = {
    ...(temporal !== undefined && { temporal }),
    ...(dataConverter !== undefined && { dataConverter }),
    pool,
    ...(units !== undefined && { units }),
    sets: publicSets,
  };
  return { config, apiKeys };
}

/** {@link loadConfig}, for items, which request tokens and the config's units: nothing else would ever be requested. */
export function loadBatchConfig(file: string): Promise<LoadedConfig> {
  return loadConfig(file, { rateKeys: TOKEN_UNITS });
}
