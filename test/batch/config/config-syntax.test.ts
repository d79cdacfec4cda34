import { parseConfig } from '../../../src/batch/config/config';

const env = { US_EAST_KEY: 'sk-very-secret-value' };

function problems(text: string): string[] {
  try {
    parseConfig(text, 'limits.yaml', { env });
  } catch (error) {
    expect(error).toMatchObject({ name: 'ConfigError' });
    return (error as Error).message.split('\n');
  }
  return [];
}

describe('a config file that is no YAML', () => {
  it('has each line named that needs quotes around a variable, and nothing of what follows from it', () => {
    const text = [
      ...['sets:', '  - name: a'],
      '    config: { taskQueue: q, baseURL: "http://${HOST}", apiKey: ${US_EAST_KEY}, model: m }',
      ...['    limits:', '      - { kind: call, windowSeconds: 60, capacity: 500 }'],
      ...['  - name: b', '    config: { apiKey: ${US_EAST_KEY}, model: m }', '    limits: [{ kind: call }]'],
    ];
    const quotes = 'put this "${…}" in quotes: within { } or [ ], its brace would begin a mapping';
    expect(problems(text.join('\n'))).toEqual([`limits.yaml:3:64 ${quotes}`, `limits.yaml:7:23 ${quotes}`]);
    expect(problems('sets: [${US_EAST_KEY}, b]')).toEqual([`limits.yaml:1:8 ${quotes}`]);
  });

  it('has one problem a line, and no advice for a variable that is in quotes', () => {
    expect(problems('sets: [[[\n')).toHaveLength(1);
    const [only, ...others] = problems('sets: { a: "${US_EAST_KEY}", b: } } # not ${SO}\npool: {}\n');
    expect(only).toContain('limits.yaml:1:35 a bracket, brace, comma or quote is missing or too many');
    expect(others).toEqual([]);
  });

  it('may have a variable without quotes where nothing ends in its brace', () => {
    const text = 'sets:\n- name: a\n  config:\n    taskQueue: q\n    baseURL: http://h\n    model: m\n    apiKey: ';
    expect(parseConfig(`${text}\${US_EAST_KEY}\n  limits: []\n`, 'limits.yaml', { env }).apiKeys.of('a')).toBe(
      env.US_EAST_KEY,
    );
  });
});
