import type { Request, RequestHandler, Response } from 'express';
import { now } from '../clock.ts';
import { issueTicket, listOwnLinks, unlink, useTicket } from '../oauth/own-links.ts';
import { singleParameter } from '../oauth/parameters.ts';
import { signIn } from '../oauth/sign-in.ts';
import type { SignInAlert } from '../pages/sign-in-page.ts';
import type { Link, Ticket } from '../storage/stores.ts';
import type { Deps } from './deps.ts';
import { formOf } from './request.ts';
import { sendPage } from './response.ts';
import { answerFailedSignIn, attemptOf, readOwnForm } from './sign-in-form.ts';

/** A user's own links: sign in, see them, unlink. A ticket in the page stands for having signed in. */
export function createLinksEndpoint(deps: Deps) {
  const { pagesFor, report } = deps;

  async function answerLinks(
    request: Request,
    response: Response,
    { subject, username }: Omit<Ticket, 'expiresAt'>,
    ticket: string,
    unlinked: readonly Link[] = [],
  ): Promise<void> {
    const { reference } = response.locals;
    const links = await listOwnLinks(deps, subject);
    // The clock of the instance that made a link may be ahead.
    const latest = Math.max(now(), ...links.map(({ createdAt }) => createdAt));
    const view = { username, ticket, reference, links, unlinked, all: `all-${latest}` };
    sendPage(response, pagesFor(request).links(view));
  }

  async function answerChange(request: Request, response: Response, ticket: string): Promise<void> {
    const { reference } = response.locals;
    const owner = await useTicket(deps, ticket);
    if (owner === undefined) {
      const page = pagesFor(request).linksSignIn({ reference, alert: { reason: 'ended' } });
      return sendPage(response.status(422), page);
    }
    const chosen = parseChosen(singleParameter(formOf(request), 'link') ?? '');
    const { ended, unlinked, failures } = await unlink(deps, owner, chosen);
    for (const { id, clientId } of ended)
      report('link.revoked', { reference, client_id: clientId, link_id: id, by: 'person' });
    if (failures.length > 0) throw failures[0];
    await answerLinks(request, response, owner, ticket, unlinked);
  }

  async function answerSignIn(request: Request, response: Response): Promise<void> {
    const { reference } = response.locals;
    const fields = { reference, ip: request.ip };
    const attempt = attemptOf(request, response);
    const result = await signIn(deps, attempt);
    if (result.outcome === 'signed-in') {
      const { id: subject, username } = result.user;
      report('sign_in.succeeded', { ...fields, subject });
      const ticket = await issueTicket(deps, { subject, username });
      return answerLinks(request, response, { subject, username }, ticket);
    }
    const { username } = attempt;
    const page = (alert: SignInAlert) => pagesFor(request).linksSignIn({ reference, username, alert });
    answerFailedSignIn(response, result, fields, page, deps);
  }

  const get: RequestHandler = (request, response) => {
    sendPage(response, pagesFor(request).linksSignIn(response.locals));
  };

  const post: RequestHandler = (request, response) => {
    const ticket = singleParameter(formOf(request), 'ticket');
    return ticket === undefined ? answerSignIn(request, response) : answerChange(request, response, ticket);
  };

  return { get, post: [...readOwnForm(deps), post] };
}

/** One link by its id, or all that were live when the page was made: `all-` and that instant. */
function parseChosen(chosen: string) {
  const [, instant] = /^all-(\d{1,12})$/.exec(chosen) ?? [];
  if (instant !== undefined) return { allAt: Number(instant) };
  // Engines refuse some texts as a key.
  return { linkId: /^[0-9a-f]{32}$/.test(chosen) ? chosen : '' };
}
