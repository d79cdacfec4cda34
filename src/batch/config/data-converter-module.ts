import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type DataConverter } from '@temporalio/common';

/**
 * Loads the data converter of a limits.yaml: the export `dataConverter` of a module, as workers and clients of the Temporal
 * SDK take it.
 *
 * @throws {Error} that completes the sentence "it must be …" and says why the module is not what it must be
 */
export async function loadDataConverterModule(file: string): Promise<DataConverter> {
  const module = resolve(file);
  const isFile = await stat(module).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!isFile) throw new Error(`${WANTED}; there is no file ${module}`);
  const loaded: unknown = await import(pathToFileURL(module).href).catch((error: unknown) => {
    throw new Error(`${WANTED}; it cannot be loaded: ${error instanceof Error ? error.message : String(error)}`);
  });
  const exported = exportedFrom(loaded);
  if (!isDataConverter(exported)) {
    throw new Error(
      `${WANTED}; its export is missing, or has other options than payloadConverterPath and payloadCodecs`,
    );
  }
  return exported;
}

const WANTED = 'the path of a module that exports `dataConverter`, with payloadConverterPath or payloadCodecs';

/** A CommonJS module has its exports on `default`, too. */
function exportedFrom(loaded: unknown): unknown {
  const { dataConverter, default: whole } = loaded as {
    dataConverter?: unknown;
    default?: { dataConverter?: unknown };
  };
  return dataConverter ?? whole?.dataConverter;
}

const TEXTS = ['payloadConverterPath', 'failureConverterPath'];

function isDataConverter(value: unknown): value is DataConverter {
  if (typeof value !== 'object' || value === null) return false;
  const { payloadCodecs = [], ...paths } = value as Readonly<Record<string, unknown>>;
  return (
    Array.isArray(payloadCodecs) &&
    payloadCodecs.every(isCodec) &&
    Object.entries(paths).every(([name, path]) => TEXTS.includes(name) && typeof path === 'string')
  );
}

function isCodec(value: unknown): boolean {
  const { encode, decode } = (value ?? {}) as { readonly encode?: unknown; readonly decode?: unknown };
  return typeof encode === 'function' && typeof decode === 'function';
}
