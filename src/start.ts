import { StartError } from './adapters.ts';
import { type Config, loadConfig } from './config/config.ts';
import { sayProblem } from './config/problem.ts';
import { type AccountLinkingServer, createAccountLinkingServer } from './server.ts';
import { createReport } from './telemetry/events.ts';
import { createLog, standardOutput } from './telemetry/log.ts';

/**
 * Starts the process: configuration, server, listening, and stopping at a signal.
 * Exit codes: 0 stopped as asked, 1 not started, 2 called with an argument.
 */
export async function start(parameters: readonly string[]): Promise<void> {
  if (parameters.length > 0) return explain(parameters);
  const parsed = loadConfig();
  if ('problems' in parsed) {
    return giveUp([...parsed.problems.map(sayProblem), ...parsed.warnings]);
  }
  const { config, warnings } = parsed;
  const log = createLog(config.logLevel, await standardOutput());
  const report = createReport(log);
  for (const message of warnings) report('config.warning', { message });
  let server: AccountLinkingServer | undefined;
  stopOnSignal(() => server);
  try {
    server = await createAccountLinkingServer(config, log);
    await server.listen();
    if (!config.production) process.stdout.write(welcome(config));
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    giveUp([error.message]);
  }
}

/** There are no arguments, and whoever gives one expects it to do something. */
function explain(parameters: readonly string[]): void {
  const asked = ['--help', '-h'].includes(parameters.join(' '));
  (asked ? process.stdout : process.stderr).write(usage);
  process.exitCode = asked ? 0 : 2;
}

const usage = `Starts the server that links accounts to Alexa skills. There are no arguments: settings come from the environment and,
in development, from a file .env. README.md, “Configuration”, lists them.

  alexa-account-linking                       a demo at http://localhost:8080
  PORT=9000 alexa-account-linking             the same at another port
  alexa-link --help                           the operator’s commands
`;

function giveUp(problems: readonly string[]): void {
  const lines = problems.map((problem) => `  - ${problem}`);
  process.stderr.write(
    `The server can’t start:\n\n${lines.join('\n')}\n\nREADME.md, “Configuration”, lists all settings.\n`,
  );
  process.exit(1);
}

/** The first signal lets everybody finish; the second does not wait. Before there is a server, nobody is there yet. */
function stopOnSignal(started: () => AccountLinkingServer | undefined): void {
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, async () => {
      if (stopping) process.exit(1);
      stopping = true;
      await started()?.stop();
      process.exit(0);
    });
  }
}

function welcome({ publicUrl, demo }: Config): string {
  const lines = [
    ['Open', publicUrl],
    ['Simulator', `${publicUrl}/simulator (plays the Alexa app)`],
    ['Own links', `${publicUrl}/links (what a user has linked)`],
    demo.password !== undefined && ['Sign in as', `${demo.username}, password ${demo.password}`],
    demo.clientSecret !== undefined && ['Skill', `client_id demo-skill, client_secret ${demo.clientSecret}`],
  ];
  const shown = lines.flatMap((line) => (line === false ? [] : [`  ${line[0]?.padEnd(12)}${line[1]}`]));
  return `\nAccount linking for Alexa is running, for development.\n\n${shown.join('\n')}\n\n`;
}
