/** What a parameter's name may stand in without being one: text, quoted names, comments, PostgreSQL's casts. */
const notParameters =
  /'(?:[^']|'')*'|"[^"]*"|`[^`]*`|--[^\n]*|\/\*[\s\S]*?\*\/|\$([a-z_]*)\$[\s\S]*?\$\1\$|::/;

/**
 * What is before, between and after each `:name` in a statement. `undefined` where it has no such parameter: one in quotes or in
 * a comment is none.
 */
export function splitAtParameter(text: string, name: string): readonly string[] | undefined {
  const pieces: string[] = [];
  let from = 0;
  for (const match of text.matchAll(new RegExp(`${notParameters.source}|:${name}\\b`, 'gi'))) {
    if (match[0] !== `:${name}`) continue;
    pieces.push(text.slice(from, match.index));
    from = match.index + match[0].length;
  }
  // A semicolon or a comment at the end must not swallow what is put around the statement.
  return pieces.length === 0 ? undefined : [...pieces, `${text.slice(from).replace(/[;\s]+$/, '')}\n`];
}
