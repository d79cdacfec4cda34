import type { WorkerOptions } from '@temporalio/worker';

/** As a worker takes it. */
export type DataConverter = NonNullable<WorkerOptions['dataConverter']>;

/** Whether two converters write and read the same; each worker of a process may have been given an object of its own. */
export function sameConverter(a: DataConverter = {}, b: DataConverter = {}): boolean {
  const [codecs, others] = [a.payloadCodecs ?? [], b.payloadCodecs ?? []];
  return (
    a.payloadConverterPath === b.payloadConverterPath &&
    a.failureConverterPath === b.failureConverterPath &&
    codecs.length === others.length &&
    codecs.every((codec, index) => codec === others[index])
  );
}
