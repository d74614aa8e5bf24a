import { type RawBuilder, sql } from 'kysely';

/** An operator's statement, ready to be given the value of its one parameter. */
export type Statement = (value: string) => RawBuilder<unknown>;

/** What a parameter's name may stand in without being one: text, quoted names, comments, PostgreSQL's casts. */
const notParameters =
  /'(?:[^']|'')*'|"[^"]*"|`[^`]*`|--[^\n]*|\/\*[\s\S]*?\*\/|\$([a-z_]*)\$[\s\S]*?\$\1\$|::/;

/**
 * Finds `:name` in a statement, as often as it stands there. The value is bound by the database's own protocol and
 * never becomes part of the text. `undefined` where the statement has no such parameter.
 */
export function parseStatement(text: string, name: string): Statement | undefined {
  const pieces: string[] = [];
  let from = 0;
  for (const match of text.matchAll(new RegExp(`${notParameters.source}|:${name}\\b`, 'gi'))) {
    if (match[0] !== `:${name}`) continue;
    pieces.push(text.slice(from, match.index));
    from = match.index + match[0].length;
  }
  if (pieces.length === 0) return undefined;
  // A semicolon or a comment at the end must not swallow what is put around the statement.
  const last = `${text.slice(from).replace(/[;\s]+$/, '')}\n`;
  return (value) =>
    sql.join([...pieces.map((piece) => sql`${sql.raw(piece)}${value}`), sql.raw(last)], sql``);
}
