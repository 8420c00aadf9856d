import { createHash } from 'node:crypto';
import { FINDING_RULES, refKey, type Rule, type Severity } from '../../mesh/index.ts';
import { identity } from '../check/baseline.ts';
import type { Checked, CheckedFinding, CheckedRelated, FilePlace } from '../check/checked.ts';
import { addressOfProject, pageOf, version } from './ruleWords.ts';

type Json = Readonly<Record<string, unknown>>;

/** Findings as SARIF 2.1.0, which code scanning services read. Source: docs.oasis-open.org/sarif/sarif/v2.1.0. */
export function sarifLog({ findings, unread }: Checked): Json {
  return {
    $schema:
      'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: driver() },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: unread.length === 0,
            toolExecutionNotifications: unread.map(notification),
          },
        ],
        results: findings.map(result),
      },
    ],
  };
}

const levels = {
  error: 'error',
  warning: 'warning',
  information: 'note',
  hint: 'note',
} as const satisfies Readonly<Record<Severity, string>>;

function driver(): Json {
  return {
    name: 'istio-mtls',
    version,
    informationUri: addressOfProject,
    rules: FINDING_RULES.map(ruleJson),
  };
}

function ruleJson({ code, name, law, source, severity, istio = [], kiali = [] }: Rule): Json {
  return {
    id: code,
    shortDescription: { text: name },
    fullDescription: { text: law },
    help: { text: `${law} Source: ${source}` },
    helpUri: pageOf(code),
    defaultConfiguration: { level: levels[severity] },
    properties: { tags: ['istio', 'mtls', ...istio, ...kiali] },
  };
}

function notification(place: string): Json {
  return { level: 'error', message: { text: `${place} could not be read.` } };
}

function result(finding: CheckedFinding): Json {
  const { code, severity, message, place, object, related } = finding;
  const logical =
    object === undefined
      ? {}
      : { logicalLocations: [{ fullyQualifiedName: refKey(object), kind: 'object' }] };
  return {
    ruleId: code,
    ruleIndex: FINDING_RULES.findIndex((rule) => rule.code === code),
    level: levels[severity],
    message: { text: message },
    locations: [{ physicalLocation: physicalLocation(place), ...logical }],
    ...(related.length === 0 ? {} : { relatedLocations: related.map(relatedLocation) }),
    partialFingerprints: { 'istioMtlsFinding/v1': fingerprint(finding) },
  };
}

function relatedLocation({ place, object, message }: CheckedRelated, id: number): Json {
  return {
    id,
    message: { text: message },
    logicalLocations: [{ fullyQualifiedName: refKey(object), kind: 'object' }],
    ...(place === undefined ? {} : { physicalLocation: physicalLocation(place) }),
  };
}

function physicalLocation({ file, line, column, endLine, endColumn }: FilePlace): Json {
  return {
    artifactLocation: artifactLocation(file),
    region: { startLine: line, startColumn: column, endLine, endColumn },
  };
}

/** Services look for a file in the checkout, so a path below the folder that the command ran in has no root. */
function artifactLocation(file: string): Json {
  const uri = file.split('/').map(encodeURIComponent).join('/');
  return file.startsWith('/') ? { uri: `file://${uri}` } : { uri, uriBaseId: '%SRCROOT%' };
}

/** By this a service knows a finding again when lines have moved. */
function fingerprint(finding: CheckedFinding): string {
  return createHash('sha256').update(identity(finding)).digest('hex');
}
