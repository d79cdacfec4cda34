import path from 'node:path';
import { commandLines, type CommandLine } from '../packaging/command-lines';
import { documentsIn, Markdown } from '../packaging/markdown';

/** What runs a command that the documents show. */
export type RunBy =
  /** `test/e2e/documented-commands.test.ts`, with the words of the document. */
  | { readonly by: 'test' }
  | ByScript
  /** Another test, or a step of `npm run verify`. */
  | { readonly by: 'elsewhere'; readonly where: string }
  /** Nothing, for this reason. */
  | { readonly by: 'nobody'; readonly reason: string };

/** `npm run docs:commands`: as it is documented, or with smaller numbers; if it needs something, only where that is asked for. */
export interface ByScript {
  readonly by: 'script';
  readonly as?: string;
  readonly needs?: string;
}

const test = { by: 'test' } as const;
const script = (how: Omit<ByScript, 'by'> = {}): RunBy => ({ by: 'script', ...how });
const elsewhere = (where: string): RunBy => ({ by: 'elsewhere', where });
const unrun = (reason: string): RunBy => ({ by: 'nobody', reason });

const MINUTES = 'takes minutes, and its figures need a machine to itself';
const REAL_SERVER = 'needs PostgreSQL and two Go modules';

const OURS = String.raw`(?:npx temporal-limits(?:-cli)?|temporal-limits)`;
const ours = (words: string): RegExp => new RegExp(`^${OURS} ${words}`);

/** The first pattern that matches says what runs a command. */
const RUN_BY: readonly (readonly [RegExp, RunBy])[] = [
  [new RegExp(`^${OURS}(?: batch| clear| why)?$`), unrun('names a command, without its arguments')],
  [ours('<command> --help$'), test],
  [ours(String.raw`(?:batch|clear|why) .*[<…]`), unrun('is documented elsewhere with a value instead of <…>')],
  [ours('(?:ls|stats|why|doctor|set|reset|pause|resume|drain|forget|clear (?!--batch))'), test],
  [ours('batch --config'), test],
  [ours('batch (?:status|pause|resume|cancel)'), elsewhere('test/e2e/batch-control.test.ts')],
  [ours('clear --batch'), elsewhere('test/e2e/inventory.test.ts')],
  [/temporal-limits(?:-cli)? dashboard/, elsewhere('test/e2e/dashboard.test.ts')],
  [ours('metrics'), elsewhere('test/batch/metrics/metrics-server.test.ts')],
  [ours('worker'), elsewhere('test/e2e/commands.test.ts')],

  [/^npm (?:ci|i|install)\b/, elsewhere('test/packaging/tarball.test.ts')],
  [/^npm (?:test|run (?:verify|lint|types|format|audit|test:quick))$/, elsewhere('npm run verify')],
  [/^npm run demo$/, elsewhere('npm run docs:recording')],
  [/^npm run docs:serve$/, elsewhere('test/e2e/docs-site.test.ts')],
  [/^npm run docs:screenshots$/, elsewhere('test/e2e/dashboard.test.ts')],
  [/^npm run docs:commands\b/, unrun('is what runs the others')],
  [/^npm run docs:recording$/, script({ needs: 'replaces the picture in the README' })],
  [/^npx tsx scripts\/record-/, script({ needs: 'replaces the recorded histories' })],
  [/^npx tsx scripts\/check-grafana/, script({ needs: 'needs a Prometheus server' })],

  [/^npm run simulate -- --seed 7 --hours 1$/, script({ as: 'npm run simulate -- --seed 7 --hours 0.01' })],
  [/^npm run simulate -- --seeds 20 /, script({ as: 'npm run simulate -- --seeds 2 --hours 0.05' })],
  [/^npm run simulate -- --seeds 3000 /, script({ as: 'npm run simulate -- --seeds 3 --hours 0.002' })],
  [/^npm run simulate -- --mutants$/, elsewhere('test/simulator/mutants.test.ts')],
  [/^npm run simulate -- --(?:loads|growth)$/, script({ needs: MINUTES })],
  [/^npm run fuzz\b/, script({ as: 'npm run fuzz -- --only snapshots --seconds 3 --seed 7' })],
  [/^npm run chaos$/, elsewhere('test/e2e/chaos.test.ts')],
  [/^npm run load\b/, script({ needs: MINUTES })],
  [/^npm run prove -- (?:clocks|conformance|found)$/, script()],
  [/^npm run prove -- feedback$/, script({ needs: MINUTES })],
  [/^npm run prove -- /, elsewhere('npm run verify')],
  [/^npm run real-server$/, script({ needs: REAL_SERVER, as: 'npm run real-server -- -- true' })],
  [/^npm run (?:test:)?real-server\b/, script({ needs: REAL_SERVER })],
  [/^npm run bench\b|^npx tsx bench\/(?:document|batch-elsewhere|feedback|cost)/, script({ needs: MINUTES })],

  [/^npx jest mutants/, elsewhere('test/simulator/mutants.test.ts')],
  [/^npx jest test\/limiter\/pool$/, script()],
  [/^npx jest test\/limiter /, elsewhere('npm run verify')],
  [/^npx eslint /, script()],
  [/^npx tsx examples\/(?:openai|bedrock|task-pool|postgres-pool)\//, elsewhere('test/e2e/examples.test.ts')],
  [/^npx tsx examples\/multi-region\//, elsewhere('test/e2e/multi-region.test.ts')],
  [/^npx tsx examples\//, script()],
  [/^npx tsx$/, unrun('names a program, without its arguments')],
  [/^(?:jq|\.\/rotate-the-key|docker)\b/, unrun('is a program of others, or of the reader')],
];

/** Every command that the documents show, with its place. */
export function documentedCommands(): CommandLine[] {
  const documents = [
    ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'examples/README.md', 'cli/README.md'].map(
      (file) => new Markdown(file),
    ),
    ...documentsIn('docs'),
    ...documentsIn('docs/guide'),
  ];
  return documents.flatMap(commandLines);
}

/** What runs a command; nothing if no pattern knows it. */
export function runBy({ text }: Pick<CommandLine, 'text'>): RunBy | undefined {
  return RUN_BY.find(([pattern]) => pattern.test(text))?.[1];
}

/** The patterns that match no command of the documents. */
export function idlePatterns(commands: readonly CommandLine[]): string[] {
  const first = commands.map(({ text }) => RUN_BY.findIndex(([pattern]) => pattern.test(text)));
  return RUN_BY.flatMap(([pattern], index) => (first.includes(index) ? [] : [pattern.source]));
}

/** The file of a test that runs a command elsewhere; nothing for a step of `npm run verify`. */
export function testFileOf(where: string): string | undefined {
  return where.startsWith('test/') ? path.resolve(__dirname, '../..', where) : undefined;
}
