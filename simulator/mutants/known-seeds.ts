import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Hunted } from './mutant';

const FILE = join(__dirname, 'known-seeds.json');

/**
 * The seed that caught each mutant last. A hunt begins with it, and so takes seconds rather than minutes; where the code
 * has changed and it catches nothing any more, the hunt goes on with the others.
 */
export function knownSeeds(): Readonly<Record<string, number>> {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, number>;
}

export function keepSeeds(hunted: readonly Hunted[]): void {
  const seeds = hunted.flatMap(({ mutant, caught }) => (caught === undefined ? [] : [[mutant.name, caught.seed]]));
  writeFileSync(FILE, `${JSON.stringify(Object.fromEntries(seeds), undefined, 2)}\n`);
}
