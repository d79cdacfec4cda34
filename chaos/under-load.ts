import { setTimeout as sleep } from 'node:timers/promises';
import { type Cluster } from './cluster/cluster';
import { type Fault, type Outcome, type World } from './fault';
import { ItemStream } from './workload/stream';
import { tallyItems } from './workload/tally';

/** The limits bind by then. */
const BEFORE_MS = 2_000;

type Strike = (cluster: Cluster, random: () => number) => Promise<void>;

/** A fault that strikes the cluster while items flow through it. */
export function underLoad(name: string, expected: string, strike: Strike, mostRefused = 0): Fault {
  return { name, expected, mostRefused, play: (world) => play(name, strike, world) };
}

async function play(name: string, strike: Strike, { cluster: start, random, seconds }: World): Promise<Outcome> {
  const cluster = await start();
  const { client, provider } = cluster;
  const prefix = `${name.replaceAll(' ', '-')}-`;
  const stream = new ItemStream(client, prefix, random);
  await provider.begin();
  const struck = sleep(BEFORE_MS).then(() => strike(cluster, random));
  // one that fails is reported when the work is done, which must not continue into the next fault
  const [striking] = await Promise.allSettled([struck, stream.flow(seconds, struck)]);
  const { lost, doubled, slowestMs } = await tallyItems(client, prefix, stream.count);
  if (striking.status === 'rejected') throw striking.reason;
  const [accident] = cluster.accidents;
  if (accident !== undefined) throw new Error(accident);
  const { unitsOver, refused, repeats, doubles, longestSilenceMs } = await provider.account();
  const outcome = { items: stream.count, unitsOver, refused, lost, repeats, slowestMs };
  return { ...outcome, doubled: doubled + doubles, stallMs: longestSilenceMs };
}
