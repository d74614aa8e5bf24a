import { hostile, type Samples, sampleLogo, samples } from './samples.ts';
import type { ViewData } from './view-data.ts';
import type { Views } from './views.ts';

/** Tells what is wrong with a page that these files make up. Never gives anything back. */
type Problem = (files: readonly string[], problem: string) => never;

type Fail = (why: string) => never;

/** Renders each page once with all that it may get, and once with as little, so that what is broken fails at start. */
export function rehearse(views: Views, problem: Problem): void {
  const outside = /url\(|@import|<\/?style/i.exec(views.stylesheet('styles'))?.[0];
  if (outside !== undefined)
    problem(['styles.css'], `has “${outside}”: pages may load nothing but the logo, so take it out`);
  for (const name of Object.keys(samples) as (keyof Samples)[])
    rehearsePage(name, views, (why) =>
      problem([`${name}.eta`, 'layout.eta', 'mark.eta', 'simulator-checks.eta'], why),
    );
}

function rehearsePage<Name extends keyof Samples>(name: Name, views: Views, fail: Fail): void {
  const css = views.stylesheet('styles');
  const layout = { language: 'en', direction: 'ltr', title: hostile, css } as const;
  const render = (data: ViewData[Name]) => {
    try {
      return views.render(name, { ...data, ...layout }).replace(/<!--.*?-->/gs, '');
    } catch (error) {
      return fail(`can’t be rendered: ${error instanceof Error ? error.message.trim() : error}`);
    }
  };
  for (const { data, needed = {} } of samples[name](views.words('en').messages)) {
    const html = render(data);
    if (name.startsWith('simulator')) continue;
    checkText(html.replace(css, ''), fail);
    checkPolicy(html, css, fail);
    for (const [part, what] of Object.entries(needed)) if (!html.includes(part)) fail(`leaves out ${what}`);
    if ('reference' in data) {
      const other = { ...data, reference: 'XXXX-XXXX' };
      if (render(other) !== html.replaceAll(data.reference, other.reference))
        fail(
          'changes it.reference, or prints what is another each time: it is rendered beforehand, for everybody',
        );
    }
  }
}

/** What people should never read. */
function checkText(html: string, fail: Fail): void {
  if (html.includes(hostile))
    fail('prints a value as it is, so that it could be part of the page: print it with <%= and not with <%~');
  const nameless = /.{0,40}\bundefined\b.{0,20}/.exec(html)?.[0];
  if (nameless !== undefined)
    fail(`prints “undefined” at ${nameless.trim()}: that value has another name, see docs/pages.md`);
  const unfilled = /\{\w+\}/.exec(html)?.[0];
  if (unfilled !== undefined) fail(`prints ${unfilled}, which nobody fills in there: see docs/pages.md`);
}

/** What the content security policy of the pages would keep from working, silently. */
function checkPolicy(html: string, css: string, fail: Fail): void {
  if (!html.includes('<html')) fail("is without the layout: begin it with <% layout('@layout') %>");
  if (!html.includes(`<style>${css}</style>`) || html.split(/<\/?style\b/i).length !== 3)
    fail(
      'must have <style><%~ it.css %></style> and no other styles, which would not apply: yours go into styles.css',
    );
  const blocked = /<(script|link|iframe|object|base)\b|\s(style|on\w+)=/i.exec(html)?.[0];
  if (blocked !== undefined)
    fail(`has “${blocked.trim()}”, which browsers may not use on these pages: take it out`);
  for (const [picture] of html.matchAll(/<img\b[^>]*>/gi))
    if (!picture.includes(`"${sampleLogo}"`))
      fail('has a picture that is not it.mark.logoUri, and browsers may load no other: take it out');
  if (/<form\b[^>]*\baction=/i.test(html))
    fail('has a form with an action: take it out, so that the form goes to the page’s own address');
}
