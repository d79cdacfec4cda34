import type { WorkerOptions } from '@temporalio/worker';

type BundlerHook = NonNullable<NonNullable<WorkerOptions['bundlerOptions']>['webpackConfigHook']>;

/** In this repository the package is its source. Your project needs no such hook: its bundler finds the package by name. */
export const usingThisSource: BundlerHook = (config) => ({
  ...config,
  resolve: {
    ...config.resolve,
    alias: {
      ...(config.resolve?.alias as object),
      'temporal-limits/workflow': require.resolve('../src/workflows/index'),
    },
  },
});
