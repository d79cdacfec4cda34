import { sameDefinition, type SetDefinition } from '../../limiter/definition/definition';
import { definitionDifferences } from '../../limiter/definition/definition-differences';
import { DefinitionConflictError } from '../../limiter/errors/definition-errors';
import { LimiterUnavailableError } from '../../limiter/errors/limiter-errors';
import type { Backend, BackendOptions, Mode } from './backend';
import { backends } from './backends';

interface Shared {
  definition: SetDefinition;
  readonly make: (definition: SetDefinition) => Backend;
  backend: Backend | undefined;
  /** Sets that use it; the last to close closes it. */
  users: number;
}

/** A set's access to its backend, which is made at the first use: constructing a set costs no connection. */
export class BackendHandle {
  #isOpen = true;

  constructor(
    readonly name: string,
    private readonly shared: Shared,
    private readonly forget: () => void,
  ) {
    shared.users += 1;
  }

  /** @throws LimiterUnavailableError once closed */
  get backend(): Backend {
    if (!this.#isOpen) throw new LimiterUnavailableError(this.name, 'the set has been closed');
    this.shared.backend ??= this.shared.make(this.shared.definition);
    return this.shared.backend;
  }

  /** Whether it has been closed. */
  get isClosed(): boolean {
    return !this.#isOpen;
  }

  /** Whether closing it would end and forget nothing. */
  get isIdle(): boolean {
    return this.shared.backend?.isIdle ?? true;
  }

  /** Gives back what is idle, if anything was ever taken. */
  async yield(): Promise<void> {
    await this.shared.backend?.yield();
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.shared.users -= 1;
    if (this.shared.users > 0) return;
    this.forget();
    await this.shared.backend?.close();
  }
}

/** Backends in use, per connection, by what identifies the limiter that they stand for. */
const perClient = new WeakMap<object, Map<string, Shared>>();
const WITHOUT_CLIENT = {};

/** A backend of one's own. */
export function privateBackend(mode: Mode, options: BackendOptions): BackendHandle {
  return new BackendHandle(options.name, newShared(mode, options), () => undefined);
}

/**
 * The backend that all sets of this name in this process share. In memory mode, the newest of their definitions is in
 * force for all of them.
 *
 * @throws DefinitionConflictError if the name already stands for other limits here, under the same version
 */
export function sharedBackend(mode: Mode, options: BackendOptions): BackendHandle {
  const { name, definition, client, onUnavailable } = options;
  const known = perClient.get(client ?? WITHOUT_CLIENT) ?? new Map<string, Shared>();
  perClient.set(client ?? WITHOUT_CLIENT, known);
  // in Temporal mode two versions may live side by side for a while: the limiter decides between them
  const id = JSON.stringify(mode === 'memory' ? [mode, name] : [mode, name, definition.version, onUnavailable]);
  const shared = known.get(id) ?? newShared(mode, options);
  const { version } = shared.definition;
  if (definition.version === version && !sameDefinition(shared.definition, definition)) {
    throw new DefinitionConflictError(name, definitionDifferences(definition, shared.definition));
  }
  if (definition.version > version) {
    shared.definition = definition;
    shared.backend?.redefine?.(definition);
  }
  known.set(id, shared);
  return new BackendHandle(name, shared, () => known.delete(id));
}

function newShared(mode: Mode, options: BackendOptions): Shared {
  const make = (definition: SetDefinition): Backend => backends[mode]({ ...options, definition });
  return { definition: options.definition, make, backend: undefined, users: 0 };
}
