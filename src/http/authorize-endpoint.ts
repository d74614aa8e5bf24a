import type { Request, RequestHandler, Response } from 'express';
import { describeDifference, suggestRegistration } from '../alexa/redirect-uri-hint.ts';
import {
  type AuthorizationRequest,
  findRecipient,
  parseAuthorizationRequest,
  type Recipient,
  type Refusal,
} from '../oauth/authorization-request.ts';
import { errorRedirect, successRedirect } from '../oauth/authorization-response.ts';
import type { Clients } from '../oauth/client.ts';
import { type GrantAttempt, type GrantContext, signInAndGrant } from '../oauth/grants.ts';
import { OAuthError } from '../oauth/oauth-error.ts';
import type { ProblemName } from '../pages/pages.ts';
import type { SignInAlert } from '../pages/sign-in-page.ts';
import type { Report } from '../telemetry/events.ts';
import { continueReference, createReference } from '../telemetry/reference.ts';
import type { Answers } from './answers.ts';
import { queryOf, signInForm } from './form.ts';
import type { PagesFor } from './language.ts';
import { noteReference } from './request-log.ts';
import { refuseOtherSite } from './same-origin.ts';
import { answerFailedSignIn, goneSignal } from './sign-in-failure.ts';

export interface AuthorizeEndpointOptions {
  readonly clients: Clients;
  readonly context: GrantContext;
  readonly answers: Answers;
  readonly pagesFor: PagesFor;
  readonly publicUrl: string;
  readonly report: Report;
}

/** The authorization endpoint (RFC 6749 3.1): the sign-in page, and what becomes of its form. */
export function createAuthorizeEndpoint(options: AuthorizeEndpointOptions) {
  const { clients, context, answers, pagesFor, report } = options;
  const otherSite = refuseOtherSite(options);

  /** The request in the query, checked from scratch each time. Where it can't be granted, answers and gives nothing. */
  function readRequest(request: Request, response: Response, reference: string): Asked | undefined {
    const recipient = findRecipient(queryOf(request), clients);
    if ('refused' in recipient) {
      report('authorization.refused', { reference, ip: request.ip, ...explain(recipient) });
      answers.page(response, 400, pagesFor(request).problem(problemOf[recipient.refused], reference));
      return undefined;
    }
    try {
      return { recipient, authorization: parseAuthorizationRequest(recipient) };
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      const { code, description, cause } = error;
      report('authorization.failed', {
        reference,
        client_id: recipient.client.clientId,
        code,
        description,
        cause,
      });
      answers.redirect(response, errorRedirect(recipient, error));
      return undefined;
    }
  }

  async function answerSignIn(request: Request, response: Response, attempt: GrantAttempt): Promise<void> {
    const { authorization, reference, username, address } = attempt;
    const { client, scope } = authorization;
    const fields = { reference, client_id: client.clientId, ip: address };
    const result = await signInAndGrant(context, attempt);
    if ('link' in result) {
      const { id, subject, redirectHost } = result.link;
      report('sign_in.succeeded', { ...fields, subject });
      // With a code, the link is made when Alexa comes for it.
      const event = 'code' in result.issued ? 'code.issued' : 'link.created';
      report(event, { ...fields, link_id: id, redirect_host: redirectHost });
      answers.redirect(response, successRedirect(authorization, result.issued));
    } else {
      const page = (alert: SignInAlert) =>
        pagesFor(request).signIn(client, scope, { reference, username, alert });
      answerFailedSignIn(response, { failure: result, fields, page }, answers, report);
    }
  }

  const get: RequestHandler = (request, response) => {
    const reference = createReference();
    noteReference(response, reference);
    const asked = readRequest(request, response, reference);
    if (asked === undefined) return;
    const { client, scope } = asked.authorization;
    answers.page(response, 200, pagesFor(request).signIn(client, scope, { reference }));
  };

  const post: RequestHandler = async (request, response) => {
    const { action, username, password, ...form } = signInForm(request);
    const reference = continueReference(form.reference);
    noteReference(response, reference);
    if (otherSite(request, response, reference)) return;
    const asked = readRequest(request, response, reference);
    if (asked === undefined) return;
    const { recipient, authorization } = asked;
    if (action === 'cancel') {
      report('sign_in.cancelled', { reference, client_id: authorization.client.clientId });
      answers.redirect(
        response,
        errorRedirect(recipient, new OAuthError('access_denied', 'The user cancelled.')),
      );
      return;
    }
    if (action !== 'sign-in')
      throw new OAuthError('invalid_request', 'The action must be sign-in or cancel.');
    const sent = { username, password, address: request.ip, signal: goneSignal(response) };
    await answerSignIn(request, response, { authorization, reference, ...sent });
  };

  return { get, post };
}

interface Asked {
  readonly recipient: Recipient;
  readonly authorization: AuthorizationRequest;
}

const problemOf: Readonly<Record<Refusal['refused'], ProblemName>> = {
  malformed: 'brokenAddress',
  unknown_client: 'unknownSkill',
  unregistered_redirect_uri: 'wrongRedirectUri',
};

/** What the operator needs to know, and may copy. */
function explain(refusal: Refusal): Readonly<Record<string, string | undefined>> {
  const reason = refusal.refused;
  if (reason === 'malformed') return { reason, problem: refusal.problem };
  if (reason === 'unknown_client') return { reason, client_id: refusal.clientId.slice(0, 200) };
  const { client, redirectUri } = refusal;
  return {
    reason,
    client_id: client.clientId,
    redirect_uri: redirectUri.slice(0, 500),
    difference: describeDifference(redirectUri, client.redirectUris),
    hint: suggestRegistration(redirectUri, client.redirectUris),
  };
}
