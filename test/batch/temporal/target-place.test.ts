import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TargetError } from '../../../src/batch/errors/errors';
import { placeOfTarget } from '../../../src/batch/temporal/target-place';

const before = process.env;

afterEach(() => {
  process.env = before;
});

function placeWith(env: Readonly<Record<string, string>>, target: Parameters<typeof placeOfTarget>[0] = {}) {
  process.env = { ...before, ...env };
  return placeOfTarget(target);
}

it('a target is where it says, and otherwise where the environment does; what is empty says nothing', () => {
  const env = { TEMPORAL_ADDRESS: 'temporal:7233', TEMPORAL_NAMESPACE: 'tenant' };
  expect(placeWith(env, { address: 'other:7233' })).toMatchObject({ address: 'other:7233', namespace: 'tenant' });
  expect(placeWith(env, { address: '', namespace: '' })).toMatchObject({
    address: 'temporal:7233',
    namespace: 'tenant',
    options: { address: 'temporal:7233' },
  });
  expect(placeWith({ TEMPORAL_ADDRESS: '' })).toMatchObject({ address: 'localhost:7233', namespace: 'default' });
});

describe('what the environment says wrongly', () => {
  const folder = mkdtempSync(join(tmpdir(), 'limits-'));
  const toml = join(folder, 'bad.toml');
  const pem = join(folder, 'missing.pem');
  writeFileSync(toml, '[profile.default]\napi_key = "secret"\nx = ?\n');

  afterAll(() => rmSync(folder, { recursive: true }));

  it.each<[env: Readonly<Record<string, string>>, message: string]>([
    [{ TEMPORAL_PROFILE: 'nope' }, "Profile 'nope' not found"],
    [{ TEMPORAL_CONFIG_FILE: toml }, `Invalid TOML document: invalid value; correct line 3 of ${toml}`],
    [{ TEMPORAL_CONFIG_FILE: folder }, `EISDIR: illegal operation on a directory, read; correct ${folder}`],
    [{ TEMPORAL_TLS_CLIENT_CERT_PATH: pem }, pem],
  ])('%j is told as the mistake that it is, without what the file holds', (env, message) => {
    const place = () => placeWith(env);
    expect(place).toThrow(TargetError);
    expect(place).toThrow(message);
    expect(place).not.toThrow('secret');
  });
});
