import {
  asObject,
  labelsAt,
  objectAt,
  objectsAt,
  stringAt,
  stringsAt,
  type Json,
} from '../model/json.ts';
import type { AuthorizationPolicy } from '../model/objects.ts';
import { problem, quoted, type Problem } from '../model/problem.ts';
import type {
  AuthorizationAttribute,
  AuthorizationCondition,
  AuthorizationMatch,
  AuthorizationRule,
  PolicyTarget,
} from '../model/spec/authorization.ts';
import { AUTHORIZATION_OPERATIONS, AUTHORIZATION_SOURCES, excluding } from '../schema/specTypes.ts';
import type { Meta } from './objectMeta.ts';

/** An AuthorizationPolicy, as far as it decides whether a connection is let in (R300 to R306). */
export function decodeAuthorizationPolicy(
  object: Json,
  meta: Meta,
  problems: Problem[],
): AuthorizationPolicy {
  const spec = objectAt(object, 'spec');
  const selector = asObject(spec['selector']);
  const targets = decodeTargets(spec);
  if (selector !== undefined && targets.length > 0) {
    const text = 'A policy has a selector or targetRefs, not both.';
    problems.push(problem(['spec', 'selector'], text));
  }
  const action = decodeAction(spec, problems);
  if ((action === 'DENY' || action === 'CUSTOM') && !Array.isArray(spec['rules'])) {
    const text = `A policy ${action} without rules would never be triggered: an empty rule {} is for everything.`;
    problems.push(problem(['spec', 'rules'], text));
  }
  return {
    kind: 'AuthorizationPolicy',
    ...meta,
    action,
    selector: selector === undefined ? undefined : labelsAt(selector, 'matchLabels'),
    targets,
    rules: objectsAt(spec, 'rules').map((rule, index) => decodeRule(rule, index, problems)),
    isDryRun: TRUE.includes(meta.annotations['istio.io/dry-run'] ?? ''),
  };
}

/** What Istio takes for `true`. */
const TRUE: readonly string[] = ['1', 't', 'T', 'true', 'TRUE', 'True'];

const ACTIONS: readonly AuthorizationPolicy['action'][] = ['ALLOW', 'DENY', 'AUDIT', 'CUSTOM'];

function decodeAction(spec: Json, problems: Problem[]): AuthorizationPolicy['action'] {
  const written = spec['action'];
  if (written === undefined || written === null) return 'ALLOW';
  const action = ACTIONS.find((known) => known === written);
  if (action !== undefined) return action;
  const text = `${quoted(written)} is not an action: use ALLOW, DENY, AUDIT or CUSTOM.`;
  problems.push(problem(['spec', 'action'], text));
  return 'ALLOW';
}

/** The one target of older manifests counts where there is no list. */
function decodeTargets(spec: Json): readonly PolicyTarget[] {
  const listed = objectsAt(spec, 'targetRefs');
  const single = asObject(spec['targetRef']);
  const refs = listed.length === 0 && single !== undefined ? [single] : listed;
  return refs.map((fields) => ({
    kind: stringAt(fields, 'kind') ?? '',
    name: stringAt(fields, 'name') ?? '',
  }));
}

function decodeRule(rule: Json, index: number, problems: Problem[]): AuthorizationRule {
  const path = ['spec', 'rules', index];
  const when = objectsAt(rule, 'when').flatMap((condition, at) =>
    decodeWhen(condition, [...path, 'when', at], problems),
  );
  const matches = (list: 'from' | 'to', part: 'source' | 'operation'): AuthorizationRule['from'] =>
    objectsAt(rule, list).map((item, at) => {
      const fields = objectAt(item, part);
      const match = decodeFields(
        fields,
        list === 'from' ? AUTHORIZATION_SOURCES : AUTHORIZATION_OPERATIONS,
      );
      if (match.length === 0)
        problems.push(problem([...path, list, at], `Expected a ${part} that is not empty.`));
      return match;
    });
  return { from: matches('from', 'source'), to: matches('to', 'operation'), when };
}

const ATTRIBUTES: Readonly<
  Record<
    (typeof AUTHORIZATION_SOURCES)[number] | (typeof AUTHORIZATION_OPERATIONS)[number],
    AuthorizationAttribute
  >
> = {
  principals: 'principal',
  namespaces: 'namespace',
  serviceAccounts: 'service-account',
  trustDomains: 'trust-domain',
  ipBlocks: 'address',
  remoteIpBlocks: 'origin',
  requestPrincipals: 'request',
  hosts: 'request',
  ports: 'port',
  methods: 'request',
  paths: 'request',
};

function decodeFields(
  fields: Json,
  names: readonly (keyof typeof ATTRIBUTES)[],
): AuthorizationMatch {
  return names.flatMap((name): AuthorizationMatch => {
    const values = stringsAt(fields, name);
    const notValues = stringsAt(fields, excluding(name));
    return values.length + notValues.length === 0
      ? []
      : [{ on: ATTRIBUTES[name], values, notValues }];
  });
}

const KEYS: Readonly<Record<string, AuthorizationAttribute>> = {
  'source.ip': 'address',
  'remote.ip': 'origin',
  'destination.ip': 'address',
  'connection.sni': 'origin',
  'source.namespace': 'namespace',
  'source.principal': 'principal',
  'source.serviceAccount': 'service-account',
  'source.trustDomain': 'trust-domain',
  'destination.port': 'port',
};

/** What an attribute is called by that has a name of its own, in brackets. */
const PREFIXES: readonly (readonly [prefix: string, on: AuthorizationAttribute])[] = [
  ['request.', 'request'],
  ['experimental.envoy.filters.', 'origin'],
];

function attributeOf(key: string): AuthorizationAttribute | undefined {
  if (Object.hasOwn(KEYS, key)) return KEYS[key];
  return PREFIXES.find(([prefix]) => key.startsWith(prefix))?.[1];
}

function decodeWhen(
  condition: Json,
  path: readonly (string | number)[],
  problems: Problem[],
): readonly AuthorizationCondition[] {
  const key = stringAt(condition, 'key') ?? '';
  const on = attributeOf(key);
  if (on === undefined) {
    problems.push(problem([...path, 'key'], `${quoted(key)} is no condition that Istio knows.`));
    return [];
  }
  const values = stringsAt(condition, 'values');
  const notValues = stringsAt(condition, 'notValues');
  if (values.length + notValues.length === 0) {
    problems.push(problem(path, 'A condition needs values or notValues.'));
    return [];
  }
  return [{ on, values, notValues }];
}
