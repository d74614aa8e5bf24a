import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { openViews } from '../../src/pages/own-views.ts';
import { viewFiles } from '../../src/pages/views.ts';
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
      'error.eta': `<% layout('@layout') %>\n<main><h1>Oh: <%= it.title %></h1><p><%= it.said %></p></main>\n`,
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
    expect(page).toContain('<style>:root{--paper: #fff;}main\np{color: #123456;}');
  });

  it('may be all of our own files, which change nothing', async () => {
    const names = [...viewFiles, 'locales/ar.json', 'locales/en.json'];
    const VIEWS = ownFolder(Object.fromEntries(names.map((name) => [name, ours(name)])));
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
    expect(page).toContain('<style>p{color: #123456;}</style>');
  });

  it('may be of quite another kind', async () => {
    const own = `<% layout('@layout') %>
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
  const layout = ours('layout.eta');
  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    [
      'a template that does not end',
      { 'sign-in.eta': '<% if (' },
      /sign-in\.eta can’t be compiled: look for a missing %> or <% \} %>\. unclosed tag at line 1 col 1/,
    ],
    [
      'code that is none',
      { 'sign-in.eta': '<% if (it.x { %>' },
      /sign-in\.eta can’t be compiled: .*Unexpected token '\{'$/,
    ],
    [
      'a value that nobody gives',
      { 'sign-in.eta': signInPage.replace('it.links.length', 'it.link.length') },
      /sign-in\.eta can’t be rendered: line \d+\n.*reading 'length'/s,
    ],
    [
      'a value that is there at times',
      { 'sign-in.eta': signInPage.replace('alert?.refused', 'alert.refused') },
      /sign-in\.eta can’t be rendered/,
    ],
    [
      'a part that is not there',
      { 'links.eta': ours('links.eta').replace('@mark', '@markk') },
      /links\.eta can’t be rendered: .*@markk/s,
    ],
    [
      'a broken part of several pages',
      { 'mark.eta': '<%= it.nothing.there %>' },
      /mark\.eta can’t be rendered/,
    ],
    [
      'one of several',
      { 'sign-in.eta': signInPage, 'mark.eta': '<%= it.nothing.there %>' },
      /sign-in\.eta or mark\.eta can’t be rendered/,
    ],
    [
      'no hidden reference',
      { 'sign-in.eta': signInPage.replace('value="<%= it.reference %>"', '') },
      /leaves out the field with name="reference" and value="<%= it\.reference %>" in a <form method="post">/,
    ],
    [
      'no field for the password',
      { 'sign-in.eta': signInPage.replace('name="password"', '') },
      /leaves out the field with name="password" in a <form method="post">/,
    ],
    [
      'no way to cancel',
      { 'sign-in.eta': signInPage.replace('value="cancel"', '') },
      /leaves out the button with name="action" and value="cancel"/,
    ],
    [
      'no ticket',
      { 'links.eta': ours('links.eta').replace('<%= it.ticket %>', '') },
      /leaves out the field with name="ticket" and value="<%= it\.ticket %>"/,
    ],
    [
      'a form that is sent as an address',
      { 'sign-in.eta': signInPage.replace('method="post"', '') },
      /leaves out the field with name="reference".* in a <form method="post">/,
    ],
    [
      'a script',
      { 'layout.eta': layout.replace('<body>', '<body><script>1</script>') },
      /layout\.eta has <script>/,
    ],
    [
      'a style on an element',
      { 'error.eta': ours('error.eta').replace('<h1', '<h1 style="color:red"') },
      /error\.eta has style="…"/,
    ],
    [
      'styles that end too early',
      { 'styles.css': 'p::after{content:"</style>"}' },
      /styles\.css has “<\/style”: pages may load nothing but the logo/,
    ],
    ['a font from elsewhere', { 'styles.css': '@font-face{src:url(x)}' }, /styles\.css has “url\(”/],
    [
      'a picture from elsewhere',
      { 'error.eta': ours('error.eta').replace('<h1>', '<img src="https://example.org/x.png" alt=""><h1>') },
      /error\.eta has a picture that is not it\.mark\.logoUri/,
    ],
    [
      'a name that is mistyped',
      { 'error.eta': ours('error.eta').replace('it.title', 'it.tittle') },
      /error\.eta can’t be rendered: .*prints undefined: see docs\/pages\.md/s,
    ],
    [
      'a word that is mistyped',
      { 'sign-in.eta': signInPage.replace('it.text.username', 'it.text.usernam') },
      /sign-in\.eta can’t be rendered: .*prints undefined/s,
    ],
    [
      'a message before it is filled in',
      { 'sign-in.eta': signInPage.replace('<%= it.intro %>', '<%= it.text.intro %>') },
      /sign-in\.eta can’t be rendered: .*prints undefined/s,
    ],
    [
      'what is broken in one language alone',
      {
        'sign-in.eta': signInPage.replace('<h1>', "<h1><%= it.language === 'ja' ? it.nothing.there : '' %>"),
      },
      /sign-in\.eta can’t be rendered: line \d+/,
    ],
    [
      'a button that means nothing',
      { 'sign-in.eta': signInPage.replace('value="sign-in"', 'value="login"') },
      /has a button with name="action" and value="login": it takes sign-in and cancel/,
    ],
    [
      'an alert for wrong passwords alone',
      { 'sign-in.eta': signInPage.replace('<% if (alert) { %>', '<% if (alert?.refused) { %>') },
      /leaves out it\.alert\.text/,
    ],
    [
      'the first of what is shared alone',
      { 'sign-in.eta': signInPage.replace('of it.shared.items)', 'of it.shared.items.slice(0, 1))') },
      /leaves out it\.shared\.items, all/,
    ],
    [
      'a value without quotes',
      { 'sign-in.eta': signInPage.replace('value="<%= it.username %>"', 'value=<%= it.username %>') },
      /leaves out the field with name="username" and value="<%= it\.username %>"/,
    ],
    [
      'fields outside of the form',
      { 'sign-in.eta': signInPage.replace('<form method="post">', '<form method="post"></form>') },
      /leaves out the field with name="reference"/,
    ],
    [
      'a password that goes elsewhere',
      {
        'sign-in.eta': signInPage.replace(
          'value="sign-in"',
          'value="sign-in" formaction="https://evil.example"',
        ),
      },
      /has formaction="…"/,
    ],
    [
      'a button for the first link alone',
      { 'links.eta': ours('links.eta').replace('of it.linked)', 'of it.linked.slice(0, 1))') },
      /leaves out the button with name="link" and value="two"/,
    ],
    [
      'an error without its reference',
      { 'error.eta': ours('error.eta').replace('<%= it.said %>', '') },
      /leaves out it\.said, which people have to be told/,
    ],
    [
      'a value as it is',
      { 'sign-in.eta': signInPage.replace('<%= alert.text %>', '<%~ alert.text %>') },
      /sign-in\.eta prints a value as it is.*with <%= and not with <%~/,
    ],
    [
      'a name as it is',
      { 'links.eta': ours('links.eta').replace('<%= it.signedInAs %>', '<%~ it.signedInAs %>') },
      /links\.eta prints a value as it is/,
    ],
    [
      'a reference that is changed',
      { 'sign-in.eta': signInPage.replace('</main>', "<%= it.reference.replace('-', ' ') %></main>") },
      /sign-in\.eta changes it\.reference, or prints what is another each time/,
    ],
    [
      'chance',
      { 'sign-in.eta': signInPage.replace('</main>', '<%= Math.random() %></main>') },
      /sign-in\.eta changes it\.reference, or prints what is another each time/,
    ],
    [
      'no word on what went wrong',
      { 'sign-in.eta': signInPage.replace('<%= alert.text %>', '') },
      /leaves out it\.alert\.text, which people have to be told/,
    ],
    [
      'no word on what is shared',
      { 'sign-in.eta': signInPage.replace('<%= item %>', '') },
      /leaves out it\.shared\.items, which people/,
    ],
    [
      'no word on what was unlinked',
      { 'links.eta': ours('links.eta').replace('<%= it.done %>', '') },
      /leaves out it\.done, which people/,
    ],
    [
      'a form that goes elsewhere',
      { 'sign-in.eta': signInPage.replace('method="post"', 'method="post" action="/x"') },
      /has a form with an action: take it out/,
    ],
    [
      'a form in a comment',
      { 'sign-in.eta': signInPage.replace('<form', '<!-- <form').replace('</form>', '</form> -->') },
      /leaves out the field with name="reference".* in a <form method="post">/,
    ],
    [
      'a message of nothing',
      { 'locales/en.json': '{ "signIn": { "submit": " " } }' },
      /must have text at signIn\.submit/,
    ],
    [
      'styles of its own',
      { 'layout.eta': layout.replace('<%~ it.css %>', 'p{}') },
      /layout\.eta must have <style><%~ it\.css %><\/style>/,
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
      'a page without the layout',
      { 'error.eta': ours('error.eta').replace("<% layout('@layout') %>", '') },
      /error\.eta is without the layout: begin it with <% layout\('@layout'\) %>/,
    ],
    ['nothing', { 'notes.txt': '' }, /has none of the pages’ files: layout\.eta/],
    [
      'words that are not JSON',
      { 'locales/en.json': '{' },
      /locales\/en\.json is not JSON \(line 1 column \d\): look for a quote or comma/,
    ],
    [
      'a message that we do not have',
      { 'locales/en.json': '{ "signIn": { "titel": "x" } }' },
      /has signIn\.titel, which is no message: there are title, intro/,
    ],
    [
      'a message that is no text',
      { 'locales/en.json': '{ "signIn": { "title": 1 } }' },
      /must have text at signIn\.title/,
    ],
    [
      'text for a group',
      { 'locales/en.json': '{ "signIn": "x" }' },
      /must have an object in \{ and \} at signIn/,
    ],
    [
      'a placeholder that nobody fills in',
      { 'locales/en.json': '{ "signIn": { "title": "{name}" } }' },
      /has \{name\} at signIn\.title, which nobody fills in: ours is “Sign in to \{client\}”/,
    ],
  ])('fails at start, with the file and what to do, for %s', async (_what, files, message) => {
    await expect(openViews(ownFolder(files))).rejects.toThrow(message);
  });

  it('is looked at by check-config, and by the server before it listens', async () => {
    const env = await settings(temporaryFolder());
    const VIEWS = ownFolder({ 'error.eta': '<%= it.nothing.there %>' });
    const checked = await runCommand(['check-config'], { ...env, VIEWS });
    expect(checked.code).toBe(1);
    expect(checked.out).toContain(`Problem: VIEWS ${VIEWS}/error.eta can’t be rendered`);
    await expect(startServer({ VIEWS })).rejects.toThrow(`VIEWS ${VIEWS}/error.eta can’t be rendered`);
    await expect(startServer({ VIEWS: `${VIEWS}/error.eta` })).rejects.toThrow(
      'is a file: give the path of the folder',
    );
    await expect(startServer({ VIEWS: `${VIEWS}/none` })).rejects.toThrow(
      'does not exist: give the path of a folder',
    );
  });
});
