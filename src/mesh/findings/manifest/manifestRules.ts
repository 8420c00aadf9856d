import type { Problem, ProblemCode } from '../../model/problem.ts';
import type { Rule } from '../model/rule.ts';

const CONVENTIONS = 'https://kubernetes.io/docs/reference/using-api/api-concepts/';
const VALIDATION = 'https://github.com/istio/istio/blob/master/pkg/config/validation/validation.go';

/** The text is no YAML that can be read. */
export const UNREADABLE: Rule = {
  code: 'MTLS0001',
  name: 'document cannot be read',
  severity: 'warning',
  law: 'A manifest is one YAML document that every parser reads alike.',
  source: 'https://yaml.org/spec/1.2.2/',
};

const REFUSED: Rule = {
  code: 'MTLS0002',
  name: 'manifest is refused by the API server',
  severity: 'error',
  law: 'An API server takes only objects of a version that it serves, with a name, and with values of the types of its schema.',
  source: CONVENTIONS,
  istio: ['IST0106'],
};

const UNKNOWN_FIELD: Rule = {
  code: 'MTLS0003',
  name: 'field that does not exist',
  severity: 'warning',
  law: 'An API server drops a field that the schema of the kind does not know.',
  source:
    'https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/',
};

const FORMER_API: Rule = {
  code: 'MTLS0004',
  name: 'policy of an API that Istio gave up',
  severity: 'error',
  law: 'Istio reads Policy and MeshPolicy of authentication.istio.io no longer since 1.6.',
  source: 'https://istio.io/latest/news/releases/1.6.x/announcing-1.6/upgrade-notes/',
  istio: ['IST0002'],
};

const INVALID_PEER_AUTHENTICATION: Rule = {
  code: 'MTLS0101',
  name: 'invalid PeerAuthentication',
  severity: 'error',
  law: 'Modes are STRICT, PERMISSIVE, DISABLE or UNSET, ports are numbers, and ports need a selector with labels.',
  source: VALIDATION,
  istio: ['IST0106'],
};

const EMPTY_SELECTOR: Rule = {
  code: 'MTLS0102',
  name: 'selector without labels',
  severity: 'warning',
  law: 'A selector without labels selects nothing narrower than its namespace, and ambient workloads of other namespaces do not see a mesh policy that has one.',
  source: VALIDATION,
  istio: ['IST0133'],
};

const INVALID_DESTINATION_RULE: Rule = {
  code: 'MTLS0201',
  name: 'invalid DestinationRule',
  severity: 'error',
  law: 'Istio takes a DestinationRule only with a host, unique subset names, and TLS settings that go together.',
  source: 'https://github.com/istio/istio/blob/master/pkg/config/validation/agent/validation.go',
  istio: ['IST0106'],
};

const IDLE_TLS_FIELD: Rule = {
  code: 'MTLS0210',
  name: 'TLS field that the mode ignores',
  severity: 'warning',
  law: 'Certificates and credentials count for SIMPLE and MUTUAL only: ISTIO_MUTUAL uses those of the mesh, DISABLE none.',
  source:
    'https://istio.io/latest/docs/reference/config/networking/destination-rule/#ClientTLSSettings',
};

const PORT_WITHOUT_TLS: Rule = {
  code: 'MTLS0211',
  name: 'port setting that drops the TLS setting',
  severity: 'warning',
  law: 'Settings of a port replace those of the whole host, so that a port without tls follows auto mutual TLS.',
  source:
    'https://istio.io/latest/docs/reference/config/networking/destination-rule/#TrafficPolicy-PortTrafficPolicy',
};

const CREDENTIAL_OF_SIDECARS: Rule = {
  code: 'MTLS0212',
  name: 'credential that sidecars ignore',
  severity: 'warning',
  law: 'A sidecar loads the credentialName of a DestinationRule only if the rule selects its workload.',
  source:
    'https://istio.io/latest/docs/reference/config/networking/destination-rule/#ClientTLSSettings',
};

const BACKEND_POLICY: Rule = {
  code: 'MTLS0250',
  name: 'part of a backend policy that Istio ignores',
  severity: 'warning',
  law: 'Istio reads Services, ServiceEntries and one ConfigMap of authorities from a BackendTLSPolicy, and nothing else.',
  source: 'https://gateway-api.sigs.k8s.io/api-types/backendtlspolicy/',
};

const CONTROL_PLANE_TEXT: Rule = {
  code: 'MTLS0801',
  name: 'configuration that the control plane cannot read',
  severity: 'error',
  law: 'A control plane takes the mesh config, the injector’s config and its values only as YAML of their schema.',
  source: 'https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/',
};

/** Every rule that reading a manifest checks, in the order of the codes. */
export const MANIFEST_RULES: readonly Rule[] = Object.freeze([
  UNREADABLE,
  REFUSED,
  UNKNOWN_FIELD,
  FORMER_API,
  INVALID_PEER_AUTHENTICATION,
  EMPTY_SELECTOR,
  INVALID_DESTINATION_RULE,
  IDLE_TLS_FIELD,
  PORT_WITHOUT_TLS,
  CREDENTIAL_OF_SIDECARS,
  BACKEND_POLICY,
  CONTROL_PLANE_TEXT,
]);

const BY_CODE: Readonly<Record<ProblemCode, Rule>> = {
  MTLS0002: REFUSED,
  MTLS0003: UNKNOWN_FIELD,
  MTLS0004: FORMER_API,
  MTLS0102: EMPTY_SELECTOR,
  MTLS0210: IDLE_TLS_FIELD,
  MTLS0211: PORT_WITHOUT_TLS,
  MTLS0212: CREDENTIAL_OF_SIDECARS,
  MTLS0250: BACKEND_POLICY,
};

/** The rule that a manifest of a kind breaks, by what decoding it found. */
export function ruleOfProblem(kind: string, { code, stored }: Problem): Rule {
  if (stored === true) return CONTROL_PLANE_TEXT;
  if (code !== undefined) return BY_CODE[code];
  switch (kind) {
    case 'PeerAuthentication':
      return INVALID_PEER_AUTHENTICATION;
    case 'DestinationRule':
      return INVALID_DESTINATION_RULE;
    case 'Policy':
    case 'MeshPolicy':
      return FORMER_API;
    default:
      return REFUSED;
  }
}
