import { Markdown } from './markdown';

/** The public names of limits, sets, pools, tasks and retries in concurry 0.13.2. */
const CONCURRY = [
  ...['Limit', 'RateLimit', 'CallLimit', 'ResourceLimit', 'RateLimitAlgorithm', 'RateWindow'],
  ...['LimitSet', 'LimitSetAcquisition', 'Acquisition', 'LimitPool', 'LoadBalancingAlgorithm', 'ExecutionMode'],
  ...['acquire', 'async_acquire', 'try_acquire', 'update', 'release', 'get_stats', 'can_acquire', 'validate_usage'],
  ...['params_signature', 'limit_sets', 'load_balancing', 'worker_index', 'shared', 'mode', 'config', 'mp_context'],
  ...['Worker', 'worker', 'task', 'TaskWorker', 'Executor', 'submit', 'map', 'stop', 'get_pool_stats'],
  ...['max_workers', 'max_queued_tasks', 'on_demand', 'blocking', 'BaseFuture', 'wrap_future'],
  ...['wait', 'gather', 'async_wait', 'async_gather', 'ReturnWhen'],
  ...['ALL_COMPLETED', 'FIRST_COMPLETED', 'FIRST_EXCEPTION', 'PollingAlgorithm', 'ProgressBar', 'Timer'],
  ...['RetryConfig', 'RetryAlgorithm', 'RetryValidationError', 'num_retries', 'retry_on', 'retry_algorithm'],
  ...['retry_wait', 'retry_jitter', 'retry_until', 'global_config', 'temp_config'],
];

test('the migration guide has a row for each public name of concurry', () => {
  const rows = new Markdown('docs/guide/migrating.md').text.split('\n').filter((line) => line.startsWith('|'));
  const words = new Set(rows.flatMap((row) => (row.split('|')[1] ?? '').match(/\w+/g) ?? []));
  expect(CONCURRY.filter((name) => !words.has(name))).toEqual([]);
});
