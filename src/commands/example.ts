/** The end of a command's help: how it is called from a checkout, with the settings that the example needs before it. */
export function example(command: string, settings = ''): string {
  return `\nExample:\n  ${settings}npm run alexa-link -- ${command}`;
}
