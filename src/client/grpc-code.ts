import { isGrpcServiceError } from '@temporalio/client';

/** gRPC's codes for a call that nobody answered; with any other, somebody did. */
const CANCELLED = 1;
export const DEADLINE_EXCEEDED = 4;
const UNAVAILABLE = 14;
const UNANSWERED: readonly (number | undefined)[] = [CANCELLED, DEADLINE_EXCEEDED, UNAVAILABLE];

/** How a call over the network failed, by gRPC's code; the SDK wraps most such errors. */
export function grpcCodeOf(error: unknown): number | undefined {
  const reason = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return isGrpcServiceError(reason) ? reason.code : undefined;
}

/** Whether the error is that no server has answered, rather than what one has said. */
export function wentUnanswered(error: unknown): boolean {
  return UNANSWERED.includes(grpcCodeOf(error));
}
