import { resolve } from 'node:path';
import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import { fileOf } from './paths.ts';
import type { AddProblem } from './problem.ts';

/** The JSON that a setting holds, or that is in the file which it names; nothing, with a problem, where that can't be read. */
export function readJson(value: string, addProblem: AddProblem): unknown {
  if (/^\s*[[{]/.test(value)) return parseJson(value, 'is not JSON', addProblem);
  const text = textOf(value, addProblem);
  return text && parseJson(text, `names ${resolve(value)}, which is not JSON`, addProblem);
}

function parseJson(text: string, problem: string, addProblem: AddProblem): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const { place, remedy } = findSlip(text);
    addProblem(`${problem}: ${place}`, { remedy });
    return undefined;
  }
}

/** The text of a file. A value that names none is repeated where it can hardly be anything but a path. */
function textOf(path: string, addProblem: AddProblem): string | undefined {
  const remedy = 'give the path of a JSON file, or the JSON itself';
  const text = fileOf(path, remedy, (problem, more) =>
    addProblem(/^[\w./\\~+-]{1,200}\.\w{1,8}$/.test(path) ? problem : 'is not JSON, and names no file', more),
  );
  if (text?.trim() !== '') return text;
  addProblem(`names ${resolve(path)}, which is empty`, { remedy });
  return undefined;
}

/** Where a text stops being JSON, and what to do there. Repeats nothing of it, since there are secrets in it. */
function findSlip(text: string): { readonly place: string; readonly remedy: string } {
  const { error, offset } = firstError(text);
  const lines = text.slice(0, offset).split('\n');
  const place = `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
  const at = text[offset] ?? '';
  if (/^(\/[/*]|#)/.test(text.slice(offset, offset + 2))) return { place, remedy: 'take out the comment' };
  if (/[\]},]/.test(at) && text.slice(0, offset).trimEnd().endsWith(','))
    return { place, remedy: 'take out the comma before it' };
  if (/[\]}]/.test(at)) return { place, remedy: 'look for a bracket before it that is not closed' };
  if (/['‘’“”]/.test(at)) return { place, remedy: 'put text in straight double quotes' };
  return {
    place,
    remedy: remedies[printParseErrorCode(error)] ?? 'look for a missing quote or comma before it',
  };
}

function firstError(text: string): { readonly error: number; readonly offset: number } {
  const errors: ParseError[] = [];
  try {
    parse(text, errors, { disallowComments: true });
  } catch (cause) {
    // Some thousand brackets within each other.
    if (!(cause instanceof RangeError)) throw cause;
  }
  return errors[0] ?? { error: 0, offset: 0 };
}

/** By jsonc-parser's name of an error. */
const remedies: Readonly<Record<string, string>> = {
  CommaExpected: 'put a comma before it',
  ColonExpected: 'put a colon before it',
  CloseBraceExpected: 'put a } there',
  CloseBracketExpected: 'put a ] there',
  PropertyNameExpected: 'put the key in double quotes',
  UnexpectedEndOfString: 'end the text on its line',
  InvalidSymbol: 'put text in double quotes; without them there are true, false, null and numbers',
  InvalidCharacter: 'in the text that begins there, write \\t for a tab',
  InvalidEscapeCharacter: 'in the text that begins there, write \\\\ for a \\',
  ValueExpected: 'put a value there',
  EndOfFileExpected: 'take out what is after the end',
};
