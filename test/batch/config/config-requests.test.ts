import { parseConfig } from '../../../src/batch/config/config';

const load = (fields: { address?: string; baseURL?: string; apiKey?: string }) =>
  parseConfig(
    `sets:
  - name: a
    config: { taskQueue: q, baseURL: '${fields.baseURL ?? 'https://h/v1'}', apiKey: '\${KEY}', model: m }
    limits: []
temporal: { address: '${fields.address ?? '127.0.0.1:7233'}' }
`,
    'limits.yaml',
    { env: { KEY: fields.apiKey ?? 'sk-1' } },
  );

/** Such a request throws when it is made, so what is accepted here must not. */
const header = (key: string) => new Headers({ authorization: `Bearer ${key}` }).get('authorization');

describe('an API key', () => {
  it.each(['sk-proj_0.1/2+3=', ' sk-1', 'sk-1\r\n', 'schlüssel', 'two words'])('may be %j', (apiKey) => {
    expect(load({ apiKey }).apiKeys.of('a')).toBe(apiKey);
    expect(header(apiKey)).toContain(apiKey.trim());
  });

  it.each(['sk-first\nsk-second', '\nsk-first', 'sk-“quoted”', 'sk-\u0000', 'sk-\u0001', '\ufeffsk-first', '  '])(
    'that no request can carry is refused at the start, and not shown: %j',
    (apiKey) => {
      expect(() => load({ apiKey })).toThrow(
        /^limits\.yaml:3:62 sets\[0\]\.config\.apiKey: it must be a key that an HTTP header can have: one line of ASCII or Latin-1 characters$/,
      );
    },
  );
});

describe('the URL of a provider', () => {
  it.each(['http://h', 'https://h:8443/v1/', 'https://[::1]/v1'])('may be %s', (baseURL) => {
    expect(load({ baseURL }).config.sets[0]?.config.baseURL).toBe(baseURL);
  });

  it.each(['https://h/v1?version=2', 'https://h/v1?', 'https://h/v1#chat', 'https://h:99999/v1', 'https://u:p@h/v1'])(
    'to which no path can be added is refused: %s',
    (baseURL) => {
      expect(() => load({ baseURL })).toThrow(
        'limits.yaml:3:38 sets[0].config.baseURL: it must be an http or https URL',
      );
    },
  );
});

describe('the address of Temporal', () => {
  it.each(['temporal:7233', '[::1]:7233', 'h:65535'])('may be %s', (address) => {
    expect(load({ address }).config.temporal).toMatchObject({ address });
  });

  it.each(['localhost', 'http://h:7233', 'h:x', 'h:99999', 'h:0', ''])('is refused without a port: %j', (address) => {
    expect(() => load({ address })).toThrow('limits.yaml:5:22 temporal.address: it must be host:port');
  });
});
