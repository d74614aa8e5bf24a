import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Certificates, makeCertificates } from './certificates.ts';
import { endOf, temporary, untilListening } from './databases.ts';
import { freePort } from './server.ts';

export interface Directory {
  /** Of `ldap://`, where StartTLS is offered, and of `ldaps://`. */
  readonly port: number;
  readonly securePort: number;
  readonly certificates: Certificates;
  stop(): Promise<void>;
}

const slapd = '/usr/sbin/slapd';

/** Why there is no directory, in a word for who reads which tests were left out. */
export const noSlapd = existsSync(slapd) ? undefined : 'slapd is not installed';

export const base = 'dc=example,dc=com';
export const service = { bindDn: `cn=service,${base}`, bindPassword: 'service secret' };

/** What Active Directory has beside the standard, as its documentation has it. */
const activeDirectory = `
attributetype ( 1.2.840.113556.1.4.2 NAME 'objectGUID' EQUALITY octetStringMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.221 NAME 'sAMAccountName' EQUALITY caseIgnoreMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.8 NAME 'userAccountControl' EQUALITY integerMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
objectclass ( 1.2.840.113556.1.5.9.1 NAME 'adUser' AUXILIARY
  MAY ( objectGUID $ sAMAccountName $ userAccountControl ) )`;

const person = (uid: string, more: string) => `
dn: uid=${uid},ou=people,${base}
objectClass: inetOrgPerson
uid: ${uid}
cn: ${uid}
sn: ${uid}
${more}
`;

/** The password of everybody who has one is wonderland; alice's takes its time. */
const entries = (slow: string) => `
dn: ${base}
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: ${service.bindDn}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: service
userPassword: ${service.bindPassword}

dn: ou=people,${base}
objectClass: organizationalUnit
ou: people
${person('alice', `displayName: Alice Liddell\nmail: alice@example.com\nuserPassword: ${slow}`)}
${person('zoé', 'userPassword: wonderland').replace(/^dn: (.*)$/m, (_line, dn) => `dn:: ${Buffer.from(dn).toString('base64')}`)}
${person('nopassword', '')}
${person('twin', 'description: one\nuserPassword: wonderland')}
${person('other', 'description: two\nuserPassword: wonderland').replace('cn: other', 'cn: other\ncn: twin')}
${person('ada', `objectClass: adUser\nsAMAccountName: ada\nuserAccountControl: 512\nobjectGUID:: MyIRAFVEd2aImaq7zN3u/w==\nuserPassword: wonderland`)}
${person('off', 'objectClass: adUser\nsAMAccountName: off\nuserAccountControl: 514\nuserPassword: wonderland')}

dn: uid=elsewhere,ou=people,${base}
objectClass: referral
objectClass: extensibleObject
uid: elsewhere
ref: ldap://127.0.0.1:1/uid=elsewhere,ou=people,${base}
`;

/**
 * OpenLDAP's server with a few people. Everybody may search but people themselves, and a bind without a password is
 * taken for an anonymous one.
 */
export async function startSlapd(): Promise<Directory> {
  const folder = temporary();
  const certificates = makeCertificates(folder);
  const port = await freePort();
  const securePort = await freePort();
  const file = (name: string) => join(folder, name);
  mkdirSync(file('data'));
  const schemas = ['core', 'cosine', 'inetorgperson'].map(
    (name) => `include /etc/ldap/schema/${name}.schema`,
  );
  writeFileSync(
    file('slapd.conf'),
    `${schemas.join('\n')}
${activeDirectory}
pidfile ${file('pid')}
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload argon2
allow bind_anon_dn
TLSCACertificateFile ${certificates.ca}
TLSCertificateFile ${certificates.certificate}
TLSCertificateKeyFile ${certificates.key}
database mdb
suffix "${base}"
directory ${file('data')}
dbnosync
access to attrs=userPassword by anonymous auth by * none
access to * by dn="${service.bindDn}" read by anonymous read by * none
`,
  );
  const argon2 = ['-o', 'module-path=/usr/lib/ldap', '-o', 'module-load=argon2 m=8192 t=3 p=1'];
  const slow = execFileSync('/usr/sbin/slappasswd', [...argon2, '-h', '{ARGON2}', '-s', 'wonderland'], {
    encoding: 'utf8',
  });
  writeFileSync(file('entries.ldif'), entries(slow.trim()));
  execFileSync('/usr/sbin/slapadd', ['-f', file('slapd.conf'), '-l', file('entries.ldif')], {
    stdio: 'pipe',
  });
  const urls = `ldap://127.0.0.1:${port} ldaps://127.0.0.1:${securePort}`;
  const server = spawn(slapd, ['-f', file('slapd.conf'), '-h', urls, '-d', '0'], { stdio: 'ignore' });
  const stop = () => endOf(server, folder);
  try {
    await untilListening(port);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, securePort, certificates, stop };
}
