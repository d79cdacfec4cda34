import { transformSync } from '@swc/core';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

/** Each file is compiled once, whatever becomes of it in a mutant. */
const compiled = new Map<string, string>();

type Exports = Record<string, unknown>;

/**
 * Loads TypeScript modules afresh, each file as `edit` makes it, without touching those that run: a mistake is made in
 * memory, never on the disk. What is no relative import is the real one.
 */
export class ModuleLoader {
  readonly #loaded = new Map<string, { exports: Exports }>();

  constructor(readonly edit: (file: string, source: string) => string) {}

  load(file: string): Exports {
    const known = this.#loaded.get(file);
    if (known !== undefined) return known.exports;
    const module = { exports: {} as Exports };
    this.#loaded.set(file, module);
    const real = createRequire(file);
    const require = (wanted: string): unknown =>
      wanted.startsWith('.') ? this.load(resolveFile(dirname(file), wanted)) : real(wanted);
    const source = this.edit(file, readFileSync(file, 'utf8'));
    // what is executed is the project's own source
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    const execute = new Function('exports', 'require', 'module', compile(source, file)) as (...args: unknown[]) => void;
    execute(module.exports, require, module);
    return module.exports;
  }
}

function resolveFile(folder: string, wanted: string): string {
  const path = resolve(folder, wanted);
  return existsSync(`${path}.ts`) ? `${path}.ts` : join(path, 'index.ts');
}

function compile(source: string, filename: string): string {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  const { code } = transformSync(source, {
    filename,
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022', keepClassNames: true },
    module: { type: 'commonjs' },
  });
  compiled.set(source, code);
  return code;
}
