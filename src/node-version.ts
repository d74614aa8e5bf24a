/*
 * Ends the process where Node.js is too old, in one sentence: an older one can't even load the rest, and says so by a
 * SyntaxError. Whoever imports this imports everything else dynamically.
 */
if (Number.parseInt(process.versions.node, 10) < 24) {
  process.stderr.write(
    `alexa-account-linking needs Node.js 24 or newer, and ${process.execPath} is ${process.version}: install a newer one from https://nodejs.org\n`,
  );
  process.exit(1);
}
