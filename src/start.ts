import { StartError } from './adapters.ts';
import { type Config, parseConfig, readEnvironment } from './config.ts';
import { type AccountLinkingServer, createAccountLinkingServer } from './server.ts';
import { createReport } from './telemetry/events.ts';
import { createLog, standardOutput } from './telemetry/log.ts';

/**
 * Starts the process: configuration, server, listening, and stopping at a signal.
 * Exit codes: 0 stopped as asked, 1 not started.
 */
export async function start(): Promise<void> {
  const parsed = parseConfig(readEnvironment());
  if ('problems' in parsed) {
    return giveUp(parsed.problems.map(({ where, message }) => `${where} ${message}`).concat(parsed.warnings));
  }
  const { config, warnings } = parsed;
  const log = createLog(config.logLevel, await standardOutput());
  const report = createReport(log);
  for (const message of warnings) report('config.warning', { message });
  try {
    const server = await createAccountLinkingServer(config, log);
    stopOnSignal(server);
    await server.listen();
    if (!config.production) process.stdout.write(welcome(config, server));
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    giveUp([error.message]);
  }
}

function giveUp(problems: readonly string[]): void {
  const lines = problems.map((problem) => `  - ${problem}`);
  process.stderr.write(
    `The server can’t start:\n\n${lines.join('\n')}\n\nREADME.md, “Configuration”, lists all settings.\n`,
  );
  process.exit(1);
}

/** The first signal lets everybody finish; the second does not wait. */
function stopOnSignal(server: AccountLinkingServer): void {
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, async () => {
      if (stopping) process.exit(1);
      stopping = true;
      await server.stop();
      process.exit(0);
    });
  }
}

function welcome({ publicUrl, users, clients }: Config, { demo }: AccountLinkingServer): string {
  const lines = [
    ['Open', publicUrl],
    ['Simulator', `${publicUrl}/simulator (plays the Alexa app)`],
    ['Own links', `${publicUrl}/links (what a person has linked)`],
    users === undefined && ['Sign in as', `${demo.username}, password ${demo.password}`],
    clients === undefined && ['Skill', `client_id demo-skill, client_secret ${demo.clientSecret}`],
  ];
  const shown = lines.flatMap((line) => (line === false ? [] : [`  ${line[0]?.padEnd(12)}${line[1]}`]));
  return `\nAccount linking for Alexa is running, for development.\n\n${shown.join('\n')}\n\n`;
}
