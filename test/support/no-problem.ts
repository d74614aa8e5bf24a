/** For what must be in order as it is delivered. */
export function noProblem(where: string, message: string): never {
  throw new Error(`${where} ${message}`);
}
