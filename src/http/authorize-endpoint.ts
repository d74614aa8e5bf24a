import type { Request, RequestHandler, Response } from 'express';
import { describeDifference, suggestRegistration } from '../alexa/redirect-uri-hint.ts';
import {
  type AuthorizationRequest,
  decide,
  errorRedirect,
  type Refusal,
  successRedirect,
} from '../oauth/authorization.ts';
import { signInAndGrant } from '../oauth/grants.ts';
import { OAuthError } from '../oauth/oauth-error.ts';
import { singleParameter } from '../oauth/parameters.ts';
import type { ProblemName } from '../pages/pages.ts';
import type { SignInAlert } from '../pages/sign-in-page.ts';
import type { Deps } from './deps.ts';
import { formOf, queryOf } from './request.ts';
import { redirectTo, sendPage } from './response.ts';
import { answerFailedSignIn, attemptOf, readOwnForm } from './sign-in-form.ts';

/** The authorization endpoint (RFC 6749 3.1): the sign-in page, and what becomes of its form. */
export function createAuthorizeEndpoint(deps: Deps) {
  const { clients, pagesFor, report } = deps;

  /** The request that the query holds, checked from scratch each time. One that can't be granted is answered here. */
  function authorizationOf(request: Request, response: Response): AuthorizationRequest | undefined {
    const decision = decide(queryOf(request), clients);
    if (decision.kind === 'sign-in') return decision.authorization;
    const { reference } = response.locals;
    if (decision.kind === 'error-page') {
      const { refusal } = decision;
      report('authorization.refused', { reference, ip: request.ip, ...explain(refusal) });
      sendPage(response.status(400), pagesFor(request).problem(problemOf[refusal.reason], reference));
    } else {
      const { client, error, location } = decision;
      const { code, description, cause } = error;
      report('authorization.failed', { reference, client_id: client.clientId, code, description, cause });
      redirectTo(response, location);
    }
    return undefined;
  }

  const get: RequestHandler = (request, response) => {
    const authorization = authorizationOf(request, response);
    if (authorization === undefined) return;
    const { client, scope } = authorization;
    sendPage(response, pagesFor(request).signIn(client, scope, response.locals));
  };

  const post: RequestHandler = async (request, response) => {
    const authorization = authorizationOf(request, response);
    if (authorization === undefined) return;
    const { client, scope } = authorization;
    const { reference } = response.locals;
    const action = singleParameter(formOf(request), 'action') ?? 'sign-in';
    if (action === 'cancel') {
      report('sign_in.cancelled', { reference, client_id: client.clientId });
      const error = new OAuthError('access_denied', 'The user cancelled.');
      return redirectTo(response, errorRedirect(authorization, error));
    }
    if (action !== 'sign-in')
      throw new OAuthError('invalid_request', 'The action must be sign-in or cancel.');
    const fields = { reference, client_id: client.clientId, ip: request.ip };
    const attempt = attemptOf(request, response);
    const result = await signInAndGrant(deps, { ...attempt, authorization, reference });
    if ('link' in result) {
      const { id, subject, redirectHost } = result.link;
      report('sign_in.succeeded', { ...fields, subject });
      // With a code, the link is made when Alexa comes for it.
      const event = 'code' in result.issued ? 'code.issued' : 'link.created';
      report(event, { ...fields, link_id: id, redirect_host: redirectHost });
      return redirectTo(response, successRedirect(authorization, result.issued));
    }
    const { username } = attempt;
    const page = (alert: SignInAlert) =>
      pagesFor(request).signIn(client, scope, { reference, username, alert });
    answerFailedSignIn(response, result, fields, page, deps);
  };

  return { get, post: [...readOwnForm(deps), post] };
}

const problemOf: Readonly<Record<Refusal['reason'], ProblemName>> = {
  malformed: 'brokenAddress',
  unknown_client: 'unknownSkill',
  unregistered_redirect_uri: 'wrongRedirectUri',
};

/** What the operator needs to know, and may copy. */
function explain(refusal: Refusal): Readonly<Record<string, string | undefined>> {
  const { reason } = refusal;
  if (reason === 'malformed') return { reason, problem: refusal.problem };
  if (reason === 'unknown_client') return { reason, client_id: refusal.clientId };
  const { client, redirectUri } = refusal;
  return {
    reason,
    client_id: client.clientId,
    redirect_uri: redirectUri,
    difference: describeDifference(redirectUri, client.redirectUris),
    hint: suggestRegistration(redirectUri, client.redirectUris),
  };
}
