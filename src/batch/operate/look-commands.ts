import { type Command } from 'commander';
import { MOST_ON_A_PAGE } from '../../limiter/control/inspection';
import { needsSomebody, type Why } from '../../limiter/control/why';
import { EXIT } from '../errors/exit-code';
import { UsageError } from '../errors/errors';
import { inspectionText } from '../look/inspection-text';
import { findingsText } from '../look/findings-text';
import { inventoryText } from '../report/inventory-report';
import { whyText } from '../look/why-text';
import { type Answer, type Answering, answerOf, type CommonOptions, meantBy } from './answering';
import { SET_STATES, type SetState, stateName } from '../temporal/set-state';
import { printable } from '../text/printable';
import { type Style } from '../text/style';
import { type Session } from './session';
import { topCommand } from './top-command';
import { wholeArgument } from './whole-argument';

const LS_HELP = `
States of a limiter:
${Object.entries(SET_STATES)
  .map(([state, { means }]) => `  ${stateName(state as SetState).padEnd(12)} ${means}`)
  .join('\n')}
In JSON, a state of two words has \`_\` between them. Encoded payloads need --data-converter.
A batch is \`running\`, \`paused\`, \`abandoned\`, when no process runs it, or \`unanswered\`: then a process that polled its
task queue within the last 70 s has ended, or has another data converter than this command. \`run age\` counts from the
start of the current workflow run.

Examples:
  temporal-limits ls
  temporal-limits ls -o json | jq -r '.limiters[] | select(.waiting > 0) | .set'`;

const STATS_HELP = `
\`used\` counts at the provider. \`granted\` belongs to clients and has not started. \`wanted\` is what waiting requests ask for.
\`from\` says where the capacity comes from: the code, an operator, the provider, or an adaptive limit. \`answered\` counts what
processes have reported. A process reports with its next request, so the latest answers are missing while it is idle.

Examples:
  temporal-limits stats openai-eu
  temporal-limits stats openai-eu --clients 100 -o json | jq '.clients[] | select(.waiting > 0)'

Exit codes: 0 ok, 2 no such limiter, or no answer.`;

const WHY_HELP = `
Causes that pass without you:
  NONE         no request waits, or there is room and the next one is about to be served
  LIMIT        a call or rate limit has no room
  PERMITS      all permits of a resource limit are in use
  PAUSED       the provider has asked for a pause, or an operator has paused the set until a given time
Causes that need action:
  PAUSED       an operator has paused the set without an end: resume it
  CIRCUIT      the provider does not serve the account: check its key and quota
  TOO_BIG      the next request is larger than the current capacity
  FULL         the limiter has no room for more clients
  UNHOSTED     no process runs limiters: start a worker
  STUCK        the limiter does not answer
  NOT_STARTED  no limiter of this name is running

Examples:
  temporal-limits why openai-eu
  temporal-limits why openai-eu -o json | jq -r .cause
  temporal-limits why --workflow order-4711

Exit codes: 0 nothing waits, or it will be served; 1 action is needed; 2 bad input, or no answer.`;

/** Where no set has a name like the given one. */
const WHY_WORKFLOW = '  for a workflow or a batch, use --workflow <id>\n';

const DOCTOR_HELP = `
Checks whether the server and the limiters answer, who runs them, and which requests have waited for over a minute or
need action. Also lists what is unusual: paused sets, changes by operators, widened guards, refusals in the last hour, use
by others, and providers that report other limits.

Examples:
  temporal-limits doctor
  temporal-limits doctor -o json | jq '.findings[] | select(.status == "wrong")'

Exit codes: 0 nothing is wrong, 1 something is, 2 bad input, or no answer.`;

interface StatsFlags extends CommonOptions {
  readonly clients: number;
  readonly from: number;
}

/** The commands that look at limits while they are used. None of them costs history. What needs the SDK is loaded when it runs. */
export function lookCommands(answering: Answering): Command[] {
  return [
    answering
      .command('ls', 'list the limiters and the open batches of a namespace', LS_HELP)
      .action((flags: CommonOptions) =>
        answering.answer(flags, async (session) => {
          const { takeInventory } = await import('../temporal/inventory.js');
          const found = await takeInventory(session);
          return answerOf(found, (shown, style) => inventoryText(shown, Date.now(), style));
        }),
      ),
    topCommand(answering),
    answering
      .command('stats', 'show a set: limits, waiting requests, clients, changes', STATS_HELP)
      .argument('<set>', 'the limit set')
      .option(
        '--clients <number>',
        `how many clients to list, up to ${MOST_ON_A_PAGE}`,
        wholeArgument(0, MOST_ON_A_PAGE),
        20,
      )
      .option('--from <number>', 'where the list of clients begins', wholeArgument(0, 1e9), 0)
      .action((set: string, { clients, from, ...flags }: StatsFlags) =>
        answering.answer(flags, async ({ admin }) => {
          const inspection = await admin.set(set).inspect({ clients, firstClient: from });
          return answerOf(inspection, inspectionText);
        }),
      ),
    answering
      .command('why', 'explain why a set or a workflow waits', WHY_HELP)
      .argument('[set]', 'the limit set')
      .option('--workflow <id>', 'a workflow or batch that waits, instead of a set')
      .action((set: string | undefined, { workflow, ...flags }: CommonOptions & { readonly workflow?: string }) =>
        answering.answer(flags, (session) => why(session, set, workflow)),
      ),
    answering
      .command('doctor', 'check all limits of a namespace for problems', DOCTOR_HELP)
      .action((flags: CommonOptions) => answering.answer(flags, doctor)),
  ];
}

async function why(session: Session, set: string | undefined, workflow: string | undefined): Promise<Answer> {
  if (set !== undefined && workflow === undefined) {
    const found = await session.admin.set(set).why();
    const code = needsSomebody(found) ? EXIT.someFailed : EXIT.ok;
    if (found.cause !== 'NOT_STARTED') return answerOf(found, textNow, code);
    const meant = await meantBy(session, set);
    const hint = meant === undefined ? WHY_WORKFLOW : `  did you mean ${printable(JSON.stringify(meant))}?\n`;
    return answerOf(found, (shown, style) => textNow(shown, style) + hint, code);
  }
  if (set !== undefined || workflow === undefined) {
    throw new UsageError('name what waits: either a set, or a workflow with --workflow <id>');
  }
  const { WorkflowNotFoundError } = await import('@temporalio/client');
  const found = await session.admin.whyWorkflow(workflow).catch((error: unknown) => {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    return whyBatch(session, workflow);
  });
  const nothing = `workflow ${workflow} waits for no limits\n`;
  return answerOf(
    found,
    (shown, style) => shown.map((each) => textNow(each, style)).join('') || nothing,
    found.some(needsSomebody) ? EXIT.someFailed : EXIT.ok,
  );
}

function textNow(why: Why, style: Style): string {
  return whyText(why, Date.now(), style);
}

/** Of each set that the workflows of a batch wait for, since `ls` shows batches by ids that are of no workflow. */
async function whyBatch({ client, admin, namespace }: Session, id: string): Promise<readonly Why[]> {
  const { batchWorkflowsOf } = await import('../temporal/inventory.js');
  const workflows = await batchWorkflowsOf(client, id);
  if (workflows.length === 0) {
    const name = JSON.stringify(id);
    throw new UsageError(`no workflow and no open batch has the id ${name} in namespace ${namespace}`);
  }
  const found = new Map<string, Why>();
  // one by one: each looks at all limiters of the namespace
  for (const workflow of workflows) for (const each of await admin.whyWorkflow(workflow)) found.set(each.set, each);
  return [...found.values()];
}

async function doctor(session: Session): Promise<Answer> {
  const { examine } = await import('../look/examination.js');
  const findings = await examine(session);
  const isOk = findings.every(({ status }) => status !== 'wrong');
  const code = isOk ? EXIT.ok : EXIT.someFailed;
  return answerOf({ ok: isOk, findings }, (shown, style) => findingsText(shown.findings, style), code);
}
