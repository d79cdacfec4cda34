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
  readonly configs?: readonly { readonly source: string }[];
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly configs: Readonly<Record<string, { readonly content: string }>>;
}

const root = join(__dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

const compose = parse(read('docker-compose.yml'), { merge: true }) as Compose;
const services = Object.entries(compose.services);
const workers = services.filter(([, service]) => service.build !== undefined);
const dockerfile = read('Dockerfile');

describe('docker-compose.yml', () => {
  it('has no version key, which Compose calls obsolete', () => {
    expect(compose).not.toHaveProperty('version');
  });

  it.each(services)('pins the image of %s', (_name, { image }) => {
    expect(image).toMatch(/^[a-z/-]+:\d+\.\d+/);
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
    expect(parse(compose.configs['dynamic-config']!.content)).toEqual({
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
    expect(worker.command?.join(' ')).toBe(manifest.scripts.worker);
    expect(worker.volumes).toEqual([
      expect.objectContaining({ source: './limits.yaml', target: '/app/limits.yaml', read_only: true }),
    ]);
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
