/**
 * Real faults, one by one, on a real server with real processes that are kept busy. Its last line gives the figures, its
 * exit status says whether all that is promised was kept.
 *
 *   npm run chaos -- --only worker,freeze --seconds 20 --seed 7
 */
import { commandLine } from '../scripts/support/command-line';
import { streamOf } from '../simulator/world/random';
import { type Arguments, readArguments, USAGE } from './arguments';
import { Cluster } from './cluster/cluster';
import { allHeld, type Finding, lineOf, tableOf, totalsOf } from './report';

async function main(): Promise<void> {
  const asked = commandLine(readArguments, USAGE);
  const findings = await playAll(asked);
  console.log(tableOf(findings));
  console.log(totalsOf(findings, asked.seed));
  if (!allHeld(findings)) process.exitCode = 1;
}

async function playAll({ faults, seconds, seed }: Arguments): Promise<Finding[]> {
  let cluster: Promise<Cluster> | undefined;
  const findings: Finding[] = [];
  try {
    for (const fault of faults) {
      const world = { random: streamOf(seed, fault.name), seconds, cluster: () => (cluster ??= Cluster.start()) };
      const finding = { fault, result: await fault.play(world).catch(asError) };
      process.stderr.write(`${lineOf(finding)}\n`);
      findings.push(finding);
    }
    return findings;
  } finally {
    // one that could not be started has been reported by each fault
    await cluster?.then(
      (started) => started.stop(),
      () => undefined,
    );
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

// what has been started ends when this process exits, which a signal alone would not let it do in order
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
void main().then(() => process.exit());
