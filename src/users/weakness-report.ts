import type { PasswordHash } from '../crypto/password-hash.ts';
import type { Report } from '../telemetry/events.ts';

/** Names each weak kind of password hash once, so that the operator knows without reading it at every sign-in. */
export function createWeaknessReport(report: Report): (hash: PasswordHash) => void {
  const named = new Set<string>();
  return ({ weakness }) => {
    if (weakness === undefined || named.has(weakness)) return;
    named.add(weakness);
    report('users.weak_hash', { format: weakness });
  };
}
