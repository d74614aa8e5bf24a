import { writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hashPassword } from '../../src/passwords/password-hash.ts';
import { createOwnUsers } from '../../src/users/own-module.ts';
import { temporaryFolder } from '../support/server.ts';
import { describeUserStore } from './user-store-conformance.ts';

const stored = '$2y$05$/NjlYi.RAswnuMYFqkJDru4qMRkwgLZ4Y37O82bo9Y1TQ8Xi/B77m';

/** A module as an operator would write it, TypeScript and all. */
const module = `
interface Person { id: number; stored: string }
const people = new Map<string, Person>([['alice', { id: 7, stored: '${stored}' }]]);

export function createUserStore({ verifyPassword }: { verifyPassword: Function }) {
  return {
    async authenticate(username: string, password: string) {
      const person = people.get(username);
      return (await verifyPassword(username, person?.stored, password)) ? person : undefined;
    },
    async findById(id: string) {
      return [...people.values()].find((person) => String(person.id) === id) ?? null;
    },
  };
}
`;

async function users(text = module, name = 'store.ts') {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, text);
  const events: { event: string; [field: string]: unknown }[] = [];
  const store = await createOwnUsers({
    module: path,
    report: (event, fields) => void events.push({ event, ...fields }),
  });
  return { store, events };
}

const givesBack = (store: string) => users(`export const createUserStore = () => (${store});`, 'store.mjs');

describeUserStore('an operator’s own module', async () => ({
  ...(await users()),
  username: 'alice',
  password: 'wonderland',
}));

describe('an operator’s own module', () => {
  it('gives users as it has them, with the id as text', async () => {
    const { store } = await users();
    expect(await store.authenticate('alice', 'wonderland')).toEqual({ id: '7' });
    await store.ping();
    await store.close();
  });

  it('leaves a thread free for everything else, however many passwords it has verified', async () => {
    const stored = await hashPassword('wonderland');
    const { store } = await users(module.replace(/\$2y\$[^']*/, () => stored));
    let done = 0;
    const waiting = Array.from({ length: 60 }, async () => {
      await store.authenticate('alice', 'x');
      done += 1;
    });
    await stat(import.meta.filename);
    expect(done).toBeLessThan(30);
    await Promise.all(waiting);
  });

  it.each([
    ['export const createUsers = () => ({});', /exports no function createUserStore/],
    [
      'export const createUserStore = () => undefined;',
      /must give back an object with a function authenticate/,
    ],
    [
      'export const createUserStore = () => ({ authenticate: 1 });',
      /must give back an object with a function authenticate/,
    ],
    [
      'export const createUserStore = () => ({ authenticate() {}, findById: {} });',
      /and perhaps findById, ping and close/,
    ],
    ['export const createUserStore = () => { throw new Error("no database"); };', /no database/],
    ['export const createUserStore = async () => { throw new Error("no database"); };', /no database/],
    ['import "./nowhere.ts"; export const createUserStore = () => ({});', /nowhere/],
  ])('is not taken when it is %s', async (text, problem) => {
    await expect(users(text)).rejects.toThrow(problem);
  });

  it('rejects, where it throws, answers something else than a user, or takes too long', async () => {
    const answers = [
      ['{ authenticate() { throw new Error("broken"); } }', /broken/],
      ['{ async authenticate() { return { name: "x" }; } }', /wrong is id/],
      ['{ async authenticate() { return true; } }', /wrong is the whole/],
      ['{ authenticate: () => new Promise(() => {}) }', /no answer within 5 seconds/],
    ] as const;
    await Promise.all(
      answers.map(async ([text, problem]) => {
        const { store } = await givesBack(text);
        await expect(store.authenticate('alice', 'x')).rejects.toThrow(problem);
      }),
    );
  });

  it('may answer without a promise, and with null for nobody', async () => {
    const { store } = await givesBack('{ authenticate: (name) => name === "alice" ? { id: "a" } : null }');
    expect(await store.authenticate('alice', 'x')).toEqual({ id: 'a' });
    expect(await store.authenticate('bob', 'x')).toEqual({ refused: 'refused_by_module' });
    expect(store.findById).toBeUndefined();
  });

  it('may hand over what a database has where there is no hash', async () => {
    const { store } = await users(module.replace(`'${stored}'`, 'null as never'));
    expect(await store.authenticate('alice', 'wonderland')).toHaveProperty('refused');
  });

  it('keeps its own this', async () => {
    const { store } = await givesBack('{ id: "a", authenticate() { return { id: this.id }; } }');
    expect(await store.authenticate('alice', 'x')).toMatchObject({ id: 'a' });
  });

  it('hears of a stored hash that can’t be used', async () => {
    const { store, events } = await users(
      module.replace(stored, '$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o'),
    );
    expect(await store.authenticate('alice', 'wonderland')).toHaveProperty('refused');
    expect(events).toMatchObject([{ event: 'users.hash_unusable' }]);
  });

  it('may be a package', async () => {
    // Any package does, to show that it was found.
    await expect(createOwnUsers({ module: 'leven', report: () => {} })).rejects.toThrow(
      /exports no function createUserStore/,
    );
  });
});
