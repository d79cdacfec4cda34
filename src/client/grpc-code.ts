import { isGrpcServiceError } from '@temporalio/client';

const CANCELLED = 1;
const DEADLINE_EXCEEDED = 4;
const UNAVAILABLE = 14;

/** How a call over the network failed, which Temporal's client gives as the cause of its own error. Undefined for any other. */
export function grpcCodeOf(error: unknown): number | undefined {
  const reason = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return isGrpcServiceError(reason) ? reason.code : undefined;
}

/** Whether a call was made that nobody answered. With any other code somebody did. */
export function wentUnanswered(error: unknown): boolean {
  const code = grpcCodeOf(error);
  return code === CANCELLED || code === DEADLINE_EXCEEDED || code === UNAVAILABLE;
}
