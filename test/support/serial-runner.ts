import TestRunner, { type Config, type TestRunnerContext } from 'jest-runner';

/** Jest reads a timeout from the global configuration only; a project's own would be ignored without a word. */
const TEST_TIMEOUT_MS = 300_000;

/**
 * Runs the files of its project one after the other, in a process of their own: two end-to-end tests at once would
 * take each other's processor time, and every assertion about timing would become a matter of luck.
 */
export default class SerialRunner extends TestRunner {
  constructor(globalConfig: Config.GlobalConfig, context: TestRunnerContext) {
    super({ ...globalConfig, maxWorkers: 1, testTimeout: TEST_TIMEOUT_MS }, context);
  }
}
