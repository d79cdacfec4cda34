import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'yaml';

import manifest from '../../package.json';

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: unknown;
  readonly volumes?: readonly unknown[];
  readonly configs?: readonly { readonly source: string; readonly target: string }[];
  readonly profiles?: readonly string[];
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly configs: Readonly<Record<string, { readonly content?: string; readonly file?: string }>>;
}

const root = join(__dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

const compose = parse(read('docker-compose.yml'), { merge: true }) as Compose;
const services = Object.entries(compose.services);
const workers = services.filter(([, { command = [] }]) => command.includes('worker'));
/** The content of a config, from the file if it is one. */
const config = (name: string): string => {
  const { content, file } = compose.configs[name] ?? {};
  return content ?? read(file ?? '');
};
const dockerfile = read('Dockerfile');

describe('docker-compose.yml', () => {
  it('has no version key, which Compose calls obsolete', () => {
    expect(compose).not.toHaveProperty('version');
  });

  it.each(services)('pins the image of %s', (_name, { image }) => {
    expect(image).toMatch(/^[a-z/-]+:v?\d+\.\d+/);
  });

  it.each(services)('lets %s wait only for what exists, in a state that it can reach', (_name, service) => {
    for (const [target, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect(compose.services).toHaveProperty([target]);
      if (condition === 'service_healthy') expect(compose.services[target]).toHaveProperty('healthcheck');
    }
  });

  it.each(services)('defines every config of %s', (_name, service) => {
    for (const { source } of service.configs ?? []) expect(compose.configs).toHaveProperty([source]);
  });

  it('has dynamic config in the form that the server reads', () => {
    expect(parse(config('dynamic-config'))).toEqual({
      'history.transferProcessorMaxPollRPS': [{ value: expect.any(Number) }],
      'history.maximumBufferedEventsBatch': [{ value: expect.any(Number) }],
    });
  });

  it('has the server use the driver that needs fewer round trips', () => {
    expect(compose.services['temporal']?.environment).toMatchObject({ DB: 'postgres12_pgx' });
  });

  it('runs two workers', () => {
    expect(workers.map(([name]) => name)).toEqual(['worker-1', 'worker-2']);
  });

  it.each(workers)('connects %s to the server, with the limits and the command of the package', (_name, worker) => {
    expect(worker.environment).toMatchObject({ TEMPORAL_ADDRESS: 'temporal:7233' });
    expect(worker.command?.join(' ')).toBe(`${manifest.scripts.worker} --metrics 0.0.0.0:9464`);
    expect(worker.volumes).toEqual([
      expect.objectContaining({ source: './limits.yaml', target: '/app/limits.yaml', read_only: true }),
    ]);
  });
});

describe('the profile observability', () => {
  interface Scraping {
    readonly rule_files: readonly string[];
    readonly scrape_configs: readonly { readonly static_configs: readonly { readonly targets: readonly string[] }[] }[];
  }
  const scraping = parse(config('prometheus')) as Scraping;
  const targetOf = (service: string, source: string) =>
    compose.services[service]?.configs?.find((each) => each.source === source)?.target;

  it('is all that is not there without it', () => {
    const optional = services.filter(([, { profiles }]) => profiles !== undefined);
    expect(optional.map(([name, { profiles }]) => [name, profiles])).toEqual(
      ['metrics', 'prometheus', 'grafana'].map((name) => [name, ['observability']]),
    );
  });

  it('scrapes every worker and the limiters, each where it serves its metrics', () => {
    const targets = scraping.scrape_configs.flatMap((job) => job.static_configs.flatMap(({ targets: each }) => each));
    expect(targets).toEqual([...workers.map(([name]) => `${name}:9464`), 'metrics:9465']);
    expect(compose.services['metrics']?.command?.slice(2)).toEqual(['metrics', '--host', '0.0.0.0', '--port', '9465']);
  });

  it('has the alert rules where Prometheus looks for them, and the board where Grafana does', () => {
    expect(scraping.rule_files).toEqual([targetOf('prometheus', 'alerts')]);
    expect(parse(config('alerts'))).toHaveProperty('groups');
    const { providers } = parse(config('grafana-dashboards')) as { providers: [{ options: { path: string } }] };
    const board = targetOf('grafana', 'grafana-board') ?? '';
    expect(board.startsWith(`${providers[0].options.path}/`)).toBe(true);
    expect(compose.services['grafana']?.environment?.['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH']).toBe(board);
    expect(JSON.parse(config('grafana-board'))).toHaveProperty('panels');
  });

  it('has Grafana ask Prometheus', () => {
    expect(parse(config('grafana-datasources'))).toMatchObject({
      datasources: [{ type: 'prometheus', url: 'http://prometheus:9090' }],
    });
  });
});

describe('the Dockerfile', () => {
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, sources]) => sources!.split(' '));
  const ignored = read('.dockerignore').split('\n');

  it.each(copied)('copies %s, which exists and is not ignored', (source) => {
    expect(existsSync(join(root, source))).toBe(true);
    expect(ignored).toContain(`!${source}`);
  });

  it('pins its base images', () => {
    const images = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
    expect(new Set(images)).toEqual(new Set([expect.stringMatching(/^node:20\.\d+\.\d+-bookworm-slim$/)]));
  });

  it('runs the command of the package, and not as root', () => {
    expect(dockerfile).toContain(`CMD ${JSON.stringify(manifest.scripts.worker.split(' ')).replaceAll(',', ', ')}`);
    expect(dockerfile).toMatch(/^USER node$/m);
  });
});
