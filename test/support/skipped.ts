/** The name of tests that may be left out, with why they are: what a reporter shows of them is their name. */
export function withReason(name: string, reason: string | undefined): string {
  return reason === undefined ? name : `${name} (left out: ${reason})`;
}
