/*
 * simulator: the Alexa app's side of a linking, in the browser, for development only. `server.ts` hands its routes to the
 * app; nothing else imports this folder, and in production it is not loaded.
 */
import { type RequestHandler, type Response, Router } from 'express';
import { codePath, implicitPath, type Region, regions } from '../alexa/redirect-uris.ts';
import { exactly, formOf, queryOf, readForm } from '../http/request.ts';
import { redirectTo, sendPage } from '../http/response.ts';
import type { Clients } from '../oauth/client.ts';
import { type Parameters, parseParameters, requiredParameter, singleParameter } from '../oauth/parameters.ts';
import { policyFor } from '../pages/branding.ts';
import { createTemplates } from '../pages/templates.ts';
import {
  askUserinfo,
  authenticationSchemes,
  callToken,
  type Outcome,
  pretty,
  skillRequest,
  useTokens,
} from './calls.ts';
import { createSimulatedRequests, grants, shapes, withSimulatedUris } from './requests.ts';
import { type Check, judgeResponse, type Verdict } from './verdict.ts';

/** A page can do no more with the fragment than hand it over. */
const script = 'const form = document.forms[0]; form.href.value = location.href; form.submit();';

/**
 * The routes below `/simulator`, and `/` that leads there; and the clients with the redirect URIs that those are. The pages show what is in
 * `demo`: the user and the secret that stand in for the operator's.
 */
export function openSimulator(
  registered: Clients,
  publicUrl: string,
  demo: { readonly username?: string; readonly password?: string; readonly clientSecret?: string },
): { readonly clients: Clients; readonly routes: Router } {
  const clients = withSimulatedUris(registered, publicUrl);
  const requests = createSimulatedRequests(publicUrl);
  const { render, stylesheet } = createTemplates<Record<string, object>>();
  const css = stylesheet('styles') + stylesheet('simulator');

  /** For developers, and so in English alone. */
  function show(response: Response, name: string, title: string, data: object): void {
    const html = render(name, { ...data, language: 'en', direction: 'ltr', title, css });
    const isScripted = name === 'simulator-return';
    const contentSecurityPolicy = policyFor(css, isScripted ? { script } : {});
    sendPage(response, { html, language: 'en', contentSecurityPolicy });
  }

  const form: RequestHandler = (_request, response) => {
    const all = [...clients.values()];
    const offered = Object.entries(grants).filter(([, { responseType }]) =>
      all.some(({ responseTypes }) => responseTypes.has(responseType)),
    );
    const [first] = offered.filter(([, { responseType }]) => all[0]?.responseTypes.has(responseType));
    show(response, 'simulator', 'Alexa simulator', {
      clients: all.map(({ clientId, texts }) => ({ clientId, name: texts.clientName })),
      grants: offered.map(([grant, { label }]) => ({ grant, label, isFirst: grant === first?.[0] })),
      regions,
      shapes,
      demo,
    });
  };

  const start: RequestHandler = (request, response) => {
    const chosen = parseParameters(queryOf(request));
    const [first] = clients.values();
    const client = clients.get(singleParameter(chosen, 'client_id') ?? '') ?? first;
    if (client === undefined) return redirectTo(response, `${publicUrl}/simulator`);
    const scope = singleParameter(chosen, 'scope') === 'without' ? '' : [...client.scope].join(' ');
    const grant = choose(grants, chosen, 'grant');
    const region = choose(regions, chosen, 'region');
    const shape = choose(shapes, chosen, 'shape');
    redirectTo(response, requests.start({ client, grant, region, shape, scope }));
  };

  const comeBack: RequestHandler = (_request, response) =>
    show(response, 'simulator-return', 'Back in the Alexa app', { script });

  const comeBackWithCode: RequestHandler = (request, response) =>
    continueWithCode(response, judge(publicUrl + request.originalUrl), publicUrl + request.originalUrl);

  function continueWithCode(response: Response, verdict: Verdict, href: string, refused?: string): void {
    const { asked, checks, code } = verdict;
    if (code === undefined || asked === undefined) showVerdict(response, verdict);
    else
      show(response, 'simulator-code', 'Alexa has a code, and comes for the tokens', {
        checks,
        clientId: asked.client.clientId,
        pkce: asked.codeVerifier !== undefined,
        href,
        secret: demo.clientSecret,
        refused,
        authenticationSchemes,
      });
  }

  /** What was seen, and what the skill would get. */
  function showVerdict(response: Response, { error, asked, checks }: Verdict, outcome?: Outcome): void {
    const all = [...checks, ...(outcome?.checks ?? [])];
    const accessToken = outcome?.accessToken;
    show(response, 'simulator-verdict', titleOf(error, accessToken, all), {
      checks: all,
      region: asked && regions[asked.region].name,
      realRedirectUri: asked?.realRedirectUri,
      userinfo: outcome?.userinfo,
      skillRequest: accessToken && pretty(skillRequest(accessToken, new Date().toISOString())),
    });
  }

  const judge = (href: string) => judgeResponse(href, requests.find);

  const verdict: RequestHandler = async (request, response) => {
    const judged = judge(requiredParameter(formOf(request), 'href'));
    const { accessToken } = judged;
    showVerdict(
      response,
      judged,
      accessToken === undefined ? undefined : await askUserinfo(request, accessToken),
    );
  };

  const redeem: RequestHandler = async (request, response) => {
    const given = formOf(request);
    const href = requiredParameter(given, 'href');
    const judged = judge(href);
    const { asked, code } = judged;
    if (code === undefined || asked === undefined) return showVerdict(response, judged);
    const clientSecret = requiredParameter(given, 'client_secret');
    const credentials = { clientSecret, scheme: choose(authenticationSchemes, given, 'scheme') };
    const redeemed = await callToken(request, asked.client.clientId, credentials, {
      grant_type: 'authorization_code',
      code,
      redirect_uri: asked.redirectUri,
      ...(asked.codeVerifier !== undefined && { code_verifier: asked.codeVerifier }),
    });
    // The code is not used up by a client that did not authenticate.
    if (redeemed.status === 401) {
      const refused = String(redeemed.body['error_description'] ?? 'no reason was given');
      return continueWithCode(response, judged, href, refused);
    }
    showVerdict(response, judged, await useTokens(request, asked.client.clientId, credentials, redeemed));
  };

  const router = Router(exactly);
  const pathsOf = (pathOf: (vendorId: string) => string) =>
    (Object.keys(regions) as Region[]).map(
      (region) => `/simulator/${region}${pathOf(':vendorId').split('?')[0]}`,
    );
  const toForm: RequestHandler = (_request, response) => redirectTo(response, `${publicUrl}/simulator`);
  router.get('/', toForm);
  router.get('/simulator', form);
  router.get('/simulator/start', start);
  router.route('/simulator/verdict').post(readForm, verdict).get(toForm);
  router.route('/simulator/redeem').post(readForm, redeem).get(toForm);
  router.get(pathsOf(implicitPath), comeBack);
  router.get(pathsOf(codePath), comeBackWithCode);
  return { clients, routes: router };
}

function choose<Choices extends object>(choices: Choices, given: Parameters, name: string): keyof Choices {
  const value = singleParameter(given, name);
  const known = Object.keys(choices) as (string & keyof Choices)[];
  return known.find((choice) => choice === value) ?? (known[0] as keyof Choices);
}

function titleOf(
  error: string | undefined,
  accessToken: string | undefined,
  checks: readonly Check[],
): string {
  const right = checks.every(({ met }) => met);
  if (error !== undefined)
    return right ? `Not linked, and Alexa knows why: ${error}` : `Not linked: ${error}`;
  if (accessToken === undefined) return 'Not linked';
  return right ? 'Linked: everything is as Alexa needs it' : 'Linked, but not as Alexa needs it';
}
