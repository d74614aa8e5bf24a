import { check, checkError, checkRedirectUri, checkState, repeatedNames, type Verdict } from './checks.ts';
import { grants, type Simulator } from './simulator.ts';

/** A verdict on the first half of the code grant. */
export interface CodeVerdict extends Verdict {
  readonly code: string | undefined;
  readonly redirectUri: string;
  /** Where the request had a code challenge. */
  readonly codeVerifier: string | undefined;
}

/** Judges the address that a browser was sent back to, requirement by requirement (code grant). */
export function judgeCodeResponse(simulator: Simulator, publicUrl: string, href: string): CodeVerdict {
  const mark = href.indexOf('?');
  const redirectUri = mark === -1 ? href : href.slice(0, mark);
  const query = new URLSearchParams(mark === -1 ? '' : href.slice(mark + 1));
  const state = query.get('state');
  const error = query.get('error') ?? undefined;
  const code = query.get('code');
  const asked = state === null ? undefined : simulator.recall(state);
  const repeated = repeatedNames(query);
  const checks = [
    checkRedirectUri(redirectUri, publicUrl, asked),
    check(
      'The parameters are in the query, behind ?, each once',
      repeated.length === 0,
      repeated.length > 0 ? `repeated: ${repeated.join(', ')}` : [...query.keys()].join(', '),
    ),
    checkState(state, asked),
    error === undefined
      ? check('code is there', code !== null, code === null ? 'code is missing' : `${code.length} characters`)
      : checkError(error, query.get('error_description')),
  ];
  const codeVerifier =
    state !== null && asked !== undefined && grants[asked.grant].pkce
      ? simulator.codeVerifier(state)
      : undefined;
  return { checks, error, asked, code: code ?? undefined, redirectUri, codeVerifier };
}
