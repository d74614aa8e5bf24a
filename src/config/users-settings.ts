import type { AddProblem } from './problem.ts';
import type { ReadFile, Variables } from './variables.ts';

/** What the reader of one kind of user store gets: `USERS`, the variables beside it, ways to look on and to complain. */
export interface UsersSettings {
  readonly value: string;
  readonly variables: Variables;
  readonly production: boolean;
  readonly readFile: ReadFile;
  readonly addProblem: AddProblem;
}

/** How many connections a user store may have at once. */
export function parseConnections({ variables, addProblem }: UsersSettings): number {
  const text = variables.USERS_CONNECTIONS ?? '10';
  const connections = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (connections < 1 || connections > 100)
    addProblem('USERS_CONNECTIONS', 'must be a whole number from 1 to 100');
  return connections;
}
