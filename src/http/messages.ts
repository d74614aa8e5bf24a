/** Puts values in the places of a message that are named for them: `{client}`. */
export function fill(message: string, values: Readonly<Record<string, string>>): string {
  return message.replace(/\{(\w+)\}/g, (placeholder, name) => values[name] ?? placeholder);
}
