import type { Json, JsonObject, KubeObject } from '../objects/json.ts';
import { isObject, listAt, numberAt, objectAt, textAt, textMapAt } from '../objects/json.ts';
import { destinationRules } from '../objects/resources.ts';
import type { Storage } from '../objects/storage.ts';
import { readMeshConfig } from './meshConfig.ts';
import { labelsOf } from './podFacts.ts';
import { byAge, isOfRevision, namespaceHint, serverMode } from './serverMode.ts';

/** What a client's sidecar puts on the wire. */
export type Wire = 'plaintext' | 'istio-mutual' | 'simple-tls' | 'mutual-tls';

/** One call: who calls which port of which Service, and the endpoint that was picked. */
export interface OutboundCall {
  readonly client: KubeObject;
  readonly service: KubeObject;
  readonly servicePort: number;
  readonly endpoint: KubeObject;
  readonly endpointPort: number;
}

/** The DestinationRule's tls block where there is one (R167), else auto mTLS (R145 to R147). */
export function clientWire(storage: Storage, call: OutboundCall): Wire {
  const tls = tlsSettings(storage, call);
  if (tls === undefined) return autoMutualTls(storage, call) ? 'istio-mutual' : 'plaintext';
  switch (textAt(tls, 'mode')) {
    case 'ISTIO_MUTUAL':
      return 'istio-mutual';
    case 'SIMPLE':
      return tls['credentialName'] === undefined ? 'simple-tls' : 'plaintext'; // R170
    case 'MUTUAL':
      return tls['credentialName'] === undefined ? 'mutual-tls' : 'plaintext'; // R170
    case undefined:
    default:
      return 'plaintext'; // DISABLE, also when the mode is missing (R165)
  }
}

function autoMutualTls(storage: Storage, call: OutboundCall): boolean {
  if (!readMeshConfig(storage).enableAutoMtls) return false;
  if (namespaceHint(storage, call.service.metadata.namespace ?? '') === 'DISABLE') return false;
  return (
    labelsOf(call.endpoint)['security.istio.io/tlsMode'] === 'istio' &&
    serverMode(storage, call.endpoint, call.endpointPort) !== 'DISABLE'
  );
}

/** The tls block in force; a port entry replaces the host level as a whole (R162). */
function tlsSettings(storage: Storage, call: OutboundCall): JsonObject | undefined {
  const rule = findRule(storage, call);
  const policy = objectAt(rule, 'spec', 'trafficPolicy');
  const entry = listAt(policy, 'portLevelSettings').find(
    (one) => numberAt(one, 'port', 'number') === call.servicePort,
  );
  const tls = objectOrNone(entry === undefined ? policy['tls'] : objectAt(entry)['tls']);
  return tls;
}

/** Client namespace, service namespace, root; the first with a matching rule decides (R152, R154). */
export function findRule(storage: Storage, call: OutboundCall): KubeObject | undefined {
  const { rootNamespace } = readMeshConfig(storage);
  const client = call.client.metadata.namespace ?? '';
  const server = call.service.metadata.namespace ?? '';
  const host = `${call.service.metadata.name}.${server}.svc.cluster.local`;
  const own = rulesFor(storage, client, host).filter((rule) =>
    client === rootNamespace ? isPrivate(rule) : isVisible(rule, client, client),
  );
  const selected = own.find((rule) => selectsClient(rule, call.client));
  const shared = [server, rootNamespace].map((namespace) =>
    rulesFor(storage, namespace, host).filter(
      (rule) => !isPrivate(rule) && isVisible(rule, namespace, client),
    ),
  );
  const steps = [own, ...shared].map((rules) => rules.filter((rule) => !hasSelector(rule)));
  return selected ?? steps.map(preferWithPolicy).find((rule) => rule !== undefined);
}

/** Rules of one namespace for the most specific host that matches (R151), oldest first. */
function rulesFor(storage: Storage, namespace: string, host: string): readonly KubeObject[] {
  const matching = storage
    .list(destinationRules, namespace)
    .filter((rule) => isOfRevision(rule) && matchesHost(hostOf(rule, namespace), host))
    .toSorted(byAge);
  const lengths = matching.map((rule) => hostOf(rule, namespace).length);
  const exact = matching.filter((rule) => hostOf(rule, namespace) === host);
  if (exact.length > 0) return exact;
  return matching.filter((rule) => hostOf(rule, namespace).length === Math.max(...lengths));
}

/** The first trafficPolicy of merged rules wins as a whole (R157). */
function preferWithPolicy(rules: readonly KubeObject[]): KubeObject | undefined {
  return rules.find((rule) => objectAt(rule, 'spec')['trafficPolicy'] !== undefined) ?? rules[0];
}

/** Only a name without any dot is completed (R150). */
function hostOf(rule: KubeObject, namespace: string): string {
  const host = textAt(rule, 'spec', 'host') ?? '';
  return host.includes('.') || host.startsWith('*')
    ? host
    : `${host}.${namespace}.svc.cluster.local`;
}

function matchesHost(pattern: string, host: string): boolean {
  return pattern.startsWith('*') ? host.endsWith(pattern.slice(1)) : pattern === host;
}

function exportsOf(rule: KubeObject): readonly Json[] {
  return listAt(rule, 'spec', 'exportTo');
}

function isPrivate(rule: KubeObject): boolean {
  const [only, ...more] = exportsOf(rule);
  if (hasSelector(rule)) return true; // R159
  return more.length === 0 && (only === '.' || only === rule.metadata.namespace);
}

function isVisible(rule: KubeObject, from: string, client: string): boolean {
  const exported = exportsOf(rule);
  if (exported.length === 0 || exported.includes('*') || exported.includes(client)) return true;
  return from === client && exported.includes('.');
}

function hasSelector(rule: KubeObject): boolean {
  return objectAt(rule, 'spec')['workloadSelector'] !== undefined;
}

function selectsClient(rule: KubeObject, client: KubeObject): boolean {
  if (!hasSelector(rule)) return false;
  const labels = labelsOf(client);
  const wanted = Object.entries(textMapAt(rule, 'spec', 'workloadSelector', 'matchLabels'));
  return wanted.every(([key, value]) => labels[key] === value);
}

function objectOrNone(value: Json | undefined): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}
