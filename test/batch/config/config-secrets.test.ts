import { inspect } from 'node:util';
import { parseConfig } from '../../../src/batch/config/config';

const SECRET = 'sk-very-secret-value';
const env = { KEY: SECRET };

const text = (overrides: Record<string, string> = {}): string => {
  const at = (key: string, otherwise: string) => overrides[key] ?? otherwise;
  return `
temporal: { address: ${at('address', '"h:7233"')}, namespace: ${at('namespace', 'default')} }
pool: { loadBalancing: ${at('loadBalancing', 'Random')}, failover: ${at('failover', 'true')} }
sets:
  - name: ${at('name', 'a')}
    config: { taskQueue: ${at('taskQueue', 'q')}, baseURL: ${at('baseURL', '"http://h"')}, apiKey: "\${KEY}", model: m }
    limits:
      - { kind: ${at('kind', 'rate')}, key: ${at('key', 'k')}, windowSeconds: 1, capacity: ${at('capacity', '1')}, algorithm: ${at('algorithm', 'GCRA')} }
  - name: ${at('name', 'b')}
    config: { taskQueue: ${at('taskQueue', 'r')}, baseURL: "http://h", apiKey: "\${KEY}", model: m }
    limits: []
`;
};

describe('an API key', () => {
  it('is handed out only to who asks for it by the set’s name', () => {
    const { apiKeys } = parseConfig(text(), 'limits.yaml', { env });
    expect(apiKeys.of('a')).toBe(SECRET);
    expect(() => apiKeys.of('other')).toThrow(RangeError);
  });

  it('shows up neither in JSON, nor in a log, nor in a text, nor in a clone', () => {
    const loaded = parseConfig(text(), 'limits.yaml', { env });
    const { apiKeys } = loaded;
    const everything = [
      JSON.stringify(loaded),
      inspect(loaded, { depth: 9, showHidden: true }),
      String(apiKeys),
      JSON.stringify(structuredClone(apiKeys)),
      JSON.stringify(Object.entries(apiKeys)),
    ];
    for (const shown of everything) expect(shown).not.toContain(SECRET);
  });

  it.each([
    'address',
    'namespace',
    'loadBalancing',
    'failover',
    'name',
    'taskQueue',
    'baseURL',
    'kind',
    'key',
    'capacity',
    'algorithm',
  ])('does not show up in an error when it was put at the wrong place: %s', (place) => {
    const wrong = text({ [place]: '"${KEY}"' });
    const broken = wrong.replace('limits: []', 'limit: []'); // There is an error whatever this place allows.
    let error: unknown;
    try {
      parseConfig(broken, 'limits.yaml', { env, rateKeys: ['input_tokens'] });
    } catch (reason) {
      error = reason;
    }
    expect(error).toMatchObject({ name: 'ConfigError' });
    expect(inspect(error, { depth: 9 }) + JSON.stringify(error)).not.toContain(SECRET);
  });

  it.each([
    ['a mapping', '{ a: "${KEY}" }: 1'],
    ['an alias', 'x: &x { a: "${KEY}" }\n*x : 1'],
  ])('does not show up in a warning of the parser about %s as a key', (_what, entry) => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    expect(() => parseConfig(`${text()}\n${entry}`, 'limits.yaml', { env })).toThrow('a key must be a text');
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });
});
