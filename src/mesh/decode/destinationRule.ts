import type {
  ClientTlsSettings,
  DestinationRule,
  PortTrafficPolicy,
  Subset,
  TrafficPolicy,
} from '../model/objects.ts';
import type { ClientTlsMode } from '../mtls/mode.ts';
import {
  asObject,
  asPort,
  labelsAt,
  objectAt,
  objectsAt,
  stringAt,
  stringsAt,
  type Json,
} from './json.ts';
import type { Meta } from './objectMeta.ts';
import { problem, quoted, type Problem } from './problem.ts';

type Path = readonly (string | number)[];

/** Reads a DestinationRule: the fields that mutual TLS depends on. */
export function decodeDestinationRule(
  object: Json,
  meta: Meta,
  problems: Problem[],
): DestinationRule {
  const spec = objectAt(object, 'spec');
  const host = stringAt(spec, 'host') ?? '';
  if (host === '') problems.push(problem(['spec', 'host'], 'A DestinationRule needs a host.'));
  const selector = asObject(spec['workloadSelector']);
  return {
    kind: 'DestinationRule',
    ...meta,
    host,
    exportTo: stringsAt(spec, 'exportTo'),
    workloadSelector: selector === undefined ? undefined : labelsAt(selector, 'matchLabels'),
    trafficPolicy: decodeTrafficPolicy(
      asObject(spec['trafficPolicy']),
      ['spec', 'trafficPolicy'],
      problems,
    ),
    subsets: decodeSubsets(spec, problems),
  };
}

function decodeSubsets(spec: Json, problems: Problem[]): readonly Subset[] {
  return objectsAt(spec, 'subsets').map((fields, index) => {
    const path = ['spec', 'subsets', index];
    const name = stringAt(fields, 'name') ?? '';
    if (name === '') problems.push(problem([...path, 'name'], 'A subset needs a name.'));
    const policy = asObject(fields['trafficPolicy']);
    return {
      name,
      labels: labelsAt(fields, 'labels'),
      trafficPolicy: decodeTrafficPolicy(policy, [...path, 'trafficPolicy'], problems),
    };
  });
}

function decodeTrafficPolicy(
  policy: Json | undefined,
  path: Path,
  problems: Problem[],
): TrafficPolicy | undefined {
  if (policy === undefined) return undefined;
  return {
    tls: decodeTls(policy['tls'], [...path, 'tls'], problems),
    ports: decodePortPolicies(policy, [...path, 'portLevelSettings'], problems),
    passthrough: isPassthrough(policy),
  };
}

function decodePortPolicies(
  policy: Json,
  path: Path,
  problems: Problem[],
): readonly PortTrafficPolicy[] {
  const ports: PortTrafficPolicy[] = [];
  for (const [index, fields] of objectsAt(policy, 'portLevelSettings').entries()) {
    const port = asPort(objectAt(fields, 'port')['number']);
    if (port === undefined) {
      const text = 'A port-level setting needs port.number from 1 to 65535.';
      problems.push(problem([...path, index, 'port', 'number'], text));
      continue;
    }
    const tls = decodeTls(fields['tls'], [...path, index, 'tls'], problems);
    ports.push({ port, tls, passthrough: isPassthrough(fields) });
  }
  return ports;
}

function isPassthrough(policy: Json): boolean {
  return objectAt(policy, 'loadBalancer')['simple'] === 'PASSTHROUGH';
}

const MODES: readonly ClientTlsMode[] = ['DISABLE', 'SIMPLE', 'MUTUAL', 'ISTIO_MUTUAL'];

function decodeTls(value: unknown, path: Path, problems: Problem[]): ClientTlsSettings | undefined {
  const fields = asObject(value);
  if (fields === undefined) return undefined;
  return {
    mode: decodeMode(fields['mode'], [...path, 'mode'], problems),
    credentialName: stringAt(fields, 'credentialName'),
    clientCertificate: stringAt(fields, 'clientCertificate'),
    privateKey: stringAt(fields, 'privateKey'),
    caCertificates: stringAt(fields, 'caCertificates'),
  };
}

/** A missing mode is DISABLE, the first value of Istio's enumeration (R165). */
function decodeMode(mode: unknown, path: Path, problems: Problem[]): ClientTlsMode {
  if (mode === undefined || mode === null) return 'DISABLE';
  for (const known of MODES) if (mode === known) return known;
  const text = `${quoted(mode)} is not a TLS mode: use ${MODES.join(', ')}.`;
  problems.push(problem(path, text));
  return 'DISABLE';
}
