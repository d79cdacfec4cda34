import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file of the pages, as it is sent. */
export interface Asset {
  readonly type: string;
  readonly body: string;
}

const TYPES: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'main.js': 'text/javascript; charset=utf-8',
  'main.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
};

/** Where `npm run build` puts the pages: seen from the compiled code, and from the source. */
const FOLDERS = ['../../../dashboard', '../../../lib/dashboard'];

/** The files of the pages, by the path at which they are asked for. */
export function readAssets(): ReadonlyMap<string, Asset> {
  for (const folder of FOLDERS) {
    try {
      return new Map(
        Object.entries(TYPES).map(([file, type]) => [
          file === 'index.html' ? '/' : `/${file}`,
          { type, body: readFileSync(join(__dirname, folder, file), 'utf8') },
        ]),
      );
    } catch {
      continue;
    }
  }
  throw new Error('The pages of the dashboard are not built: run `npm run build`');
}
