import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

interface Compose {
  readonly services: Readonly<
    Record<'temporal' | 'schema', { image: string; environment: Readonly<Record<string, string>> }>
  >;
  readonly configs: Readonly<Record<'dynamic-config', { content: string }>>;
}

/** The server as docker-compose.yml has it, so that what runs here is what is deployed there. */
export function composedServer(): {
  readonly version: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly sqlPlugin: string;
  readonly dynamicConfig: string;
} {
  const { services, configs } = parse(readFileSync(join(__dirname, '../../docker-compose.yml'), 'utf8'), {
    merge: true,
  }) as Compose;
  const { image, environment } = services.temporal;
  return {
    version: image.slice(image.indexOf(':') + 1),
    environment,
    sqlPlugin: services.schema.environment['SQL_PLUGIN'] ?? '',
    dynamicConfig: configs['dynamic-config'].content,
  };
}
