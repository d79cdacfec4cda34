import { INSTRUMENTS } from '../../src/client/telemetry/instruments';
import { Markdown } from './markdown';

const page = new Markdown('docs/guide/metrics.md');

it('the guide has every metric, with its kind and unit, and no other', () => {
  const rows = [...page.text.matchAll(/^\| `(temporal_limits\.[\w.]+)` *\| (\S+) *\| `([^`]+)`/gm)];
  const documented = rows.map(([, name, kind, unit]) => ({ name, kind, unit }));
  expect(documented).toEqual(Object.values(INSTRUMENTS).map(({ name, kind, unit }) => ({ name, kind, unit })));
  const named = new Set([...page.text.matchAll(/`(temporal_limits\.[\w.]+)`/g)].map(([, name]) => name));
  expect(named).toEqual(new Set(documented.map(({ name }) => name)));
});
