import type { DestinationRule, Subset } from '../model/objects.ts';
import type {
  ClientTlsSettings,
  PortTrafficPolicy,
  TrafficPolicy,
} from '../model/trafficPolicy.ts';
import type { ClientTlsMode } from '../model/mode.ts';
import { checkClientTls } from './clientTlsChecks.ts';
import { checkExportTo } from './exportToChecks.ts';
import {
  asObject,
  asPort,
  labelsAt,
  objectAt,
  objectsAt,
  stringAt,
  stringsAt,
  type Json,
} from '../model/json.ts';
import type { Meta } from './objectMeta.ts';
import { problem, quoted, warning, type Problem } from '../model/problem.ts';

type Path = readonly (string | number)[];

/** The rule that a part belongs to, and what is wrong with it so far. */
interface Reading {
  readonly namespace: string;
  readonly selectsClients: boolean;
  readonly problems: Problem[];
}

/** Reads a DestinationRule: the fields that mutual TLS depends on, and what Istio refuses in them (R282 to R284). */
export function decodeDestinationRule(
  object: Json,
  meta: Meta,
  problems: Problem[],
): DestinationRule {
  const spec = objectAt(object, 'spec');
  const host = stringAt(spec, 'host') ?? '';
  if (host === '') problems.push(problem(['spec', 'host'], 'A DestinationRule needs a host.'));
  const selector = asObject(spec['workloadSelector']);
  const selectsClients = selector !== undefined;
  const reading = { namespace: meta.namespace, selectsClients, problems };
  const exportTo = stringsAt(spec, 'exportTo');
  checkExportTo(exportTo, { mayHide: false, ...reading }, problems);
  return {
    kind: 'DestinationRule',
    ...meta,
    host,
    exportTo,
    workloadSelector: selector === undefined ? undefined : labelsAt(selector, 'matchLabels'),
    trafficPolicy: decodeTrafficPolicy(
      asObject(spec['trafficPolicy']),
      ['spec', 'trafficPolicy'],
      reading,
    ),
    subsets: decodeSubsets(spec, reading),
  };
}

function decodeSubsets(spec: Json, reading: Reading): readonly Subset[] {
  const { problems } = reading;
  const names = new Set<string>();
  return objectsAt(spec, 'subsets').map((fields, index) => {
    const path = ['spec', 'subsets', index];
    const name = stringAt(fields, 'name') ?? '';
    if (name === '') problems.push(problem([...path, 'name'], 'A subset needs a name.'));
    else if (names.has(name)) {
      problems.push(problem([...path, 'name'], `Another subset is called ${quoted(name)} too.`));
    }
    names.add(name);
    const policy = asObject(fields['trafficPolicy']);
    return {
      name,
      labels: labelsAt(fields, 'labels'),
      trafficPolicy: decodeTrafficPolicy(policy, [...path, 'trafficPolicy'], reading),
    };
  });
}

function decodeTrafficPolicy(
  policy: Json | undefined,
  path: Path,
  reading: Reading,
): TrafficPolicy | undefined {
  if (policy === undefined) return undefined;
  if (!hasFields(policy)) {
    reading.problems.push(problem(path, 'A trafficPolicy sets at least one thing.'));
  }
  return {
    tls: decodeTls(policy['tls'], [...path, 'tls'], reading),
    ports: decodePortPolicies(policy, [...path, 'portLevelSettings'], reading),
    passthrough: isPassthrough(policy),
  };
}

function hasFields(policy: Json): boolean {
  return Object.values(policy).some((value) => value !== null && value !== undefined);
}

const PORT_FIELDS = ['loadBalancer', 'connectionPool', 'outlierDetection', 'tls'] as const;

function decodePortPolicies(
  policy: Json,
  path: Path,
  reading: Reading,
): readonly PortTrafficPolicy[] {
  const { problems } = reading;
  const ports: PortTrafficPolicy[] = [];
  for (const [index, fields] of objectsAt(policy, 'portLevelSettings').entries()) {
    const port = asPort(objectAt(fields, 'port')['number']);
    const at = [...path, index];
    if (port === undefined) {
      const text = 'A port-level setting needs port.number from 1 to 65535.';
      problems.push(problem([...at, 'port', 'number'], text));
      continue;
    }
    if (!PORT_FIELDS.some((field) => asObject(fields[field]) !== undefined)) {
      problems.push(problem(at, `A port-level setting sets one of ${PORT_FIELDS.join(', ')}.`));
    }
    const tls = decodeTls(fields['tls'], [...at, 'tls'], reading);
    if (tls === undefined && asObject(policy['tls']) !== undefined) {
      const text = 'This entry sets no tls, so that of the whole host does not hold for its port.';
      problems.push(warning('MTLS0211', at, text)); // R162
    }
    ports.push({ port, tls, passthrough: isPassthrough(fields) });
  }
  return ports;
}

function isPassthrough(policy: Json): boolean {
  return objectAt(policy, 'loadBalancer')['simple'] === 'PASSTHROUGH';
}

const MODES: readonly ClientTlsMode[] = ['DISABLE', 'SIMPLE', 'MUTUAL', 'ISTIO_MUTUAL'];

function decodeTls(value: unknown, path: Path, reading: Reading): ClientTlsSettings | undefined {
  const fields = asObject(value);
  if (fields === undefined) return undefined;
  const { namespace, selectsClients, problems } = reading;
  checkClientTls(fields, { path, namespace, selectsClients }, problems);
  const subjectAltNames = stringsAt(fields, 'subjectAltNames');
  return {
    mode: decodeMode(fields['mode'], [...path, 'mode'], problems),
    credentialName: textAt(fields, 'credentialName'),
    clientCertificate: textAt(fields, 'clientCertificate'),
    privateKey: textAt(fields, 'privateKey'),
    caCertificates: textAt(fields, 'caCertificates'),
    ...(subjectAltNames.length === 0 ? {} : { subjectAltNames }),
  };
}

/** To Istio an empty text is as good as none. */
function textAt(fields: Json, field: string): string | undefined {
  const text = stringAt(fields, field);
  return text === '' ? undefined : text;
}

/** A missing mode is DISABLE, the first value of Istio's enumeration (R165). */
function decodeMode(mode: unknown, path: Path, problems: Problem[]): ClientTlsMode {
  if (mode === undefined || mode === null) return 'DISABLE';
  for (const known of MODES) if (mode === known) return known;
  const text = `${quoted(mode)} is not a TLS mode: use ${MODES.join(', ')}.`;
  problems.push(problem(path, text));
  return 'DISABLE';
}
