import { join, resolve } from 'node:path';
import { drawScenario } from '../scenario/draw-scenario';
import { simulate, type Play } from '../simulation/simulate';
import { knownSeeds } from './known-seeds';
import { ModuleLoader } from './module-loader';
import type { Hunted, Mutant } from './mutant';
import { MUTANTS } from './mutants';

/** Of the scenarios of a seed: 11 s of work each. */
const HOURS = 0.003;
/** A mutant that so many seeds do not catch has got away. */
const MOST_SEEDS = 200;

const SIMULATOR = resolve(__dirname, '..');
const SOURCE = resolve(SIMULATOR, '..', 'src');

/**
 * Breaks the code in one way after the other, and looks for a seed that notices.
 *
 * @throws Error if a mutant no longer fits the source, or a seed fails without one
 */
export async function huntMutants(print: (line: string) => void, mutants = MUTANTS): Promise<readonly Hunted[]> {
  const begun = performance.now();
  const all: Hunted[] = [];
  for (const mutant of mutants) {
    const caught = await hunt(mutant);
    all.push({ mutant, caught });
    print(
      caught === undefined
        ? `GOT AWAY  ${mutant.name}`
        : `seed ${String(caught.seed).padStart(3)}  ${caught.violation.invariant.padEnd(23)}  ${mutant.name}`,
    );
  }
  const away = all.filter(({ caught }) => caught === undefined).length;
  print(`${all.length} mutants, ${all.length - away} caught, ${away} got away, ${seconds(begun)} s`);
  return all;
}

async function hunt(mutant: Mutant): Promise<Hunted['caught']> {
  const play = mutated(mutant);
  const known = knownSeeds()[mutant.name];
  const others = Array.from({ length: MOST_SEEDS }, (_, i) => i + 1).filter((seed) => seed !== known);
  for (const seed of known === undefined ? others : [known, ...others]) {
    const scenario = { ...drawScenario(seed, HOURS), ...mutant.where };
    const { violation } = await play(scenario);
    if (violation === undefined) continue;
    const { violation: anyway } = await simulate(scenario);
    if (anyway !== undefined) throw new Error(`seed ${seed} fails without any mistake: '${anyway.invariant}'`);
    return { seed, violation };
  }
  return undefined;
}

/** The simulator over code that has the mistake. */
export function mutated({ name, file, from, to }: Mutant): Play {
  const path = join(SOURCE, file);
  const loader = new ModuleLoader((loaded, source) => {
    if (loaded !== path) return source;
    const parts = source.split(from);
    if (parts.length !== 2) throw new Error(`mutant '${name}': its text occurs ${parts.length - 1} times in ${file}`);
    return parts.join(to);
  });
  return loader.load(join(SIMULATOR, 'simulation', 'simulate.ts'))['simulate'] as Play;
}

function seconds(begun: number): string {
  return ((performance.now() - begun) / 1e3).toFixed(1);
}
