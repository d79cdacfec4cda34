import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../../src/batch/config/config';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'temporal-limits-test-'));
});

afterEach(() => rm(folder, { recursive: true }));

/** Loads a limits.yaml that names this module, with this text if it is to exist. */
async function load(module: string, text?: string) {
  const file = join(folder, 'limits.yaml');
  const config = '{ taskQueue: q, baseURL: "http://localhost", apiKey: key, model: m }';
  await writeFile(file, `dataConverter: ${module}\nsets:\n  - { name: a, config: ${config}, limits: [] }\n`);
  if (text !== undefined) await writeFile(join(folder, module), text);
  return loadConfig(file);
}

const CODEC = '{ encode: async (payloads) => payloads, decode: async (payloads) => payloads }';

it('the module is found beside the config file and loaded', async () => {
  const { config, dataConverter } = await load('own.cjs', `exports.dataConverter = { payloadCodecs: [${CODEC}] };`);
  expect(config.dataConverter).toBe('own.cjs');
  expect(dataConverter?.payloadCodecs).toHaveLength(1);
});

it.each([
  ['is not there', 'missing.cjs', undefined, /there is no file .*missing\.cjs/],
  ['cannot be loaded', 'broken.cjs', 'throw new Error("no key");', /it cannot be loaded: no key/],
  ['exports something else', 'other.cjs', 'exports.codec = {};', /its export is missing/],
  ['has a codec that is none', 'half.cjs', 'exports.dataConverter = { payloadCodecs: [{}] };', /its export is missing/],
  ['has an option unknown here', 'odd.cjs', 'exports.dataConverter = { codecs: [] };', /has other options/],
])('one that %s is refused with its place in the file', async (_, module, text, reason) => {
  const error = await load(module, text).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: 'ConfigError', message: expect.stringMatching(reason) as unknown });
  expect((error as Error).message).toMatch(/:1:\d+.*dataConverter/);
});
