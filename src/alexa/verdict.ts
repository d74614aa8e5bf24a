import {
  type Check,
  check,
  checkAccessToken,
  checkError,
  checkRedirectUri,
  checkState,
  isUsableToken,
  repeatedNames,
  type Verdict,
} from './checks.ts';
import type { Simulator } from './simulator.ts';

/** A verdict on the implicit grant. */
export interface ImplicitVerdict extends Verdict {
  /** The token, where it is one that a skill could use. */
  readonly accessToken: string | undefined;
}

/** Judges the address that a browser was sent back to, requirement by requirement (implicit grant). */
export function judgeResponse(simulator: Simulator, publicUrl: string, href: string): ImplicitVerdict {
  const mark = href.indexOf('#');
  const answered = mark === -1 ? href : href.slice(0, mark);
  const fragment = new URLSearchParams(mark === -1 ? '' : href.slice(mark + 1));
  const state = fragment.get('state');
  const error = fragment.get('error') ?? undefined;
  const token = fragment.get('access_token');
  const asked = state === null ? undefined : simulator.recall(state);
  const checks = [
    checkRedirectUri(answered, publicUrl, asked),
    checkFragment(mark, fragment),
    checkState(state, asked),
    ...(error === undefined
      ? [
          checkAccessToken(token),
          checkTokenType(fragment.get('token_type')),
          checkLifetime(fragment.get('expires_in')),
        ]
      : [checkError(error, fragment.get('error_description'))]),
  ];
  return { checks, error, asked, accessToken: isUsableToken(token) ? token : undefined };
}

function checkFragment(mark: number, fragment: URLSearchParams): Check {
  const repeated = repeatedNames(fragment);
  const found =
    mark === -1
      ? 'there is no #, so Alexa sees nothing'
      : repeated.length > 0
        ? `repeated: ${repeated.join(', ')}`
        : [...fragment.keys()].join(', ');
  return check(
    'The parameters are in the fragment, behind #, each once',
    mark !== -1 && repeated.length === 0,
    found,
  );
}

function checkTokenType(type: string | null): Check {
  return check('token_type is Bearer', type === 'Bearer', type ?? 'token_type is missing');
}

function checkLifetime(expiresIn: string | null): Check {
  const requirement =
    'The token does not expire soon: Alexa can’t renew it, and refuses less than 360 seconds';
  if (expiresIn === null) return check(requirement, true, 'no expires_in: it does not expire');
  const seconds = Number(expiresIn);
  const found = `expires_in=${expiresIn}: then everybody has to link again`;
  return check(requirement, Number.isInteger(seconds) && seconds >= 360, found);
}
