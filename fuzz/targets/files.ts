import fc from 'fast-check';
import { parseConfig, type BatchSet } from '../../src/batch/config/config';
import { parseItem } from '../../src/batch/files/input';
import { LimitSet } from '../../src/index';
import { target, type Target } from '../target';
import { mutated, oddJson, spliced } from '../values';
import { orRefused } from '../verdict';

const CONFIG = {
  temporal: { address: '127.0.0.1:7233', namespace: 'default' },
  pool: { loadBalancing: 'LeastWait', failover: true, workerIndex: 0 },
  sets: [
    {
      name: 'east',
      version: 1,
      config: { taskQueue: 'east', baseURL: 'https://a.example/v1', apiKey: '${KEY}', model: 'gpt', more: { a: [1] } },
      limits: [
        { kind: 'call', windowSeconds: 60, capacity: 5, algorithm: 'GCRA' },
        { kind: 'rate', key: 'input_tokens', windowSeconds: 60, capacity: 100, overage: 'charge' },
        { kind: 'resource', key: 'connections', capacity: 4 },
      ],
    },
  ],
};
const SECRET = 'the-value-of-the-key';
const ITEM = { id: '1', prompt: 'the-prompt', maxTokens: 5 };

/** What people write for the batch. YAML takes JSON as it is. */
export const files: readonly Target[] = [
  target(
    'config files',
    fc.oneof(
      mutated(CONFIG, oddJson).map((config) => JSON.stringify(config)),
      spliced(JSON.stringify(CONFIG, null, 1)),
    ),
    async (text) => {
      let message = '';
      let sets: readonly BatchSet[] = [];
      await orRefused(() => {
        try {
          const { config } = parseConfig(text, 'limits.yaml', { env: { KEY: SECRET }, rateKeys: ['input_tokens'] });
          message = JSON.stringify(config);
          sets = config.sets;
        } catch (error) {
          message += String(error);
          throw error;
        }
      });
      // a config that was accepted must not turn out wrong when the batch has begun
      for (const { name, config, limits, version } of sets)
        new LimitSet({ name, config, limits, version, shared: false });
      if (message.includes(SECRET)) throw new Error('a secret stands where it does not belong');
    },
  ),
  target(
    'input lines',
    fc.oneof(
      mutated(ITEM, oddJson).map((item) => Buffer.from(JSON.stringify(item))),
      spliced(JSON.stringify(ITEM)).map((text) => Buffer.from(text)),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    ),
    (line) => {
      const item = parseItem(line);
      if (typeof item === 'string' && item.includes(ITEM.prompt)) throw new Error('a prompt stands in a message');
      if (typeof item === 'object' && !(item.maxTokens >= 1 && item.id.length > 0)) throw new Error('no item');
    },
  ),
];
