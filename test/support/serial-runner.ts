import TestRunner, { type Config, type TestRunnerContext } from 'jest-runner';

/**
 * Runs the files of its project one after the other, in a process of their own: two end-to-end tests at once would
 * take each other's processor time, and every assertion about timing would become a matter of luck.
 */
export default class SerialRunner extends TestRunner {
  constructor(globalConfig: Config.GlobalConfig, context: TestRunnerContext) {
    super({ ...globalConfig, maxWorkers: 1 }, context);
  }
}
