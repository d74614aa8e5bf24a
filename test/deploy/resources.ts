import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { Property, PropertyType, Resource } from '@aws-cdk/service-spec-types';
import { parseDocument } from 'yaml';

/*
 * What CloudFormation would say of resources, by AWS's own description of each type.
 */

const spec = loadAwsServiceSpecSync();

type Value = unknown;
type Fields = Readonly<Record<string, Value>>;

const isFields = (value: Value): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** CloudFormation's short forms, as what they stand for. */
const short = ['Ref', 'GetAtt', 'Sub'].map((name) => ({
  tag: `!${name}`,
  resolve: (text: string) =>
    name === 'Ref' ? { Ref: text } : { [`Fn::${name}`]: name === 'GetAtt' ? text.split('.') : text },
}));

export function parseTemplate(text: string): Fields {
  const document = parseDocument(text, { customTags: short });
  if (document.errors.length > 0) throw new Error(document.errors.join('\n'));
  return document.toJS();
}

function describe(type: string): Resource | undefined {
  return spec.lookup('resource', 'cloudFormationType', 'equals', type)[0];
}

/** Everything that is wrong with the resources; `others` are those that are there without being declared, with their types. */
export function faultsOfResources(
  resources: Fields,
  others: Readonly<Record<string, string>> = {},
): readonly string[] {
  const types = new Map(Object.entries(others));
  for (const [name, resource] of Object.entries(resources))
    types.set(name, isFields(resource) ? String(resource['Type']) : '');
  return Object.entries(resources).flatMap(([name, resource]) => {
    if (!isFields(resource)) return [`${name} is no resource`];
    const type = describe(String(resource['Type']));
    if (type === undefined) return [`${name} has the type ${resource['Type']}, which there is not`];
    const attributes = [
      'Type',
      'Properties',
      'DeletionPolicy',
      'UpdateReplacePolicy',
      'DependsOn',
      'Condition',
      'Metadata',
    ];
    return [
      ...Object.keys(resource)
        .filter((key) => !attributes.includes(key))
        .map((key) => `${name} has ${key}`),
      ...faultsOfProperties(name, resource['Properties'] ?? {}, type.properties),
      ...referencesOf(resource).flatMap((reference) => faultOfReference(reference, types) ?? []),
    ];
  });
}

function faultsOfProperties(
  where: string,
  given: Value,
  properties: Readonly<Record<string, Property>>,
): readonly string[] {
  if (!isFields(given)) return [`${where} has no properties`];
  const missing = Object.entries(properties).filter(
    ([name, { required }]) => required === true && !(name in given),
  );
  return [
    ...missing.map(([name]) => `${where} lacks ${name}`),
    ...Object.entries(given).flatMap(([name, value]) => {
      const property = properties[name];
      if (property === undefined) return [`${where} has ${name}, which there is not`];
      return faultsOfValue(`${where}.${name}`, value, property.type);
    }),
  ];
}

function faultsOfValue(where: string, value: Value, type: PropertyType): readonly string[] {
  if (isFunction(value)) return [];
  switch (type.type) {
    case 'union': {
      // Of several forms it must have one. JSON would take anything, so it counts only where the others are plain values.
      const forms = type.types.filter((each) => ['array', 'ref', 'map'].includes(each.type));
      const faults = (forms.length > 0 ? forms : type.types).map((each) => faultsOfValue(where, value, each));
      return faults.sort((one, other) => one.length - other.length)[0] ?? [];
    }
    case 'array':
      return Array.isArray(value)
        ? value.flatMap((each, index) => faultsOfValue(`${where}[${index}]`, each, type.element))
        : [`${where} is no list`];
    case 'ref':
      return faultsOfProperties(where, value, spec.get('typeDefinition', type.reference.$ref).properties);
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`${where} is no boolean`];
    case 'integer':
    case 'number':
      return typeof value === 'number' ? [] : [`${where} is no number`];
    case 'string':
      return ['string', 'number'].includes(typeof value) ? [] : [`${where} is no string`];
    case 'json':
    case 'map':
      return isFields(value) ? [] : [`${where} is no object`];
    default:
      return [];
  }
}

const isFunction = (value: Value): boolean =>
  isFields(value) && Object.keys(value).length === 1 && /^(Ref|Fn::\w+)$/.test(Object.keys(value)[0] ?? '');

/** A name, and the attribute that is asked of it. */
type Reference = readonly [name: string, attribute?: string];

/** All names that a value refers to. */
export function referencesOf(value: Value): readonly Reference[] {
  if (Array.isArray(value)) return value.flatMap(referencesOf);
  if (!isFields(value)) return [];
  return Object.entries(value).flatMap(([key, inner]): readonly Reference[] => {
    if (key === 'Ref') return [[String(inner)]];
    if (key === 'Fn::GetAtt' && Array.isArray(inner)) return [[String(inner[0]), String(inner[1])]];
    if (key === 'Fn::Sub' && typeof inner === 'string')
      return [...inner.matchAll(/\$\{([\w:]+)(?:\.(\w+))?\}/g)].map(([, name = '', attribute]) =>
        attribute === undefined ? [name] : [name, attribute],
      );
    return referencesOf(inner);
  });
}

export function faultOfReference(
  [name, attribute]: Reference,
  types: ReadonlyMap<string, string>,
): string | undefined {
  if (/^AWS::(Region|Partition|AccountId|StackName|StackId|NoValue)$/.test(name)) return undefined;
  const type = types.get(name);
  if (type === undefined) return `nothing is called ${name}`;
  if (attribute === undefined) return undefined;
  return describe(type)?.attributes[attribute] === undefined ? `${name} has no ${attribute}` : undefined;
}
