import type { ErrorRequestHandler, Request, RequestHandler } from 'express';
import { type Region, regions } from '../alexa/redirect-uris.ts';
import { createSimulator, shapes, simulatedRedirectUri } from '../alexa/simulator.ts';
import { type Check, judgeResponse, realRedirectUri, skillRequest } from '../alexa/verdict.ts';
import type { Clients } from '../oauth/client.ts';
import { type Parameters, parseParameters, requiredParameter } from '../oauth/parameters.ts';
import type { Answers } from './answers.ts';
import type { Endpoint } from './endpoint.ts';
import { formParameters, queryOf } from './form.ts';
import { createTheme } from './theme.ts';
import type { Render } from './views.ts';

export interface SimulatorOptions {
  readonly clients: Clients;
  readonly publicUrl: string;
  readonly render: Render;
  readonly answers: Answers;
  readonly demoUser: string | undefined;
  readonly errors: ErrorRequestHandler;
}

/** The page that Alexa's redirect URI stands for: it can do no more than hand the fragment over. */
const script = 'const form = document.forms[0]; form.href.value = location.href; form.submit();';

/** The Alexa app's side of a linking, for development only: in production nobody mounts it. */
export function simulatorEndpoints(options: SimulatorOptions): Endpoint[] {
  const { clients, publicUrl, render, answers, demoUser, errors } = options;
  const simulator = createSimulator(publicUrl);
  const plain = createTheme({ stylesheet: 'simulator.css' });
  const scripted = createTheme({ stylesheet: 'simulator.css', script });
  const { css } = plain;

  const form: RequestHandler = (_request, response) => {
    const title = 'Alexa simulator';
    const html = render('simulator', {
      title,
      css,
      clients: [...clients.values()],
      regions,
      shapes,
      demoUser,
    });
    answers.page(response, 200, { ...plain, html });
  };

  const start: RequestHandler = (request, response) => {
    const chosen = parseParameters(queryOf(request));
    const client = clients.get(requiredParameter(chosen, 'client_id'));
    const clientId = client?.clientId ?? '';
    const scope = requiredParameter(chosen, 'scope') === 'with' ? [...(client?.scope ?? [])].join(' ') : '';
    const region = choose(regions, chosen, 'region');
    const shape = choose(shapes, chosen, 'shape');
    answers.redirect(response, simulator.authorizationUrl({ clientId, region, shape, scope }));
  };

  const comeBack: RequestHandler = (_request, response) => {
    const html = render('simulator-return', { title: 'Back in the Alexa app', css, script });
    answers.page(response, 200, { ...scripted, html });
  };

  const verdict: RequestHandler = async (request, response) => {
    const href = requiredParameter(formParameters(request), 'href');
    const { checks, error, accessToken, region } = judgeResponse(simulator, publicUrl, href);
    const userinfo = accessToken === undefined ? undefined : await callUserinfo(request, accessToken);
    const all = userinfo === undefined ? checks : [...checks, userinfo.check];
    const html = render('simulator-verdict', {
      title: titleOf(error, accessToken, all),
      css,
      checks: all,
      regionName: region && regions[region].name,
      realRedirectUri: region && realRedirectUri(region),
      userinfo: userinfo?.body,
      skillRequest: accessToken && json(skillRequest(accessToken, new Date().toISOString())),
    });
    answers.page(response, 200, { ...plain, html });
  };

  const regional = Object.keys(regions).map(
    (region) => new URL(simulatedRedirectUri(publicUrl, region as Region)),
  );
  return [
    { path: '/', get: (_request, response) => answers.redirect(response, `${publicUrl}/simulator`), errors },
    { path: '/simulator', get: form, errors },
    { path: '/simulator/start', get: start, errors },
    { path: '/simulator/verdict', post: verdict, errors },
    ...regional.map(({ pathname }) => ({ path: pathname, get: comeBack, errors })),
  ];
}

function choose<Choices extends object>(choices: Choices, given: Parameters, name: string): keyof Choices {
  const value = requiredParameter(given, name);
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

/** Asks as a skill would, over HTTP, at the address that this very request came in on. */
async function callUserinfo(
  request: Request,
  accessToken: string,
): Promise<{ check: Check; body: string | undefined }> {
  const { localAddress = '127.0.0.1', localPort = 0 } = request.socket;
  const host = localAddress.includes(':') ? `[${localAddress}]` : localAddress;
  const requirement = 'The skill can turn the token into the person';
  try {
    const answer = await fetch(`http://${host}:${localPort}/userinfo`, {
      headers: { Authorization: `Bearer ${accessToken}` },
      signal: AbortSignal.timeout(5000),
    });
    const body = pretty(await answer.text());
    return { check: { requirement, met: answer.ok, found: `/userinfo answered ${answer.status}` }, body };
  } catch {
    return { check: { requirement, met: false, found: '/userinfo did not answer' }, body: undefined };
  }
}

function pretty(body: string): string {
  try {
    return json(JSON.parse(body));
  } catch {
    return body;
  }
}

function json(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}
