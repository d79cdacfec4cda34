import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

interface Board {
  readonly panels: readonly { readonly title: string; readonly targets?: readonly { readonly expr: string }[] }[];
}

/** An alert rule of Prometheus. */
interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: Readonly<Record<'summary' | 'description', string>>;
}

interface RuleFile {
  readonly groups: readonly { readonly rules: readonly AlertRule[] }[];
}

const read = (file: string): string => readFileSync(path.resolve(__dirname, '../../grafana', file), 'utf8');

/** The rules of grafana/alerts.yaml. */
export const alertRules = (parse(read('alerts.yaml')) as RuleFile).groups.flatMap(({ rules }) => rules);

/** Every expression of the board and the alert rules, as Grafana sends it to Prometheus with all sets chosen. */
export const expressions: readonly { readonly place: string; readonly expr: string }[] = [
  ...(JSON.parse(read('limits.json')) as Board).panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({
      place: `panel ${title}`,
      expr: expr.replaceAll('$__rate_interval', '1m').replaceAll('$set', '.*'),
    })),
  ),
  ...alertRules.map(({ alert, expr }) => ({ place: `alert ${alert}`, expr })),
];
