import { randomReadable, readableAlphabet } from '../crypto.ts';

const pattern = new RegExp(`^[${readableAlphabet}]{4}-[${readableAlphabet}]{4}$`);

/** A new reference for one attempt: 40 random bits as `K7QM-2R9X`, to be read out and searched for. Not a secret. */
export function createReference(): string {
  const characters = randomReadable(8);
  return `${characters.slice(0, 4)}-${characters.slice(4)}`;
}

/** The reference that a form carried, or a new one where it is absent or malformed. */
export function continueReference(carried: string | undefined): string {
  return carried !== undefined && pattern.test(carried) ? carried : createReference();
}
