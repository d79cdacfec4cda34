import {
  Client,
  type ClientOptions,
  isGrpcServiceError,
  NamespaceNotFoundError,
  ServiceError,
} from '@temporalio/client';
import { LimitsAdmin } from '../../client/admin/limits-admin';
import { reasonOf } from '../errors/exit-code';
import { TargetError } from '../errors/errors';
import { loadDataConverterModule } from '../config/data-converter-module';
import { connectAt, placeOfTarget } from '../temporal/target-place';
import { type TargetOptions } from './target-options';

/** A namespace that a command works on. */
export interface Session {
  readonly client: Client;
  readonly admin: Pick<LimitsAdmin, 'list' | 'set' | 'whyWorkflow'>;
  readonly address: string;
  readonly namespace: string;
}

export type WithSession = <T>(target: TargetOptions, act: (session: Session) => Promise<T>) => Promise<T>;

/**
 * Connects, acts and closes the connection.
 *
 * @throws {TargetError} if the server does not answer, or refuses what is asked
 */
export const withSession: WithSession = async (target, act) => {
  const place = placeOfTarget(target);
  const { address, namespace } = place;
  const dataConverter = await dataConverterOf(target);
  const connection = await connectAt(
    place,
    (where) =>
      new TargetError(`Temporal does not answer${where}: pass --address or set TEMPORAL_ADDRESS to a running server`),
  );
  try {
    const client = new Client({ connection, namespace, ...dataConverter });
    return await act({ client, admin: new LimitsAdmin({ client }), address, namespace });
  } catch (error) {
    const isRefusal = [ServiceError, NamespaceNotFoundError].some((kind) => error instanceof kind);
    if (!isRefusal && !isGrpcServiceError(error)) throw error;
    throw new TargetError(
      `Temporal at ${address}, namespace ${JSON.stringify(namespace)}, refused: ${reasonOf(error)}`,
    );
  } finally {
    await connection.close();
  }
};

/** How the limiters that a command works on write. */
export async function dataConverterOf({
  dataConverter: file,
}: TargetOptions): Promise<Pick<ClientOptions, 'dataConverter'>> {
  if (file === undefined) return {};
  const dataConverter = await loadDataConverterModule(file).catch((error: unknown) => {
    throw new TargetError(`--data-converter must be ${(error as Error).message}`);
  });
  return { dataConverter };
}
