import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { openViews, viewFiles } from '../../src/pages/views.ts';
import { runCommand } from '../support/cli.ts';
import { authorizePath, settings, signIn, startServer, temporaryFolder } from '../support/server.ts';

const ours = (file: string) => readFileSync(join(import.meta.dirname, '../../views', file), 'utf8');

/** A folder with files of an operator's own. */
function ownFolder(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return folder;
}

async function html(url: string, language = 'en'): Promise<string> {
  return (await request(url).get('').set('Accept-Language', language)).text;
}

describe('VIEWS', () => {
  it('takes the place of single files, and leaves the others as they are', async () => {
    const VIEWS = ownFolder({
      'error.eta': `<% layout('layout') %>\n<main><h1>Oh: <%= it.title %></h1><p><%= it.said %></p></main>\n`,
      'styles.css': '/* ours */\n:root {\n  --paper: #fff;\n}\nmain\np {\n  color: #123456;\n}\n',
      'locales/en.json':
        '{ "signIn": { "username": "Customer number" }, "problems": { "notFound": { "title": "Lost?" } } }',
      'README.md': 'not looked at',
    });
    const { url } = await startServer({ VIEWS });
    expect(await html(`${url}/nothing`)).toMatch(/<h1>Oh: Lost\?<\/h1><p>Reference: /);
    expect(await html(`${url}/nothing`, 'de')).toContain('<h1>Oh: Diese Seite gibt es nicht</h1>');
    const page = await html(url + authorizePath());
    expect(page).toContain('>Customer number</label>');
    expect(page).toContain('>Password</label>');
    expect(page).toContain('<style>:root {\n--paper: #fff;\n}\nmain\np {\ncolor: #123456;\n}</style>');
  });

  it('may be all of our own files, which change nothing', async () => {
    const VIEWS = ownFolder(Object.fromEntries(viewFiles.map((name) => [name, ours(name)])));
    const [own, usual] = [await startServer({ VIEWS }), await startServer()];
    const plain = (text: string) => text.replace(/value="\w{4}-\w{4}"/g, '');
    expect(plain(await html(own.url + authorizePath()))).toBe(plain(await html(usual.url + authorizePath())));
    const answer = await signIn(own, authorizePath());
    expect(answer.headers['location']).toContain('#state=xyz&access_token=');
  });

  it('does not mind how an editor ends lines, or begins a file, or what else it leaves', async () => {
    const windows = (text: string) => `\uFEFF${text.replaceAll('\n', '\r\n')}`;
    const VIEWS = ownFolder({
      'styles.css': 'p {\r  color: #123456;\r}\r',
      'error.eta': windows(ours('error.eta')),
      'locales/en.json': windows('{ "problems": { "notFound": { "title": "Lost?" } } }'),
      'locales/en.json~': '{',
      '.DS_Store': '',
    });
    const { url } = await startServer({ VIEWS });
    const page = await html(`${url}/nothing`);
    expect(page).toContain('<h1>Lost?</h1>');
    expect(page).toContain('<style>p {\ncolor: #123456;\n}</style>');
  });

  it('may be of quite another kind', async () => {
    const own = `<% layout('layout') %>
<main><header><h1>Undefined Ltd: {hello}</h1><svg viewBox="0 0 9 9"><circle r="4"/></svg></header>
<details><summary>Help</summary><a href="https://example.com/{help}" title="a style=b once=c">undefined?</a></details>
<% if (it.alert) { %><aside role="alert"><%= it.alert.text %></aside><% } %>
<FORM METHOD='POST' data-kind=own>
<% if (it.shared) { %><p><%= it.shared.items.join(', ') %></p><% } %>
<input type=hidden name=reference value="<%= it.reference %>">
<label>Customer number <input name='username' pattern="[0-9]{8}" value='<%= it.username %>'></label>
<label>PIN <input type="password" name=password></label>
<input type="submit" value="Go">
<% if (it.cancel) { %><button name="action" value="cancel" formnovalidate><%= it.language === 'de' ? 'Nein' : 'No' %></button><% } %>
</FORM></main>
`;
    const server = await startServer({ VIEWS: ownFolder({ 'sign-in.eta': own }) });
    expect(await html(server.url + authorizePath(), 'de')).toContain('>Nein</button>');
    expect((await signIn(server, authorizePath())).headers['location']).toContain('&access_token=');
  });

  it('leaves a sentence and a reference where not even an error can be shown', async () => {
    let times = 0;
    const late = ours('error.eta').replace('<h1>', '<h1><%= globalThis.broken() %>');
    Object.assign(globalThis, { broken: () => 'fine' });
    const server = await startServer({ VIEWS: ownFolder({ 'error.eta': late }) });
    Object.assign(globalThis, {
      broken: () => {
        times += 1;
        throw new Error('late');
      },
    });
    const page = await html(`${server.url}/nothing`);
    expect(times).toBe(1);
    expect(page).toMatch(/<h1>Something went wrong on our side<\/h1><p>Reference: \w{4}-\w{4}</);
    expect(page).not.toContain('late');
    expect(server.events('request.failed')).toHaveLength(1);
  });

  it('shows a reference as often as a template has it', async () => {
    const twice = ours('sign-in.eta').replace('</main>', '<p><%= it.reference %></p></main>');
    const { url } = await startServer({ VIEWS: ownFolder({ 'sign-in.eta': twice }) });
    const page = await html(url + authorizePath());
    expect(page.match(/[0-9A-Z]{4}-[0-9A-Z]{4}(?=["<])/g)).toHaveLength(2);
  });

  const signInPage = ours('sign-in.eta');
  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    [
      'a template that does not end',
      { 'sign-in.eta': '<% if (' },
      /sign-in\.eta can’t be compiled: unclosed tag at line 1 col 1: look for a missing %> or/,
    ],
    [
      'code that is none',
      { 'sign-in.eta': '<% if (it.x { %>' },
      /sign-in\.eta can’t be compiled: Bad template syntax: Unexpected token '\{': look for/,
    ],
    [
      'a value that nobody gives',
      { 'sign-in.eta': signInPage.replace('it.links.length', 'it.link.length') },
      /sign-in\.eta:31 can’t be rendered: Cannot read properties of undefined \(reading 'length'\)$/,
    ],
    [
      'a part that is not there',
      { 'links.eta': ours('links.eta').replace("'mark'", "'markk'") },
      /links\.eta:3 can’t be rendered: .*markk\.eta does not exist/,
    ],
    [
      'a broken part of several pages',
      { 'sign-in.eta': signInPage, 'mark.eta': '\n<%= it.nothing.there %>' },
      /mark\.eta:2 can’t be rendered: Cannot read/,
    ],
    [
      'a broken layout',
      { 'layout.eta': ours('layout.eta').replace('it.title', 'it.titel') },
      /layout\.eta:8 can’t be rendered: prints undefined/,
    ],
    [
      'a name that is mistyped',
      { 'error.eta': ours('error.eta').replace('it.title', 'it.tittle') },
      /error\.eta:4 can’t be rendered: prints undefined: docs\/pages\.md lists what there is$/,
    ],
    [
      'a word that is mistyped',
      { 'sign-in.eta': signInPage.replace('it.text.username', 'it.text.usernam') },
      /sign-in\.eta:22 can’t be rendered: prints undefined/,
    ],
    [
      'what is broken in one language alone',
      {
        'sign-in.eta': signInPage.replace('<h1>', "<h1><%= it.language === 'ja' ? it.nothing.there : '' %>"),
      },
      /sign-in\.eta:5 can’t be rendered/,
    ],
    [
      'no hidden reference',
      { 'sign-in.eta': signInPage.replace('name="reference"', '') },
      /sign-in\.eta leaves out name="reference": the server reads it from the form$/,
    ],
    [
      'a reference that is changed',
      { 'sign-in.eta': signInPage.replace('it.reference', 'it.reference.toLowerCase()') },
      /sign-in\.eta changes it\.reference: print it as it is$/,
    ],
    [
      'an alert that is not there at first',
      { 'sign-in.eta': signInPage.replace('if (alert)', 'if (true)') },
      /sign-in\.eta:18 can’t be rendered: Cannot read properties of undefined \(reading 'focus'\)$/,
    ],
    [
      'what is broken with a logo alone',
      { 'mark.eta': ours('mark.eta').replace('it.mark.logoUri %>', 'it.mark.logo %>') },
      /mark\.eta:2 can’t be rendered: prints undefined/,
    ],
    [
      'a form that would show the password in the address',
      { 'sign-in.eta': signInPage.replace(' method="post"', '') },
      /sign-in\.eta leaves out method="post"/,
    ],
    ['words in another folder', { 'locale/en.json': '{}' }, /locale\/en\.json is none of the pages’ files/],
    [
      'no field for the username',
      { 'sign-in.eta': signInPage.replace('name="username"', 'name="username-2"') },
      /sign-in\.eta leaves out name="username"/,
    ],
    [
      'no field for the password',
      { 'sign-in.eta': signInPage.replace('name="password"', '') },
      /sign-in\.eta leaves out name="password"/,
    ],
    [
      'no way to cancel',
      { 'sign-in.eta': signInPage.replaceAll('name="action"', '') },
      /sign-in\.eta leaves out name="action"/,
    ],
    [
      'no ticket',
      { 'links.eta': ours('links.eta').replace('name="ticket"', '') },
      /links\.eta leaves out name="ticket"/,
    ],
    [
      'no button to unlink',
      { 'links.eta': ours('links.eta').replaceAll('name="link"', '') },
      /links\.eta leaves out name="link"/,
    ],
    [
      'a message of nothing',
      { 'locales/en.json': '{ "signIn": { "submit": " " } }' },
      /en\.json must have text at signIn\.submit$/,
    ],
    [
      'a file of another name',
      { 'signin.eta': '' },
      /signin\.eta is none of the pages’ files: those are layout\.eta, .*locales\/pt\.json$/,
    ],
    [
      'a language that nobody speaks',
      { 'locales/sv.json': '{}' },
      /locales\/sv\.json is none of the pages’ files/,
    ],
    [
      'nothing',
      { 'notes.txt': '' },
      /is no folder with files for the pages: these can be in it: layout\.eta/,
    ],
    [
      'words that are not JSON',
      { 'locales/en.json': '{' },
      /locales\/en\.json is not JSON at line 1 column \d: look for a missing or an extra quote or comma$/,
    ],
    [
      'a message that we do not have',
      { 'locales/en.json': '{ "signIn": { "titel": "x" } }' },
      /en\.json has “titel” at signIn: there are only title, intro/,
    ],
    [
      'a group that we do not have',
      { 'locales/en.json': '{ "sign-in": {} }' },
      /en\.json has “sign-in” at its top: there are only signIn, ownLinks/,
    ],
    [
      'a message that is no text',
      { 'locales/en.json': '{ "signIn": { "title": 1 } }' },
      /must have text at signIn\.title/,
    ],
    ['text for a group', { 'locales/en.json': '{ "signIn": "x" }' }, /must have an object at signIn$/],
    [
      'a placeholder that nobody fills in',
      { 'locales/en.json': '{ "signIn": { "title": "{name}" } }' },
      /has \{name\} at signIn\.title: ours is “Sign in to \{client\}”$/,
    ],
    [
      'a file in another encoding',
      { 'error.eta': '\u0000<\u0000h' },
      /error\.eta is UTF-16: save it as UTF-8/,
    ],
  ])('fails at start, with the file and what to do, for %s', (_what, files, message) => {
    expect(() => openViews(ownFolder(files))).toThrow(message);
  });

  it('is looked at by check-config, and by the server before it listens', async () => {
    const env = await settings(temporaryFolder());
    const VIEWS = ownFolder({ 'error.eta': '<%= it.nothing.there %>' });
    const checked = await runCommand(['check-config'], { ...env, VIEWS });
    expect(checked.code).toBe(1);
    expect(checked.out).toContain(`Problem: VIEWS ${VIEWS}/error.eta:1 can’t be rendered`);
    await expect(startServer({ VIEWS })).rejects.toThrow(`VIEWS ${VIEWS}/error.eta:1 can’t be rendered`);
    await expect(startServer({ VIEWS: `${VIEWS}/error.eta` })).rejects.toThrow(
      'is no folder with files for the pages',
    );
    await expect(startServer({ VIEWS: `${VIEWS}/none` })).rejects.toThrow(
      'is no folder with files for the pages',
    );
  });
});
