import type { Request } from 'express';
import type { Check } from '../alexa/checks.ts';
import type { CodeVerdict } from '../alexa/code-verdict.ts';
import {
  judgeRefresh,
  judgeRetry,
  judgeTokenAnswer,
  renewedToken,
  tokensOf,
} from '../alexa/token-verdict.ts';
import { callToken, callUserinfo, type SimulatedClient } from './simulator-requests.ts';

export interface PlayedCodeGrant {
  readonly checks: readonly Check[];
  /** The newest one, where there is one. */
  readonly accessToken: string | undefined;
  /** What `/userinfo` said of it. */
  readonly userinfo: string | undefined;
}

/** What Alexa's service does with a code: redeems it, refreshes, and tries the same again as if the answer had got lost. */
export async function playCodeGrant(
  request: Request,
  { code = '', redirectUri, codeVerifier }: CodeVerdict,
  client: SimulatedClient,
): Promise<PlayedCodeGrant> {
  const redeemed = await callToken(request, client, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    ...(codeVerifier !== undefined && { code_verifier: codeVerifier }),
  });
  const checks = judgeTokenAnswer(redeemed);
  const tokens = tokensOf(redeemed);
  if (tokens === undefined)
    return { checks: checks.slice(0, 1), accessToken: undefined, userinfo: undefined };
  const first = await callUserinfo(
    request,
    tokens.accessToken,
    'The skill can turn the token into the person',
  );

  const fields = { grant_type: 'refresh_token', refresh_token: tokens.refreshToken };
  const refreshed = await callToken(request, client, fields);
  const retried = await callToken(request, client, fields);
  const newest = renewedToken(retried) ?? tokens.accessToken;
  const last = await callUserinfo(request, newest, 'The new token works as well');
  return {
    checks: [...checks, first.check, judgeRefresh(refreshed), judgeRetry(retried), last.check],
    accessToken: newest,
    userinfo: last.body,
  };
}
