import { createHash, createHmac } from 'node:crypto';
import { verify } from '@node-rs/bcrypt';
import { fieldsOf, type ParsedHash, type PasswordHashFormat, within } from './format.ts';
import { asWordPressTakesIt } from './wordpress.ts';

const highestCost = 15;
const lowestGoodCost = 10;

/** bcrypt, and what applications do to a password before it, since bcrypt itself reads 72 bytes only. */
export const bcryptFormats: readonly PasswordHashFormat[] = [
  {
    // As Apache, PHP, Python and Ruby write it; Devise appends its pepper to the password.
    prefix: /^(bcrypt\$)?\$2[aby]\$/,
    parse: (stored, pepper) => bcrypt(stored.replace(/^bcrypt\$/, ''), (password) => password + pepper),
  },
  {
    // WordPress 6.8, wp_hash_password.
    prefix: /^\$wp\$2[aby]\$/,
    parse: (stored) =>
      asWordPressTakesIt(
        bcrypt(stored.slice('$wp'.length), (password) =>
          createHmac('sha384', 'wp-sha384').update(password).digest('base64'),
        ),
      ),
  },
  {
    // Django, BCryptSHA256PasswordHasher.
    prefix: /^bcrypt_sha256\$\$2[aby]\$/,
    parse: (stored) =>
      bcrypt(stored.slice('bcrypt_sha256$'.length), (password) =>
        createHash('sha256').update(password).digest('hex'),
      ),
  },
];

function bcrypt(hash: string, prepare: (password: string) => string): ParsedHash {
  const [digits] = fieldsOf(/^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/, hash);
  const cost = within('bcrypt cost', Number(digits), highestCost);
  return {
    verify: (password) => verify(prepare(password), hash),
    cost: 2 ** cost / 16,
    weakness: cost < lowestGoodCost ? `bcrypt with a cost of ${cost}` : undefined,
  };
}
