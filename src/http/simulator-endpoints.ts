import { type RequestHandler, Router } from 'express';
import type { Check, Verdict } from '../alexa/checks.ts';
import { judgeCodeResponse } from '../alexa/code-verdict.ts';
import { codePath, implicitPath, type Region, realRedirectUri, regions } from '../alexa/redirect-uris.ts';
import { createSimulator, grants, shapes, simulatedRedirectUri } from '../alexa/simulator.ts';
import { skillRequest } from '../alexa/skill-request.ts';
import { judgeResponse } from '../alexa/verdict.ts';
import type { Clients } from '../oauth/client.ts';
import { type Parameters, parseParameters, requiredParameter, singleParameter } from '../oauth/parameters.ts';
import type { Page } from '../pages/page.ts';
import { createTheme } from '../pages/theme.ts';
import type { ViewData } from '../pages/view-data.ts';
import type { Views } from '../pages/views.ts';
import { exactly, formOf, queryOf, readForm } from './request.ts';
import { redirectTo, sendPage } from './response.ts';
import { playCodeGrant } from './simulator-code-grant.ts';
import { authenticationSchemes, callUserinfo, json } from './simulator-requests.ts';

interface SimulatorOptions {
  readonly clients: Clients;
  readonly publicUrl: string;
  readonly views: Views;
  /** What is filled in where the demo's users and client stand in. */
  readonly demoUser: string | undefined;
  readonly demoSecret: string | undefined;
}

/** The page that Alexa's redirect URI stands for: it can do no more than hand the fragment over. */
const script = 'const form = document.forms[0]; form.href.value = location.href; form.submit();';

/** The Alexa app's side of a linking, for development only: in production nobody mounts it. */
export function createSimulatorRoutes(options: SimulatorOptions): Router {
  const { clients, publicUrl, views, demoUser, demoSecret } = options;
  const simulator = createSimulator(publicUrl);
  const plain = createTheme(views, { simulator: true });
  const scripted = createTheme(views, { simulator: true, script });

  /** For developers, and so in English alone. */
  function page<Name extends keyof ViewData>(
    name: Name,
    title: string,
    data: ViewData[Name],
    theme = plain,
  ): Page {
    const layout = { language: 'en', direction: 'ltr', title, css: theme.css } as const;
    const html = views.render(name, { ...data, ...layout });
    return { html, language: 'en', contentSecurityPolicy: theme.contentSecurityPolicy };
  }

  const form: RequestHandler = (_request, response) => {
    const all = [...clients.values()];
    const firstGrant = all[0]?.responseTypes.has('token') ? 'token' : 'code';
    const named = all.map(({ clientId, texts }) => ({ clientId, name: texts.clientName }));
    const data = { clients: named, grants, firstGrant, regions, shapes, demoUser } as const;
    sendPage(response, page('simulator', 'Alexa simulator', data));
  };

  const start: RequestHandler = (request, response) => {
    const chosen = parseParameters(queryOf(request));
    const client = clients.get(requiredParameter(chosen, 'client_id'));
    const clientId = client?.clientId ?? '';
    const scope = requiredParameter(chosen, 'scope') === 'with' ? [...(client?.scope ?? [])].join(' ') : '';
    const grant = choose(grants, chosen, 'grant');
    const region = choose(regions, chosen, 'region');
    const shape = choose(shapes, chosen, 'shape');
    redirectTo(response, simulator.authorizationUrl({ clientId, grant, region, shape, scope }));
  };

  const comeBack: RequestHandler = (_request, response) => {
    sendPage(response, page('simulator-return', 'Back in the Alexa app', { script }, scripted));
  };

  /** What was seen, and what the skill would get. */
  function verdictPage({ error, asked }: Verdict, checks: readonly Check[], found: Found) {
    const { userinfo, accessToken } = found;
    const pathOf =
      asked !== undefined && grants[asked.grant].responseType === 'code' ? codePath : implicitPath;
    return page('simulator-verdict', titleOf(error, accessToken, checks), {
      checks,
      regionName: asked && regions[asked.region].name,
      realRedirectUri: asked && realRedirectUri(asked.region, pathOf),
      userinfo,
      skillRequest: accessToken && json(skillRequest(accessToken, new Date().toISOString())),
    });
  }

  const verdict: RequestHandler = async (request, response) => {
    const href = requiredParameter(formOf(request), 'href');
    const judged = judgeResponse(simulator, publicUrl, href);
    const { checks, accessToken } = judged;
    const userinfo =
      accessToken === undefined
        ? undefined
        : await callUserinfo(request, accessToken, 'The skill can turn the token into the person');
    const all = userinfo === undefined ? checks : [...checks, userinfo.check];
    sendPage(response, verdictPage(judged, all, { accessToken, userinfo: userinfo?.body }));
  };

  const comeBackWithCode: RequestHandler = (request, response) => {
    const judged = judgeCodeResponse(simulator, publicUrl, publicUrl + request.originalUrl);
    const { asked, checks, code } = judged;
    if (code === undefined || asked === undefined) {
      sendPage(response, verdictPage(judged, checks, {}));
      return;
    }
    const shown = page('simulator-code', 'Alexa has a code, and comes for the tokens', {
      checks,
      clientId: asked.clientId,
      pkce: grants[asked.grant].pkce,
      href: publicUrl + request.originalUrl,
      secret: demoSecret,
      authenticationSchemes,
    });
    sendPage(response, shown);
  };

  const redeem: RequestHandler = async (request, response) => {
    const given = formOf(request);
    const judged = judgeCodeResponse(simulator, publicUrl, requiredParameter(given, 'href'));
    const played = await playCodeGrant(request, judged, {
      clientId: judged.asked?.clientId ?? '',
      clientSecret: requiredParameter(given, 'client_secret'),
      scheme: choose(authenticationSchemes, given, 'scheme'),
    });
    sendPage(response, verdictPage(judged, [...judged.checks, ...played.checks], played));
  };

  const pathsOf = (grant: 'token' | 'code') =>
    Object.keys(regions).map(
      (region) => new URL(simulatedRedirectUri(publicUrl, region as Region, grant)).pathname,
    );
  const router = Router(exactly);
  router.get('/', (_request, response) => redirectTo(response, `${publicUrl}/simulator`));
  router.get('/simulator', form);
  router.get('/simulator/start', start);
  router.post('/simulator/verdict', readForm, verdict);
  router.post('/simulator/redeem', readForm, redeem);
  router.get(pathsOf('token'), comeBack);
  router.get(pathsOf('code'), comeBackWithCode);
  return router;
}

interface Found {
  readonly accessToken?: string | undefined;
  readonly userinfo?: string | undefined;
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
