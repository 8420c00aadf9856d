import type { Labels, Mesh, SelectableLabel } from '../../mesh/index.ts';
import {
  asObject,
  counted,
  knownHosts,
  knownSubsets,
  namespacesOf,
  selectableKeys,
  selectablePorts,
  selectableValues,
  selectorsBehind,
  workloadsIn,
} from '../../mesh/index.ts';
import type { YamlPath } from '../../sources/yaml/yamlPath.ts';
import { selectorPath } from '../nodes/selectorPaths.ts';
import { kindSchema, schemaAt, schemaKinds, type Schema } from '../schemas/kindSchemas.ts';

/** One entry of the editor's list of completions. */
export interface Completion {
  readonly label: string;
  readonly kind: 'field' | 'mode' | 'value' | 'reference';
  readonly detail: string;
  /** What is inserted, with VS Code's placeholders; the label when absent. */
  readonly snippet?: string;
}

/** What is being typed. */
export interface Typing {
  /** The plain value of the manifest, as far as it can be read. */
  readonly manifest: unknown;
  readonly path: YamlPath;
  readonly on: 'key' | 'value';
  /** Whether fields and their fixed values are offered, too: not where another extension does it by a schema. */
  readonly fields: boolean;
}

/** What can stand where somebody types. `mesh` is undefined as long as nothing has been read. */
export function completionsAt(mesh: Mesh | undefined, typing: Typing): readonly Completion[] {
  const manifest = readManifest(typing.manifest);
  const live = mesh === undefined ? [] : liveCompletions(mesh, manifest, typing);
  if (live.length > 0 || !typing.fields) return live;
  return schemaCompletions(manifest, typing);
}

interface Read {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly value: unknown;
}

function readManifest(value: unknown): Read {
  const text = (path: YamlPath): string | undefined => {
    const found = valueAt(value, path);
    return typeof found === 'string' ? found : undefined;
  };
  return {
    apiVersion: text(['apiVersion']) ?? '',
    kind: text(['kind']) ?? '',
    namespace: text(['metadata', 'namespace']) ?? 'default',
    value,
  };
}

function valueAt(value: unknown, path: YamlPath): unknown {
  return path.reduce<unknown>((here, step) => {
    if (Array.isArray(here) && typeof step === 'number') return (here as readonly unknown[])[step];
    return asObject(here)?.[step];
  }, value);
}

/** What only the mesh knows: namespaces, labels, ports, hosts, subsets. */
function liveCompletions(mesh: Mesh, manifest: Read, typing: Typing): readonly Completion[] {
  const { path, on } = typing;
  const { namespace, kind } = manifest;
  const place = path.map((step) => (typeof step === 'number' ? '*' : step)).join('.');
  if (on === 'value' && place === 'metadata.namespace') return namespaces(mesh);
  const selector = selectorOf(mesh, manifest, path, on);
  if (selector !== undefined) return labelCompletions(mesh, selector);
  if (kind === 'PeerAuthentication' && on === 'key' && place === 'spec.portLevelMtls')
    return ports(mesh, manifest);
  if (on === 'key' && place === 'spec.exportTo.*') return namespaces(mesh);
  if (isHost(kind, place, on)) return hosts(mesh, namespace);
  if (kind === 'DestinationRule' && place.endsWith('portLevelSettings.*.port.number'))
    return on === 'value' ? servicePorts(mesh, manifest) : [];
  if (kind === 'VirtualService' && on === 'value' && place.endsWith('destination.subset'))
    return subsets(mesh, manifest, path);
  return [];
}

function namespaces(mesh: Mesh): readonly Completion[] {
  return namespacesOf(mesh).map(({ name }) => ({
    label: name,
    kind: 'reference',
    detail: counted(workloadsIn(mesh, name).length, 'workload'),
  }));
}

/** A selector that is being typed: whose labels, and which of them are there already. */
interface TypedSelector {
  readonly namespace: string;
  readonly labels: Labels;
  /** The label whose value is typed; undefined where a key is. */
  readonly key: string | undefined;
  /** What the labels of a Service select already, of a subset that narrows it. */
  readonly within: Labels;
}

function selectorOf(
  mesh: Mesh,
  manifest: Read,
  path: YamlPath,
  on: Typing['on'],
): TypedSelector | undefined {
  const at = on === 'value' ? path.slice(0, -1) : path;
  const key = on === 'value' ? String(path.at(-1)) : undefined;
  const { kind, namespace, value } = manifest;
  const labels = Object.fromEntries(
    Object.entries(asObject(valueAt(value, at)) ?? {}).flatMap(([name, text]) =>
      name === key || typeof text !== 'string' ? [] : [[name, text]],
    ),
  );
  const place = at.join('.');
  if (selectorPath(kind)?.join('.') === place) return { namespace, labels, key, within: {} };
  const isSubset = kind === 'DestinationRule' && /^spec\.subsets\.\d+\.labels$/.test(place);
  const host = valueAt(value, ['spec', 'host']);
  if (!isSubset || typeof host !== 'string') return undefined;
  const [service] = selectorsBehind(mesh, host, namespace);
  if (service?.selector === undefined) return undefined;
  return { namespace: service.namespace, labels, key, within: service.selector };
}

function labelCompletions(mesh: Mesh, selector: TypedSelector): readonly Completion[] {
  const { namespace, labels, key, within } = selector;
  const others = { ...within, ...labels };
  const found =
    key === undefined
      ? selectableKeys(mesh, namespace, others)
      : selectableValues(mesh, namespace, { key, others });
  return found.map(({ text, workloads }: SelectableLabel) => ({
    label: text,
    kind: 'reference',
    detail: `${key === undefined ? 'on' : 'selects'} ${counted(workloads, 'workload')}`,
    snippet: key === undefined ? `${escaped(quoted(text))}: ` : escaped(quoted(text)),
  }));
}

/** Text as YAML that stays text: `"true"`, `"1"`. */
function quoted(text: string): string {
  const isPlain =
    /^[A-Za-z][\w./-]*$/.test(text) && !/^(?:true|false|yes|no|on|off|null|y|n)$/i.test(text);
  return isPlain ? text : JSON.stringify(text);
}

/** Text in which VS Code finds no placeholder. */
function escaped(text: string): string {
  return text.replace(/[$}\\]/g, '\\$&');
}

function ports(mesh: Mesh, { value, namespace }: Read): readonly Completion[] {
  const labels = asObject(valueAt(value, ['spec', 'selector', 'matchLabels'])) ?? {};
  const selector = Object.fromEntries(
    Object.entries(labels).map(([key, text]) => [key, String(text)]),
  );
  const listed = asObject(valueAt(value, ['spec', 'portLevelMtls'])) ?? {};
  return selectablePorts(mesh, namespace, selector)
    .filter(({ port }) => !(String(port) in listed))
    .map(({ port, names, services, workloads }) => ({
      label: String(port),
      kind: 'reference',
      detail: [
        `container port of ${counted(workloads, 'workload')}`,
        ...names.map((name) => `named ${name}`),
        ...services.map((service) => `called as ${service}`),
      ].join(', '),
      snippet: `${port}:\n  mode: \${1|STRICT,PERMISSIVE,DISABLE|}`,
    }));
}

function isHost(kind: string, place: string, on: Typing['on']): boolean {
  if (kind === 'DestinationRule') return on === 'value' && place === 'spec.host';
  if (kind !== 'VirtualService') return false;
  return on === 'value' ? place.endsWith('destination.host') : place === 'spec.hosts.*';
}

function hosts(mesh: Mesh, namespace: string): readonly Completion[] {
  return knownHosts(mesh, namespace).map(({ host, kind, namespace: of, ports: numbers }) => ({
    label: host,
    kind: 'reference',
    detail: `${kind} in ${of}, ${numbers.length === 0 ? 'no port' : `port ${numbers.join(', ')}`}`,
  }));
}

function servicePorts(mesh: Mesh, { value, namespace }: Read): readonly Completion[] {
  const host = valueAt(value, ['spec', 'host']);
  if (typeof host !== 'string') return [];
  const services = selectorsBehind(mesh, host, namespace);
  return services.flatMap(({ name, ports: all }) =>
    all.map(({ port, name: portName }) => ({
      label: String(port),
      kind: 'reference' as const,
      detail: `port ${portName} of Service ${name}`,
    })),
  );
}

function subsets(mesh: Mesh, { value, namespace }: Read, path: YamlPath): readonly Completion[] {
  const host = valueAt(value, [...path.slice(0, -1), 'host']);
  if (typeof host !== 'string') return [];
  return knownSubsets(mesh, host, namespace).map(({ name, labels }) => ({
    label: name,
    kind: 'reference',
    detail: Object.entries(labels)
      .map(([key, text]) => `${key}=${text}`)
      .join(', '),
  }));
}

/** What Istio's definitions allow: fields that are not there yet, and values of a fixed set. */
function schemaCompletions(manifest: Read, { path, on }: Typing): readonly Completion[] {
  const { apiVersion, kind, value } = manifest;
  if (path.length === 1 && on === 'value') return headerCompletions(path[0], apiVersion, kind);
  const schema = schemaAt(kindSchema(apiVersion, kind), path);
  if (schema === undefined) return [];
  if (on === 'value') return fixedValues(schema);
  const there = asObject(valueAt(value, path)) ?? {};
  return Object.entries(schema.properties ?? {})
    .filter(([field]) => !(field in there))
    .map(([field, of]) => ({
      label: field,
      kind: 'field',
      detail: typeWords(of),
      snippet: snippetOf(field, of),
    }));
}

function headerCompletions(
  field: string | number | undefined,
  apiVersion: string,
  kind: string,
): readonly Completion[] {
  const all = schemaKinds();
  const texts =
    field === 'kind'
      ? all
          .filter((one) => apiVersion === '' || sameGroup(one.apiVersion, apiVersion))
          .map((one) => one.kind)
      : field === 'apiVersion'
        ? all.filter((one) => kind === '' || one.kind === kind).map((one) => one.apiVersion)
        : [];
  return [...new Set(texts)].map((label) => ({ label, kind: 'value', detail: 'Istio' }));
}

function sameGroup(left: string, right: string): boolean {
  return left.split('/')[0] === right.split('/')[0];
}

function fixedValues({ enum: values = [], type }: Schema): readonly Completion[] {
  const all = type === 'boolean' ? ['true', 'false'] : values;
  return all.map((label) => ({ label, kind: 'mode', detail: MODES[label] ?? '' }));
}

const MODES: Readonly<Record<string, string>> = {
  STRICT: 'accept only mutual TLS',
  PERMISSIVE: 'accept mutual TLS and plaintext',
  UNSET: 'inherit',
  ISTIO_MUTUAL: 'send mutual TLS with the mesh certificates',
  MUTUAL: 'send TLS with a client certificate of their own',
  SIMPLE: 'send TLS without a client certificate',
};

function typeWords({ type = '', enum: values }: Schema): string {
  return values === undefined ? type : values.join(' | ');
}

function snippetOf(field: string, { type }: Schema): string {
  if (type === 'array') return `${field}:\n  - $0`;
  return type === 'object' ? `${field}:\n  $0` : `${field}: `;
}
