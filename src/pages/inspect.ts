import { type DefaultTreeAdapterTypes, parse } from 'parse5';

/** An element as a browser takes it. */
export interface Element {
  readonly tag: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** The form that it belongs to. */
  readonly form: Element | undefined;
  /** The text in it. */
  readonly text: string;
}

/** All elements of a page, in their order. */
export function elementsOf(html: string): readonly Element[] {
  const elements: Element[] = [];
  collect(parse(html), undefined, elements);
  return elements;
}

function collect(
  node: DefaultTreeAdapterTypes.ParentNode,
  form: Element | undefined,
  elements: Element[],
): void {
  for (const child of node.childNodes) {
    if (!('tagName' in child)) continue;
    const attributes = new Map(child.attrs.map(({ name, value }) => [name, value]));
    const element = { tag: child.tagName, attributes, form, text: textOf(child) };
    elements.push(element);
    collect(child, element.tag === 'form' ? element : form, elements);
  }
}

function textOf(node: DefaultTreeAdapterTypes.ChildNode): string {
  if ('value' in node) return node.value;
  return 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';
}
