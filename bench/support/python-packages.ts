import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A Python that has these packages, each as `name==version`: installed from PyPI if need be, beside the results, which are
 * not committed either. Says why not, and returns nothing, where there is no `python3` or one cannot be had.
 */
export function pythonWith(...packages: readonly string[]): string | undefined {
  const folder = join('bench', 'results', packages.join('-').replaceAll('==', '-'));
  const python = join(folder, 'bin', 'python');
  if (existsSync(join(folder, 'installed'))) return python;
  const steps: readonly (readonly [string, ...string[]])[] = [
    ['python3', '-m', 'venv', folder],
    [python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages],
    [python, '-c', `open(${JSON.stringify(join(folder, 'installed'))}, 'w')`],
  ];
  for (const [command, ...args] of steps) {
    const { status, error, stderr } = spawnSync(command, args, { encoding: 'utf8' });
    if (status === 0) continue;
    const failure = `${[command, ...args].join(' ')} failed: ${error?.message ?? stderr}`;
    console.log(`without ${packages.join(', ').replaceAll('==', ' ')}: ${failure}`);
    return undefined;
  }
  return python;
}
