import type { RequestHandler, Response } from 'express';
import {
  issueTicket,
  listOwnLinks,
  type Owner,
  type OwnLinksContext,
  ownerOf,
  redeemTicket,
  unlink,
} from '../oauth/own-links.ts';
import { singleParameter } from '../oauth/parameters.ts';
import { type SignInContext, signIn } from '../oauth/sign-in.ts';
import type { Link } from '../storage/stores.ts';
import type { Report } from '../telemetry/events.ts';
import { continueReference, createReference } from '../telemetry/reference.ts';
import type { Answers } from './answers.ts';
import { formParameters } from './form.ts';
import { ticketEnded } from './links-pages.ts';
import type { Pages } from './pages.ts';
import { noteReference } from './request-log.ts';
import { refuseOtherSite } from './same-origin.ts';
import { answerFailedSignIn } from './sign-in-failure.ts';

export interface LinksEndpointOptions {
  readonly context: OwnLinksContext & SignInContext;
  readonly answers: Answers;
  readonly pages: Pages;
  readonly publicUrl: string;
  readonly report: Report;
}

/** A person's own links: sign in, see them, unlink. A ticket in the page stands for having signed in. */
export function createLinksEndpoint(options: LinksEndpointOptions) {
  const { context, answers, pages, report } = options;
  const otherSite = refuseOtherSite(options);

  async function answerLinks(response: Response, owner: Owner, reference: string, unlinked: readonly Link[]) {
    const links = await listOwnLinks(context, owner);
    const ticket = links.length === 0 ? '' : await issueTicket(context, owner);
    const { username } = owner;
    answers.page(response, 200, pages.links({ username, links, unlinked, ticket, reference }));
  }

  const get: RequestHandler = (_request, response) => {
    const reference = createReference();
    noteReference(response, reference);
    answers.page(response, 200, pages.linksSignIn({ reference }));
  };

  const post: RequestHandler = async (request, response) => {
    const form = formParameters(request);
    const reference = continueReference(singleParameter(form, 'reference'));
    noteReference(response, reference);
    if (otherSite(request, response, reference)) return;
    const ticket = singleParameter(form, 'ticket');
    if (ticket !== undefined) {
      const owner = await redeemTicket(context, ticket);
      if (owner === undefined) {
        answers.page(response, 422, pages.linksSignIn({ reference, alert: ticketEnded }));
        return;
      }
      const { ended, failures } = await unlink(context, owner, singleParameter(form, 'link') ?? '');
      for (const { id, clientId } of ended)
        report('link.revoked', { reference, client_id: clientId, link_id: id, by: 'person' });
      if (failures.length > 0) throw failures[0];
      await answerLinks(response, owner, reference, ended);
      return;
    }
    const username = singleParameter(form, 'username') ?? '';
    const password = singleParameter(form, 'password') ?? '';
    const fields = { reference, ip: request.ip };
    const result = await signIn(context, { username, password, address: request.ip });
    if (result.outcome !== 'signed-in') {
      const page = (alert: string) => pages.linksSignIn({ reference, username, alert });
      answerFailedSignIn(response, { failure: result, fields, page }, answers, report);
      return;
    }
    const owner = ownerOf(context, result.user);
    report('sign_in.succeeded', { ...fields, subject: owner.subject });
    await answerLinks(response, owner, reference, []);
  };

  return { get, post };
}
