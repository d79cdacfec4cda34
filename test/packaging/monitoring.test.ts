import { INSTRUMENTS } from '../../src/client/telemetry/instruments';
import { alertRules, expressions } from '../support/monitoring';
import { Markdown } from './markdown';

const guide = new Markdown('docs/guide/metrics.md').text;

/** By the name of each series in Prometheus, the labels that it has as the guide says. */
const labelsOf = new Map([...ofLimiters(), ...ofProcesses()]);

function ofLimiters(): [string, ReadonlySet<string>][] {
  const rows = [...guide.matchAll(/^\| `(temporal_limits_limiter_\w+)` *\| ([^|]*)/gm)];
  return rows.map(([, name = '', labels = '']) => [name, new Set(labels.match(/\w+/g))]);
}

function ofProcesses(): [string, ReadonlySet<string>][] {
  return Object.values(INSTRUMENTS).flatMap(({ name, kind, unit }): [string, ReadonlySet<string>][] => {
    const row = guide.split('\n').find((line) => line.startsWith(`| \`${name}\``)) ?? '';
    const labels = [...row.matchAll(/`(limits\.\w+)`/g)].map(([, attribute = '']) => prometheusName(attribute));
    const base = `${prometheusName(name)}${unit === 's' ? '_seconds' : ''}`;
    if (kind !== 'histogram') return [[kind === 'counter' ? `${base}_total` : base, new Set(labels)]];
    return ['_bucket', '_sum', '_count'].map((part) => [`${base}${part}`, new Set([...labels, 'le'])]);
  });
}

function prometheusName(name: string): string {
  return name.replaceAll('.', '_');
}

/** What an expression names, and where it is no PromQL. */
async function named(expr: string) {
  // a module, which only an import in this form reaches
  const { parser } = await import('@prometheus-io/lezer-promql');
  const [metrics, labels, faults] = [new Set<string>(), new Set<string>(), [] as string[]];
  parser.parse(expr).iterate({
    enter({ name, type, from, to }) {
      const text = expr.slice(from, to);
      if (type.isError) faults.push(`at ${from}: ${expr.slice(from, from + 20)}`);
      if (name === 'Identifier') metrics.add(text);
      if (name === 'LabelName') labels.add(text);
    },
  });
  return { metrics, labels, faults };
}

it.each(expressions)('$place is PromQL, of metrics and labels that exist', async ({ expr }) => {
  const { metrics, labels, faults } = await named(expr);
  expect(faults).toEqual([]);
  expect(metrics.size).toBeGreaterThan(0);
  const known = [...metrics].map((metric) => labelsOf.get(metric));
  expect([...metrics].filter((metric) => !labelsOf.has(metric))).toEqual([]);
  // each label belongs to each of the metrics that are put beside each other, or is only matched on one of them
  expect([...labels].filter((label) => !known.some((all) => all?.has(label)))).toEqual([]);
});

it('the board shows every metric', async () => {
  const all = await Promise.all(expressions.map(({ expr }) => named(expr)));
  const shown = new Set(all.flatMap(({ metrics }) => [...metrics]));
  const names = [
    ...Object.values(INSTRUMENTS).map(({ name }) => prometheusName(name)),
    ...ofLimiters().map(([name]) => name),
  ];
  expect(names.filter((name) => ![...shown].some((metric) => metric.startsWith(name)))).toEqual([]);
});

it.each(expressions)('$place takes no share of a capacity that is of one set of many', ({ expr }) => {
  expect(expr).not.toMatch(/\/[^/]*temporal_limits_capacity/);
});

it.each(alertRules)('$alert names only labels that its expression keeps', ({ expr, annotations }) => {
  const kept = new Set(/\bby \(([\w, ]+)\)/.exec(expr)?.[1]?.split(', '));
  const told = [
    ...Object.values(annotations)
      .join(' ')
      .matchAll(/\$labels\.(\w+)/g),
  ].map(([, label]) => label);
  expect(told.filter((label = '') => !kept.has(label))).toEqual([]);
});

it('the check finds what is wrong', async () => {
  expect((await named('sum(rate(x_total[5m])')).faults).not.toEqual([]);
  expect(await named('sum by (a) (x{b="c"})')).toEqual({
    metrics: new Set(['x']),
    labels: new Set(['a', 'b']),
    faults: [],
  });
});
