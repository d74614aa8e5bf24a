import type { Request, RequestHandler, Response } from 'express';
import { issueTicket, listOwnLinks, type OwnLinksContext, unlink, useTicket } from '../oauth/own-links.ts';
import { type SignInContext, signIn } from '../oauth/sign-in.ts';
import type { SignInAlert } from '../pages/sign-in-page.ts';
import type { Link } from '../storage/stores.ts';
import type { Report } from '../telemetry/events.ts';
import { continueReference, createReference } from '../telemetry/reference.ts';
import type { Answers } from './answers.ts';
import { signInForm } from './form.ts';
import type { PagesFor } from './language.ts';
import { noteReference } from './request-log.ts';
import { refuseOtherSite } from './same-origin.ts';
import { answerFailedSignIn, goneSignal } from './sign-in-failure.ts';

export interface LinksEndpointOptions {
  readonly context: OwnLinksContext & SignInContext;
  readonly answers: Answers;
  readonly pagesFor: PagesFor;
  readonly publicUrl: string;
  readonly report: Report;
}

/** A person's own links: sign in, see them, unlink. A ticket in the page stands for having signed in. */
export function createLinksEndpoint(options: LinksEndpointOptions) {
  const { context, answers, pagesFor, report } = options;
  const otherSite = refuseOtherSite(options);

  async function answerLinks(
    request: Request,
    response: Response,
    form: {
      readonly subject: string;
      readonly username: string;
      readonly ticket: string;
      readonly reference: string;
    },
    unlinked: readonly Link[] = [],
  ) {
    const { subject, ...shown } = form;
    const links = await listOwnLinks(context, subject);
    // The clock of the instance that made a link may be ahead.
    const latest = Math.max(context.now(), ...links.map(({ createdAt }) => createdAt));
    const view = { ...shown, links, unlinked, all: `${all}-${latest}` };
    answers.page(response, 200, pagesFor(request).links(view));
  }

  const get: RequestHandler = (request, response) => {
    const reference = createReference();
    noteReference(response, reference);
    answers.page(response, 200, pagesFor(request).linksSignIn({ reference }));
  };

  const post: RequestHandler = async (request, response) => {
    const { username, password, ticket, ...form } = signInForm(request);
    const reference = continueReference(form.reference);
    noteReference(response, reference);
    if (otherSite(request, response, reference)) return;
    if (ticket !== undefined) {
      const owner = await useTicket(context, ticket);
      if (owner === undefined) {
        const page = pagesFor(request).linksSignIn({ reference, alert: { reason: 'ended' } });
        answers.page(response, 422, page);
        return;
      }
      const chosen = parseChosen(form.link, context.now());
      const { ended, unlinked, failures } = await unlink(context, owner, chosen);
      for (const { id, clientId } of ended)
        report('link.revoked', { reference, client_id: clientId, link_id: id, by: 'person' });
      if (failures.length > 0) throw failures[0];
      const { expiresAt, ...shown } = owner;
      await answerLinks(request, response, { ...shown, ticket, reference }, unlinked);
      return;
    }
    const fields = { reference, ip: request.ip };
    const sent = { username, password, address: request.ip, signal: goneSignal(response) };
    const result = await signIn(context, sent);
    if (result.outcome !== 'signed-in') {
      const page = (alert: SignInAlert) => pagesFor(request).linksSignIn({ reference, username, alert });
      answerFailedSignIn(response, { failure: result, fields, page }, answers, report);
      return;
    }
    const owner = { subject: result.user.id, username: result.user.username };
    report('sign_in.succeeded', { ...fields, subject: owner.subject });
    await answerLinks(request, response, {
      ...owner,
      ticket: await issueTicket(context, owner),
      reference,
    });
  };

  return { get, post };
}

const all = 'all';

/** One link by its id, or all that were live when the page was made: `all-` and that instant. */
function parseChosen(chosen: string, now: number) {
  const [, instant] = /^all(?:-(\d{1,12}))?$/.exec(chosen) ?? [];
  if (chosen === all || instant !== undefined) return { allAt: Number(instant ?? now) };
  // Engines refuse some texts as a key.
  return { linkId: /^[0-9a-f]{32}$/.test(chosen) ? chosen : '' };
}
