import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import { describe, expect, it } from 'vitest';
import { splitAtParameter } from '../../src/sql/named-parameter.ts';
import { statementOf } from '../../src/users/sql-users.ts';

const db = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (of) => new PostgresIntrospector(of),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

function compiled(text: string) {
  const { sql, parameters } = statementOf(text, 'username', 'alice').compile(db);
  return { sql, parameters };
}

describe('a statement with a named parameter', () => {
  it.each([
    ['select 1 where a = :username', 'select 1 where a = $1\n'],
    ['select 1 where a=:username;  ', 'select 1 where a=$1\n'],
    ['select :username::text', 'select $1::text\n'],
    [
      "select ':username', 'it''s :username' where a = :username",
      "select ':username', 'it''s :username' where a = $1\n",
    ],
    ['select ":username", `:username` where a = :username', 'select ":username", `:username` where a = $1\n'],
    ["select 1 -- it's :username\nwhere a = :username", "select 1 -- it's :username\nwhere a = $1\n"],
    ['select 1 /* :username\n */ where a = :username', 'select 1 /* :username\n */ where a = $1\n'],
    [
      'select $$:username$$, $x$ $$ :username $x$ where a = :username',
      'select $$:username$$, $x$ $$ :username $x$ where a = $1\n',
    ],
    ['select a::username where a = :username', 'select a::username where a = $1\n'],
    ['select :usernames, :username_2 where a = :username', 'select :usernames, :username_2 where a = $1\n'],
  ])('binds the value and changes nothing else: %s', (text, sql) => {
    expect(compiled(text)).toEqual({ sql, parameters: ['alice'] });
  });

  it('binds the value as often as it stands there', () => {
    expect(compiled('select 1 where a = :username or b = :username')).toEqual({
      sql: 'select 1 where a = $1 or b = $2\n',
      parameters: ['alice', 'alice'],
    });
  });

  it.each(["select ':username'", 'select 1 -- :username', 'select :user', 'select 1'])(
    'is none without it: %s',
    (text) => {
      expect(splitAtParameter(text, 'username')).toBeUndefined();
    },
  );
});
