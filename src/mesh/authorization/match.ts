import type {
  AuthorizationAttribute,
  AuthorizationCondition,
  AuthorizationMatch,
  AuthorizationRule,
  AuthorizationSpec,
} from '../model/spec/authorization.ts';

/** Who a client's certificate says it is (R255). */
export interface PeerIdentity {
  readonly trustDomain: string;
  readonly namespace: string;
  readonly serviceAccount: string;
}

/** One connection as a policy meets it. */
export interface Met {
  /** Undefined where no certificate was shown. */
  readonly identity: PeerIdentity | undefined;
  readonly port: number;
  /** Namespace of the policy, which accounts without one belong to. */
  readonly home: string;
  /** Names of the trust domain of the mesh that stand for one another; empty where each stands for itself (R306). */
  readonly aliases: readonly string[];
  /** What reads the connection: Envoy as HTTP or as bytes, or ztunnel, which sees bytes only. */
  readonly reader: 'http' | 'bytes' | 'ztunnel';
}

/** Whether something holds; where it may or may not: by what each request asks for, or by what no object tells. */
export type Holds = 'yes' | 'no' | 'by-request' | 'unknown';

/** Whether any rule of a policy holds (R300); one without rules never does. */
export function policyHolds({ action, rules }: AuthorizationSpec, met: Met): Holds {
  return any(rules.map((rule) => ruleHolds(action, rule, met)));
}

/** What only HTTP has makes a rule that allows hold never for bytes, and counts as met in one that denies (R303). */
function ruleHolds(
  action: AuthorizationSpec['action'],
  { from, to, when }: AuthorizationRule,
  met: Met,
): Holds {
  const conditions = [...from.flat(), ...to.flat(), ...when];
  const isReadable = (condition: AuthorizationCondition): boolean =>
    READABLE[met.reader](condition.on);
  if (action === 'ALLOW' && !conditions.every(isReadable)) return 'no';
  const matches = (match: AuthorizationMatch): Holds =>
    all(match.filter(isReadable).map((condition) => conditionHolds(condition, met)));
  const anyOf = (choices: readonly AuthorizationMatch[]): Holds =>
    choices.length === 0 ? 'yes' : any(choices.map(matches));
  return all([anyOf(from), anyOf(to), matches(when)]);
}

/** What each reader can tell of a connection. */
const READABLE: Readonly<Record<Met['reader'], (on: AuthorizationAttribute) => boolean>> = {
  http: () => true,
  bytes: (on) => on !== 'request',
  ztunnel: (on) => on !== 'request' && on !== 'origin' && on !== 'trust-domain',
};

function conditionHolds({ on, values, notValues }: AuthorizationCondition, met: Met): Holds {
  if (on === 'request') return 'by-request';
  if (on === 'address' || on === 'origin') return 'unknown';
  const isOneOf = (candidates: readonly string[]): boolean =>
    candidates.some((value) => valueMatches(on, value, met));
  return (values.length === 0 || isOneOf(values)) && !isOneOf(notValues) ? 'yes' : 'no';
}

type Known = Exclude<AuthorizationAttribute, 'request' | 'address' | 'origin'>;

/** Whoever shows no certificate is nobody: no value means them, `*` neither (R301). */
function valueMatches(on: Known, value: string, { identity, port, home, aliases }: Met): boolean {
  if (on === 'port') return Number(value) === port;
  if (identity === undefined) return false;
  const { trustDomain, namespace, serviceAccount } = identity;
  switch (on) {
    case 'namespace':
      return matchesText(value, namespace);
    case 'trust-domain':
      return aliases.includes(value)
        ? aliases.includes(trustDomain)
        : matchesText(value, trustDomain);
    case 'service-account':
      return (
        (value.includes('/') ? value : `${home}/${value}`) === `${namespace}/${serviceAccount}`
      );
    case 'principal':
      return principals(value, aliases).some((one) => matchesText(one, principalOf(identity)));
  }
}

/** As policies spell an identity: without `spiffe://`. */
export function principalOf({ trustDomain, namespace, serviceAccount }: PeerIdentity): string {
  return `${trustDomain}/ns/${namespace}/sa/${serviceAccount}`;
}

/** A principal under each name of the mesh's trust domain, where it names one of them or `cluster.local` (R306). */
function principals(value: string, aliases: readonly string[]): readonly string[] {
  const [trustDomain = '', ...rest] = value.split('/');
  const isOurs = aliases.includes(trustDomain) || trustDomain === 'cluster.local';
  if (aliases.length === 0 || rest.length !== 4 || !isOurs) return [value];
  return aliases.map((alias) => [alias, ...rest].join('/'));
}

/** `*` for anything, and at one end for the rest of a text. */
function matchesText(pattern: string, text: string): boolean {
  if (pattern.startsWith('*')) return text.endsWith(pattern.slice(1));
  return pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : pattern === text;
}

/** All of them hold: one that does not decides, then one of which nothing is known. */
function all(parts: readonly Holds[]): Holds {
  return (['no', 'unknown', 'by-request'] as const).find((one) => parts.includes(one)) ?? 'yes';
}

/** Any of them holds: one that does decides, then one of which nothing is known. */
export function any(parts: readonly Holds[]): Holds {
  return (['yes', 'unknown', 'by-request'] as const).find((one) => parts.includes(one)) ?? 'no';
}
