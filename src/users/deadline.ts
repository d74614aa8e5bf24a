import { withDeadline } from '../clock.ts';
import { UnreachableError } from './user-store.ts';

/** How long a back-end may take before it counts as unreachable. */
export const deadlineSeconds = 5;

/** Rejects when `asking` takes longer; what it was doing is then for `giveUp` to end, which is called with the same error. */
export function inTime<Result>(
  asking: Promise<Result>,
  giveUp: (error: Error) => void = () => {},
): Promise<Result> {
  return withDeadline(asking, deadlineSeconds * 1000, () => {
    const error = new UnreachableError(`no answer within ${deadlineSeconds} seconds`);
    giveUp(error);
    return error;
  });
}
