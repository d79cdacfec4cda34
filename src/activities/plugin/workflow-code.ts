import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, type BundleOptions } from '@temporalio/worker';
import { writeFileAtomically } from '../../client/files/atomic-write';
import { cacheFolder } from '../../client/files/user-folders';
import type { DataConverter } from './data-converter';

const ENTRY = require.resolve('../../workflows/index');
/** What the workflow code is made of: the realms that it may import from, beside the SDK. */
const REALMS = ['limiter', 'acquire', 'workflows'].map((realm) => join(dirname(ENTRY), '..', realm));
const SDK = ['@temporalio/worker', '@temporalio/workflow', '@temporalio/common'].map((name) =>
  require.resolve(`${name}/package.json`),
);
/** Of the package: from there on, a bundle says where its parts come from. */
const ROOT = join(__dirname, '../../..');
/** Beside the compiled code; there is none beside the source. */
const SHIPPED = join(ROOT, 'workflow-code');

let plain: Promise<{ readonly code: string }> | undefined;

/**
 * The workflow code of limiters and batches, bundled. That takes seconds, so the package has it for the version of the SDK
 * with which it was built; for another version it is done once, and kept in the user's cache folder. A bundle with
 * converters of the user's is never kept: what those import is not known.
 */
export function workflowCode(dataConverter: DataConverter = {}): Promise<{ readonly code: string }> {
  const { payloadConverterPath, failureConverterPath } = dataConverter;
  if (payloadConverterPath !== undefined || failureConverterPath !== undefined) {
    return bundle({
      ...(payloadConverterPath !== undefined && { payloadConverterPath }),
      ...(failureConverterPath !== undefined && { failureConverterPath }),
    });
  }
  plain ??= shippedCode(SHIPPED).then((code) => code ?? keptCode(join(cacheFolder(process.env), 'workflow-code')));
  // one that failed is tried again by the next worker
  plain.catch(() => (plain = undefined));
  return plain;
}

/** Puts the bundle for this SDK into a folder, for others to have it there. */
export async function shipCode(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, await shippedName()), (await bundle({})).code);
}

/** The bundle that was shipped in this folder, if there is one for this SDK. */
export async function shippedCode(folder: string): Promise<{ readonly code: string } | undefined> {
  const code = await readFile(join(folder, await shippedName()), 'utf8').catch(() => undefined);
  return code === undefined ? undefined : { code };
}

async function shippedName(): Promise<string> {
  const versions = SDK.map(async (file) => (JSON.parse(await readFile(file, 'utf8')) as { version: string }).version);
  return `${[...new Set(await Promise.all(versions))].join('+')}.js`;
}

/** The bundle in this folder, put there first if need be. A folder that cannot be used is as good as an empty one. */
export async function keptCode(folder: string): Promise<{ readonly code: string }> {
  const file = join(folder, `${await fingerprint()}.js`);
  const kept = await readFile(file, 'utf8').catch(() => '');
  if (kept !== '') return { code: kept };
  const made = await bundle({});
  await mkdir(folder, { recursive: true, mode: 0o700 })
    .then(() => writeFileAtomically(file, made.code))
    .catch(() => undefined);
  return made;
}

type Converters = Pick<DataConverter, 'payloadConverterPath' | 'failureConverterPath'>;

function bundle(converters: Converters): Promise<{ readonly code: string }> {
  return bundleWorkflowCode({
    workflowsPath: ENTRY,
    logger: new DefaultLogger('ERROR'),
    // less than half the size, and nothing in it of the machine that made it
    webpackConfigHook: (config) => ({
      ...config,
      module: { ...config.module, rules: config.module?.rules?.map(withoutHelpers) ?? [] },
      context: ROOT,
      devtool: 'inline-nosources-cheap-module-source-map',
      output: { ...config.output, devtoolModuleFilenameTemplate: sourceName },
    }),
    ...converters,
  });
}

type Rule = NonNullable<
  NonNullable<Parameters<NonNullable<BundleOptions['webpackConfigHook']>>[0]['module']>['rules']
>[number];

/** The SDK compiles TypeScript for ES2017, with helpers for private fields: replays of a limiter take 15 % less without. */
function withoutHelpers(rule: Rule): Rule {
  if (typeof rule !== 'object' || typeof rule?.use !== 'object' || Array.isArray(rule.use)) return rule;
  const { options } = rule.use as { readonly options?: { readonly jsc?: object } };
  if (options?.jsc === undefined) return rule;
  return { ...rule, use: { ...rule.use, options: { ...options, jsc: { ...options.jsc, target: 'es2022' } } } };
}

function sourceName({ resourcePath }: { readonly resourcePath: string }): string {
  return resourcePath.replace(ROOT, '.');
}

/** Differs when anything does that the bundle is made of. */
async function fingerprint(): Promise<string> {
  const hash = createHash('sha256');
  const files = [__filename, ...SDK, ...(await ownFiles())];
  for (const file of files) hash.update(file).update(await readFile(file));
  return hash.digest('hex');
}

async function ownFiles(): Promise<string[]> {
  const inRealm = async (folder: string): Promise<string[]> => {
    const names = await readdir(folder, { recursive: true });
    return names.filter((name) => /(?<!\.d)\.[jt]s$/.test(name)).map((name) => join(folder, name));
  };
  return (await Promise.all(REALMS.map(inRealm))).flat().toSorted();
}
