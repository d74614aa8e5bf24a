import { parseOptions, verify } from '@node-rs/argon2';
import { damaged, derivedKey, type PasswordHashFormat, within } from './format.ts';

const bounds = { memoryKiB: 256 * 1024, passes: 16, lanes: 16 };

/** Argon2i and argon2id in PHC form, also with the `argon2` that Django puts in front. */
export const argon2Formats: readonly PasswordHashFormat[] = [
  {
    prefix: /^(argon2)?\$argon2id?\$/,
    parse(stored) {
      const phc = stored.replace(/^argon2/, '');
      derivedKey(Buffer.from(phc.split('$').at(-1) ?? '', 'base64'));
      const { memoryCost, timeCost, parallelism } = readOptions(phc);
      within('argon2 memory in KiB', memoryCost, bounds.memoryKiB);
      within('argon2 passes', timeCost, bounds.passes);
      within('argon2 lanes', parallelism, bounds.lanes);
      return { verify: (password) => verify(phc, password), cost: (memoryCost * timeCost) / 1500 };
    },
  },
];

function readOptions(phc: string) {
  try {
    return parseOptions(phc);
  } catch {
    throw damaged();
  }
}
