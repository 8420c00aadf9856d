import type { BackendPolicy, BackendTarget } from '../model/objects.ts';
import type { ClientTlsSettings } from '../model/trafficPolicy.ts';
import { objectAt, objectsAt, stringAt, type Json } from '../model/json.ts';
import type { Meta } from './objectMeta.ts';
import { problem, quoted, warning, type Problem } from '../model/problem.ts';

/** A BackendTLSPolicy of the Gateway API: one-way TLS for whatever it targets (R160). */
export function decodeBackendTlsPolicy(
  object: Json,
  meta: Meta,
  problems: Problem[],
): BackendPolicy {
  const spec = objectAt(object, 'spec');
  const validation = objectAt(spec, 'validation');
  if ((stringAt(validation, 'hostname') ?? '') === '') {
    const text = 'A BackendTLSPolicy needs the hostname that the server’s certificate is for.';
    problems.push(problem(['spec', 'validation', 'hostname'], text));
  }
  return {
    kind: 'BackendTLSPolicy',
    ...meta,
    targets: decodeTargets(spec, TLS_TARGETS, problems),
    tls: simpleTls(credentialOf(validation, meta.namespace, problems)),
  };
}

/** An XBackendTrafficPolicy of the Gateway API: says nothing of TLS, and is a rule all the same (R160). */
export function decodeBackendTrafficPolicy(
  object: Json,
  meta: Meta,
  problems: Problem[],
): BackendPolicy {
  const targets = decodeTargets(objectAt(object, 'spec'), TRAFFIC_TARGETS, problems);
  return { kind: 'XBackendTrafficPolicy', ...meta, targets, tls: undefined };
}

type TargetKind = BackendTarget['kind'];

const TLS_TARGETS: readonly TargetKind[] = ['Service', 'ServiceEntry'];
const TRAFFIC_TARGETS: readonly TargetKind[] = ['Service'];

const GROUPS: Readonly<Record<TargetKind, string>> = {
  Service: '',
  ServiceEntry: 'networking.istio.io',
};

function decodeTargets(
  spec: Json,
  kinds: readonly TargetKind[],
  problems: Problem[],
): readonly BackendTarget[] {
  const path = ['spec', 'targetRefs'];
  const refs = objectsAt(spec, 'targetRefs');
  if (refs.length === 0) problems.push(problem(path, 'A policy targets at least one object.'));
  return refs.flatMap((fields, index): readonly BackendTarget[] => {
    const name = stringAt(fields, 'name') ?? '';
    const kind = kinds.find((known) => known === fields['kind']);
    if (kind === undefined || (stringAt(fields, 'group') ?? '') !== GROUPS[kind]) {
      const text = `Istio takes a ${kinds.join(' or a ')} as target, and nothing else.`;
      problems.push(warning('MTLS0250', [...path, index], text));
      return [];
    }
    const sectionName = stringAt(fields, 'sectionName') ?? '';
    return [sectionName === '' ? { kind, name } : { kind, name, sectionName }];
  });
}

/** What Istio cannot load certificates of: clients are to have none rather than to trust anybody (R160). */
const INVALID = 'invalid://';

/** The credential that istiod makes of a policy's authorities; undefined for those of the system. */
function credentialOf(
  validation: Json,
  namespace: string,
  problems: Problem[],
): string | undefined {
  const path = ['spec', 'validation'];
  const wellKnown = stringAt(validation, 'wellKnownCACertificates') ?? '';
  const refs = objectsAt(validation, 'caCertificateRefs');
  const [first, second] = refs;
  if ((wellKnown === '') === (first === undefined)) {
    const text = 'Exactly one of caCertificateRefs and wellKnownCACertificates says whom to trust.';
    problems.push(problem(path, text));
  }
  if (wellKnown !== '') {
    if (wellKnown !== 'System') {
      const text = `${quoted(wellKnown)} is not known to Istio, which takes the system’s authorities.`;
      problems.push(warning('MTLS0250', [...path, 'wellKnownCACertificates'], text));
    }
    return undefined;
  }
  if (first === undefined) return undefined;
  if (second !== undefined) {
    const text = 'Istio reads the first of several caCertificateRefs only.';
    problems.push(warning('MTLS0250', [...path, 'caCertificateRefs', 1], text));
  }
  const name = stringAt(first, 'name') ?? '';
  if (first['kind'] === 'ConfigMap' && (stringAt(first, 'group') ?? '') === '') {
    return `configmap://${namespace}/${name}`;
  }
  const text = 'Istio reads certificates of authorities from ConfigMaps only.';
  problems.push(warning('MTLS0250', [...path, 'caCertificateRefs', 0], text));
  return INVALID;
}

function simpleTls(credentialName: string | undefined): ClientTlsSettings {
  return {
    mode: 'SIMPLE',
    credentialName,
    clientCertificate: undefined,
    privateKey: undefined,
    caCertificates: undefined,
  };
}

/** Whether a credential is one that no proxy is ever given (R160). */
export function isInvalidCredential(credentialName: string | undefined): boolean {
  return credentialName?.startsWith(INVALID) === true;
}
