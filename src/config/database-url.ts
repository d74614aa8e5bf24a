import { fileOf } from './paths.ts';
import type { AddProblem } from './problem.ts';

/** What each engine's address may say of TLS; anything else would be left out, and TLS with it. */
const tlsParameters = {
  postgres: ['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'ssl', 'uselibpqcompat', 'sslnegotiation'],
  mysql: ['ssl-mode', 'ssl-ca'],
};

const tlsModes = ['REQUIRED', 'VERIFY_CA', 'VERIFY_IDENTITY'];

/** Checks the address of a database; what is wrong repeats nothing of it. */
export function parseDatabaseUrl(
  engine: keyof typeof tlsParameters,
  value: string,
  addProblem: AddProblem,
): string {
  // Cloud SQL's form, with a socket as the host: URLs that have a name need a host as well.
  const address = value.replace(/@(?=\/[^?]*\?(.*&)?host=(\/|%2F))/i, '@localhost');
  const url = URL.parse(address);
  if (url === null || url.pathname.length < 2 || url.pathname.includes('@') || url.hash !== '') {
    const example = `${engine}://name:password@host/database`;
    addProblem(`must be like ${example}; in the password, write /, #, ? and @ as %2F, %23, %3F and %40`);
    return '';
  }
  for (const [name] of url.searchParams) {
    if (/ssl|tls/i.test(name) && !tlsParameters[engine].includes(name))
      addProblem(`has ${name}, which is not read: for TLS there are ${tlsParameters[engine].join(', ')}`);
  }
  const mode = url.searchParams.get('ssl-mode');
  if (engine === 'mysql' && mode !== null && !tlsModes.includes(mode))
    addProblem(`must have ${tlsModes.join(', ')} as ssl-mode, or none`);
  for (const name of ['ssl-ca', 'sslrootcert', 'sslcert', 'sslkey']) {
    const path = url.searchParams.get(name);
    if (path !== null) fileOf(path, `correct ${name}`, addProblem);
  }
  return address;
}

/** A database's address as an operator may be shown it, without user and password. */
export function nameOfDatabase(address: string): string {
  const url = URL.parse(address);
  if (url === null) return address;
  const host = url.searchParams.get('host');
  return `${url.protocol}//${host?.startsWith('/') ? host : url.host}${url.pathname}`;
}
