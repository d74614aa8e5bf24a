import { type Language, languages } from '../alexa/languages.ts';
import { type Element, elementsOf } from './inspect.ts';
import { hostile, type Samples, sampleLogo, samples } from './samples.ts';
import type { ViewData } from './view-data.ts';
import type { Views } from './views.ts';

/** Tells what is wrong with a page that these files make up. Never gives anything back. */
type Problem = (files: readonly string[], problem: string) => never;

type Fail = (why: string) => never;

/**
 * Renders each page in each language, with all that it may get and with as little, and looks at it as a browser would, so that
 * what is broken fails at start.
 */
export function rehearse(views: Views, problem: Problem): void {
  const outside = /url\(|@import|image-set\(|<\/?style|<!--/i.exec(views.stylesheet('styles'))?.[0];
  if (outside !== undefined)
    problem(['styles.css'], `has “${outside}”: pages may load nothing but the logo, so take it out`);
  for (const name of Object.keys(samples) as (keyof Samples)[])
    for (const language of name.startsWith('simulator') ? (['en'] as const) : languages)
      rehearsePage(name, language, views, (why) =>
        problem([`${name}.eta`, 'layout.eta', 'mark.eta', 'simulator-checks.eta'], why),
      );
}

function rehearsePage<Name extends keyof Samples>(
  name: Name,
  language: Language,
  views: Views,
  fail: Fail,
): void {
  const css = views.stylesheet('styles');
  const { direction, messages } = views.words(language);
  const layout = { language, direction, title: hostile, css };
  const render = (data: ViewData[Name]) => {
    try {
      return views.render(name, { ...data, ...layout });
    } catch (error) {
      return fail(`can’t be rendered: ${error instanceof Error ? error.message.trim() : error}`);
    }
  };
  for (const { data, says = {}, form } of samples[name](messages)) {
    const html = render(data);
    if (name.startsWith('simulator')) continue;
    if (html.includes(hostile))
      fail(
        'prints a value as it is, so that it could be part of the page: print it with <%= and not with <%~',
      );
    const elements = elementsOf(html);
    checkPolicy(elements, css, fail);
    for (const [value, text] of Object.entries(says))
      if (!elements.some((element) => element.text.includes(text)))
        fail(`leaves out ${value}, which people have to be told`);
    if (form !== undefined) checkForm(elements, form, fail);
    if ('reference' in data) {
      const other = { ...data, reference: 'XXXX-XXXX' };
      if (render(other) !== html.replaceAll(data.reference, other.reference))
        fail(
          'changes it.reference, or prints what is another each time: it is rendered beforehand, for everybody',
        );
    }
  }
}

/** What the content security policy of the pages would keep from working, silently. */
function checkPolicy(elements: readonly Element[], css: string, fail: Fail): void {
  const styles = elements.filter(({ tag }) => tag === 'style');
  if (styles.length === 0) fail("is without the layout: begin it with <% layout('@layout') %>");
  if (styles.length > 1 || styles[0]?.text !== css)
    fail(
      'must have <style><%~ it.css %></style> and no other styles, which would not apply: yours go into styles.css',
    );
  for (const { tag, attributes } of elements) {
    if (blockedTags.has(tag)) fail(`has <${tag}>, which browsers may not use on these pages: take it out`);
    if (tag === 'img' && attributes.get('src') !== sampleLogo)
      fail('has a picture that is not it.mark.logoUri, and browsers may load no other: take it out');
    for (const [attribute, value] of attributes)
      if (/^(style|on.*|formaction|srcset)$/.test(attribute) || /^\s*(javascript|data):/i.test(value))
        fail(`has ${attribute}="…", which browsers may not use on these pages: take it out`);
  }
}

const blockedTags = new Set(
  'script link iframe frame object embed base video audio source track picture image use portal'.split(' '),
);

/** A form is of use when what the server reads is in it, and nothing else decides what becomes of it. */
function checkForm(
  elements: readonly Element[],
  { fields, buttons }: NonNullable<ReturnType<Samples['sign-in']>[number]['form']>,
  fail: Fail,
): void {
  const isIn = ({ form }: Element) => form?.attributes.get('method')?.toLowerCase() === 'post';
  const inputs = elements.filter((element) => ['input', 'button'].includes(element.tag) && isIn(element));
  const find = (name: string, value: string) =>
    inputs.some(
      ({ attributes }) => attributes.get('name') === name && (attributes.get('value') ?? '') === value,
    );
  if (elements.some(({ tag, attributes }) => tag === 'form' && attributes.has('action')))
    fail('has a form with an action: take it out, so that the form goes to the page’s own address');
  for (const [name, value] of Object.entries(fields))
    if (!find(name, value))
      fail(
        value === ''
          ? `leaves out the field with name="${name}" in a <form method="post">`
          : `leaves out the field with name="${name}" and value="<%= it.${name} %>" in a <form method="post">`,
      );
  for (const [name, value] of buttons)
    if (!find(name, value)) fail(`leaves out the button with name="${name}" and value="${value}"`);
  const submits = inputs.filter(({ tag, attributes }) =>
    tag === 'button'
      ? (attributes.get('type') ?? 'submit') === 'submit'
      : attributes.get('type') === 'submit',
  );
  if (submits.length === 0) fail('leaves out the button that sends the form');
  for (const { attributes } of submits) {
    const [name, value] = [attributes.get('name'), attributes.get('value')];
    if (name === 'action' && value !== 'sign-in' && value !== 'cancel')
      fail(`has a button with name="action" and value="${value ?? ''}": it takes sign-in and cancel`);
  }
}
