import { loadConfig, parseConfig, type ConfigOptions } from '../../../src/batch/config/config';
import { type ConfigError } from '../../../src/batch/errors/errors';

const SECRET = 'sk-very-secret-value';
const env = {
  US_EAST_KEY: SECRET,
  EMPTY: '',
  NESTED: '${US_EAST_KEY}',
  BAD_URL: 'ftp://user:sk-very-secret-value@host',
};

const GOOD = `
temporal: { address: "127.0.0.1:7233", namespace: default }
pool: { loadBalancing: RoundRobin, failover: true }
sets:
  - name: us-east
    config: { taskQueue: llm-us-east, baseURL: "https://host/v1", apiKey: "\${US_EAST_KEY}", model: "gpt-4o", region: us }
    limits:
      - { kind: call, windowSeconds: 60, capacity: 500, algorithm: GCRA }
      - { kind: rate, key: input_tokens, windowSeconds: 60, capacity: 100000 }
      - { kind: rate, key: output_tokens, windowSeconds: 60, capacity: 20000, overage: charge }
      - { kind: resource, key: connections, capacity: 20 }
`;

const load = (text: string, options: ConfigOptions = { env }) => parseConfig(text, 'limits.yaml', options);

function problems(text: string, options?: ConfigOptions): string[] {
  try {
    load(text, options);
  } catch (error) {
    expect(error).toMatchObject({ name: 'ConfigError', file: 'limits.yaml' });
    const { message, problems } = error as ConfigError;
    expect(message).not.toContain(SECRET);
    expect(message.split('\n')).toHaveLength(problems.length);
    return message.split('\n');
  }
  return [];
}

/** A config of one set, with one line of it replaced. */
const set = (config: string, limits = '[]') => `sets:\n  - name: a\n    config: ${config}\n    limits: ${limits}\n`;
const CONFIG = '{ taskQueue: q, baseURL: "http://h/v1", apiKey: k, model: m }';
const limit = (text: string) => set(CONFIG, `[${text}]`);

describe('a config file', () => {
  it('becomes plain data, with defaults filled in and variables replaced', () => {
    const { config } = load(GOOD);
    expect(config).toEqual({
      temporal: { address: '127.0.0.1:7233', namespace: 'default' },
      pool: { loadBalancing: 'RoundRobin', failover: true },
      sets: [
        {
          name: 'us-east',
          config: { taskQueue: 'llm-us-east', baseURL: 'https://host/v1', model: 'gpt-4o', region: 'us' },
          limits: [
            { kind: 'call', key: 'call_count', windowSeconds: 60, capacity: 500, algorithm: 'GCRA' },
            { kind: 'rate', key: 'input_tokens', windowSeconds: 60, capacity: 100000, algorithm: 'SlidingWindow' },
            {
              kind: 'rate',
              key: 'output_tokens',
              windowSeconds: 60,
              capacity: 20000,
              algorithm: 'SlidingWindow',
              overage: 'charge',
            },
            { kind: 'resource', key: 'connections', capacity: 20 },
          ],
        },
      ],
    });
    expect(JSON.parse(JSON.stringify(config))).toEqual(config);
  });

  it('needs neither temporal nor pool nor any limit', () => {
    expect(load(set(CONFIG)).config).toMatchObject({ pool: {}, sets: [{ limits: [] }] });
    expect(load(set(CONFIG)).config).not.toHaveProperty('temporal');
  });

  it('keeps other keys of a set’s config, whatever JSON they hold', () => {
    const text = set(
      '{ taskQueue: q, baseURL: "http://h/v1", apiKey: k, model: m, tags: [1, { deep: null }], on: true }',
    );
    expect(load(text).config.sets[0]!.config).toMatchObject({ tags: [1, { deep: null }], on: true });
  });

  it('may have less than a whole unit of a rate', () => {
    const text = limit('{ kind: rate, key: dollars, windowSeconds: 60, capacity: 0.5 }');
    expect(load(text).config.sets[0]!.limits).toMatchObject([{ capacity: 0.5 }]);
  });

  it('may share limits between sets by an anchor', () => {
    const text = `sets:
  - { name: a, config: { taskQueue: q, baseURL: "http://h", apiKey: k, model: m }, limits: &l [{ kind: call, windowSeconds: 1, capacity: 1 }] }
  - { name: b, config: { taskQueue: r, baseURL: "http://h", apiKey: k, model: m }, limits: *l }`;
    expect(load(text).config.sets[1]!.limits).toHaveLength(1);
  });
});

describe('a variable in a config file', () => {
  it('is an error that names line, column, key and variable when it is unset', () => {
    expect(problems(set('{ taskQueue: q, baseURL: "http://h", apiKey: "${NO_KEY}", model: m }'))).toEqual([
      'limits.yaml:3:58 sets[0].config.apiKey: the environment variable NO_KEY is not set',
    ]);
  });

  it('is not looked into again, and $${ is a literal ${', () => {
    const text = set('{ taskQueue: "$${x}", baseURL: "http://h", apiKey: "${NESTED}", model: "a$b${EMPTY}" }');
    const { config, apiKeys } = load(text);
    expect(config.sets[0]!.config).toMatchObject({ taskQueue: '${x}', model: 'a$b' });
    expect(apiKeys.of('a')).toBe('${US_EAST_KEY}');
  });

  it.each(['"${"', '"${}"', '"${A B}"', '"${US_EAST_KEY"'])('that is malformed is an error: %s', (value) => {
    expect(problems(set(`{ taskQueue: q, baseURL: "http://h", apiKey: k, model: ${value} }`))).toHaveLength(1);
  });

  it.each(['capacity', 'windowSeconds'])('gives a text, which a %s says', (name) => {
    const text = limit(`{ kind: rate, key: k, windowSeconds: 1, capacity: 1 }`);
    const [only] = problems(text.replace(`${name}: 1`, `${name}: '\${US_EAST_KEY}'`));
    expect(only).toMatch(
      /: it must be a number (of seconds )?above 0; a variable is always a text, so write the value itself here$/,
    );
  });

  it('that is empty is an error of the key, and its value is never shown', () => {
    const [first, second] = problems(set('{ taskQueue: q, baseURL: "${BAD_URL}", apiKey: "${EMPTY}", model: m }'));
    expect(first).toContain('sets[0].config.baseURL: it must be an http or https URL');
    expect(second).toContain('sets[0].config.apiKey: it must be a key');
  });
});

describe('the time that a call may take', () => {
  const timed = (seconds: string) =>
    set(`{ taskQueue: q, baseURL: "http://h", apiKey: k, model: m, timeoutSeconds: ${seconds} }`);

  it.each(['0.5', '86400'])('is a number of seconds: %s', (seconds) => {
    expect(load(timed(seconds)).config.sets[0]!.config.timeoutSeconds).toBe(Number(seconds));
  });

  it.each(['0', '-1', '86401', '.inf', '.nan', '1m', 'null'])('is not %s', (seconds) => {
    const [problem, ...others] = problems(timed(seconds));
    expect(problem).toContain('config.timeoutSeconds: it must be a number of seconds above 0, up to 86400');
    expect(others).toEqual([]);
  });
});

describe('a config file that is wrong', () => {
  it('has all of its problems named at once, in the order of the file', () => {
    const text = `
pool: { loadBalancin: Random }
sets:
  - name: a
    config: { taskQueue: q, baseURL: "htp://h", apiKey: k, model: m }
    limits:
      - { kind: call, windowSecond: 60, capacity: -1 }
      - { kind: rate, windowSeconds: 60, capacity: 5, algorithm: Sliding }
  - name: a
    config: { taskQueue: q, baseURL: "http://h", apiKey: k }
    limits: []
`;
    expect(problems(text)).toEqual([
      'limits.yaml:2:9 pool.loadBalancin: this key is unknown; did you mean loadBalancing? known are loadBalancing, failover, workerIndex',
      'limits.yaml:5:38 sets[0].config.baseURL: it must be an http or https URL without user, password, query (?) and fragment (#)',
      'limits.yaml:7:9 sets[0].limits[0].windowSeconds: is missing; it must be a number of seconds above 0',
      'limits.yaml:7:23 sets[0].limits[0].windowSecond: this key is unknown; did you mean windowSeconds? known are kind, key, windowSeconds, capacity, algorithm, follow, adaptive',
      'limits.yaml:7:51 sets[0].limits[0].capacity: it must be a number above 0',
      'limits.yaml:8:9 sets[0].limits[1].key: is missing; it must be a key of 1 to 256 characters',
      'limits.yaml:8:66 sets[0].limits[1].algorithm: it must be one of TokenBucket, LeakyBucket, SlidingWindow, FixedWindow, GCRA',
      'limits.yaml:9:11 sets[1].name: each set needs its own name; line 4 has the same',
      'limits.yaml:10:13 sets[1].config.model: is missing; it must be the name of a model',
      'limits.yaml:10:26 sets[1].config.taskQueue: each set needs its own task queue; line 5 has the same',
    ]);
  });

  it.each([
    ['an empty file', '', '1:1'],
    ['a list', '- a\n- b\n', '1:1'],
    ['a text', 'hello', '1:1'],
    ['no sets', 'pool: {}\n', '1:1 sets: is missing'],
    ['an empty list of sets', 'sets: []\n', '1:7 sets: it must be a list of at least one set'],
    ['sets that are a mapping', 'sets: { a: 1 }\n', '1:7 sets: it must be a list of sets'],
    ['a set that is a number', 'sets: [5]\n', '1:8 sets[0]: it must be a mapping'],
    ['a duplicate YAML key', 'sets: []\nsets: []\n', '2:1 this key appears twice'],
    ['a tab', 'sets:\n\t- name: a\n', '2:1 a tab indents'],
    ['an open bracket', 'sets: [\n', '2:1 the indentation is wrong, or a bracket is not closed'],
    ['two documents', '---\na: 1\n---\nb: 1\n', '3:1 a second document'],
    ['a tag', 'sets: !!js/function "x"\n', '1:7 tags'],
    ['an unknown alias', 'sets: *nowhere\n', '1:7 sets: this alias'],
    ['a __proto__ key', '__proto__: { a: 1 }\nsets: []\n', '1:1 a key must not be named __proto__'],
    ['a deep __proto__ key', set('{ x: { __proto__: 1 } }'), '3:20 a key must not'],
  ])('is refused with its place: %s', (_what, text, expected) => {
    expect(problems(text)[0]).toContain(`limits.yaml:${expected}`);
  });

  it('is refused when its aliases expand without end', () => {
    const levels = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const bomb = levels.map((name, i) => `${name}: &${name} [${`*${levels[i - 1] ?? ''},`.repeat(i === 0 ? 0 : 20)}x]`);
    expect(problems(bomb.join('\n'))[0]).toContain('aliases');
  });

  it.each(['.nan', '.inf', '-.inf', '-5', '0', '"60"', 'true', '[]', '~'])('is refused a capacity of %s', (value) => {
    expect(problems(limit(`{ kind: call, windowSeconds: 1, capacity: ${value} }`))[0]).toContain(
      'sets[0].limits[0].capacity: it must be a number above 0',
    );
  });

  it.each([
    ['{ kind: call, windowSeconds: 60, capacity: 0.5 }', 'capacity: it must be at least 1, since each call takes 1'],
    ['{ kind: resource, key: c, capacity: 1.5 }', 'capacity: it must be a whole number from 1'],
    ['{ kind: resource, key: c, capacity: 1, windowSeconds: 1 }', 'windowSeconds: this key is unknown'],
    ['{ kind: resource, capacity: 1 }', 'key: is missing'],
    ['{ kind: cal, windowSeconds: 1, capacity: 1 }', 'kind: it must be a mapping with kind call, rate or resource'],
    ['{ windowSeconds: 1, capacity: 1 }', 'kind: is missing'],
    ['{ kind: rate, key: "", windowSeconds: 1, capacity: 1 }', 'key: it must be'],
    [
      '{ kind: rate, key: k, windowSeconds: 1, capacity: 1, overage: maybe }',
      'overage: it must be one of charge, reject',
    ],
    ['{ kind: call, windowSeconds: 1, capacity: 1, overage: charge }', 'overage: this key is unknown'],
    [
      '{ kind: call, windowSeconds: 1, capacity: 1 }, { kind: call, windowSeconds: 9, capacity: 9 }',
      'limits[1].key: each limit of a set needs its own key',
    ],
  ])('is refused the limit %s', (text, expected) => {
    expect(problems(limit(text)).join('\n')).toContain(expected);
  });

  it('is refused a set that is not one, a version of 0 and a mapping where text belongs', () => {
    expect(problems(`${set(CONFIG)}    version: 0\n`)[0]).toContain(
      'sets[0].version: it must be a whole number from 1',
    );
    expect(problems(set('[]'))[0]).toContain('sets[0].config: it must be a mapping');
    expect(problems(set('{ taskQueue: {}, baseURL: "http://h", apiKey: k, model: m }'))[0]).toContain(
      'config.taskQueue',
    );
    expect(problems(set('{ taskQueue: q, baseURL: "http://h", apiKey: k, model: m, odd: .nan }'))[0]).toContain(
      'config.odd',
    );
  });

  it('is refused a rate key that its user never requests', () => {
    const text = limit('{ kind: rate, key: input_token, windowSeconds: 1, capacity: 1 }');
    expect(load(text).config.sets).toHaveLength(1);
    expect(problems(text, { env, rateKeys: ['input_tokens'] })[0]).toContain('nothing here requests this key');
  });

  it.each([
    ['counts: [input_tokens, output_tokens]', ['input_tokens', 'output_tokens']],
    [
      'counts: { input_tokens: 2.5e-6, output_tokens: 1e-5 }, unused: returned',
      { input_tokens: 2.5e-6, output_tokens: 1e-5 },
    ],
  ])('takes a limit of any key that counts units that are requested: %s', (text, counts) => {
    const config = limit(`{ kind: rate, key: usd, windowSeconds: 60, capacity: 1, ${text} }`);
    const options = { env, rateKeys: ['input_tokens', 'output_tokens'] };
    expect(parseConfig(config, 'limits.yaml', options).config.sets[0]?.limits[0]).toMatchObject({ counts });
  });

  it.each([
    ['[]', 'counts: it must be a list of 1 to 32 units'],
    ['tokens', 'counts: it must be a list of 1 to 32 units'],
    ['{ input_tokens: 0 }', 'counts: it must be a list of 1 to 32 units'],
    ['[input_tokens, input_tokens]', 'counts: it must be a list of 1 to 32 units'],
    ['[input_tokens, images]', 'counts: nothing here requests the unit images; known are input_tokens'],
  ])('is refused counts of %s', (counts, expected) => {
    const text = limit(`{ kind: rate, key: k, windowSeconds: 1, capacity: 1, counts: ${counts} }`);
    expect(problems(text, { env, rateKeys: ['input_tokens'] }).join('\n')).toContain(expected);
  });

  it('takes a range for the capacity of a limit', () => {
    const adaptive = { min: 4, max: 200 };
    const text = limit('{ kind: resource, key: connections, capacity: 10, adaptive: { min: 4, max: 200 } }');
    expect(load(text).config.sets[0]?.limits[0]).toMatchObject({ adaptive });
  });

  it.each([
    ['{ min: 4 }', 'adaptive.max: is missing; it must be a whole number from 1'],
    ['{ min: 4.5, max: 20 }', 'adaptive.min: it must be a whole number from 1'],
    ['{ min: 11, max: 20 }', 'adaptive: it must be a range with min <= capacity <= max'],
    ['{ min: 4, max: 20, step: 1 }', 'adaptive.step: this key is unknown'],
    ['wide', 'adaptive: it must be a mapping with min and max'],
  ])('is refused a range of %s', (range, expected) => {
    const text = limit(`{ kind: resource, key: connections, capacity: 10, adaptive: ${range} }`);
    expect(problems(text).join('\n')).toContain(expected);
  });

  it('names the units that its limits count besides tokens', () => {
    const counting = limit('{ kind: rate, key: images, windowSeconds: 86400, capacity: 100 }');
    const options = { env, rateKeys: ['input_tokens', 'output_tokens'] };
    const { config } = load(
      `units: { images: { requested: 1, usage: usage.images }, seconds: {} }\n${counting}`,
      options,
    );
    expect(config.units).toEqual({ images: { requested: 1, usage: 'usage.images' }, seconds: { requested: 0 } });
    expect(problems(counting, options).join()).toContain('or define it under units');
  });

  it.each([
    ['[images]', 'units: it must be a mapping from the names of units'],
    ['{ input_tokens: {} }', 'units: it must be a mapping from the names of units, other than input_tokens'],
    ['{ images: 1 }', 'units.images: it must be a mapping with requested and usage'],
    ['{ images: { requested: -1 } }', 'units.images.requested: it must be a number from 0'],
    ['{ images: { usage: usage..images } }', 'units.images.usage: it must be the place of a number in the reply'],
    ['{ images: { request: 1 } }', 'this key is unknown; did you mean requested? known are requested, usage'],
  ])('is refused units of %s', (units, expected) => {
    expect(problems(`units: ${units}\n${set(CONFIG)}`).join('\n')).toContain(expected);
  });

  it('is named when it does not exist, is a directory or is no text', async () => {
    await expect(loadConfig('/nonexistent/limits.yaml')).rejects.toMatchObject({
      name: 'ConfigError',
      message: expect.stringContaining('ENOENT') as string,
    });
    await expect(loadConfig(__dirname)).rejects.toMatchObject({
      name: 'ConfigError',
      message: expect.stringContaining('EISDIR') as string,
    });
  });
});
