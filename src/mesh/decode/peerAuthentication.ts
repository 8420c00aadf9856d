import type { Labels, PeerAuthentication, PortMode } from '../model/objects.ts';
import type { PolicyMode } from '../model/mode.ts';
import { asObject, labelsAt, objectAt, type Json } from '../model/json.ts';
import { checkLabels } from '../schema/valueType.ts';
import type { Meta } from './objectMeta.ts';
import { problem, quoted, warning, type Problem } from '../model/problem.ts';

const NO_PORT_MODES: readonly PortMode[] = Object.freeze([]);

/** Reads a PeerAuthentication and reports what Istio's validation would refuse (R280, R281). */
export function decodePeerAuthentication(
  object: Json,
  meta: Meta,
  problems: Problem[],
): PeerAuthentication {
  const before = problems.length;
  const spec = objectAt(object, 'spec');
  checkMaps(object, problems);
  checkFields(spec, problems);
  const selector = decodeSelector(spec, problems);
  const mode = decodeMode(spec['mtls'], ['spec', 'mtls'], problems);
  const portLevelMtls = decodePortLevel(spec, selector, problems);
  const invalid = problems.slice(before).some((found) => found.severity === 'error');
  return {
    kind: 'PeerAuthentication',
    namespace: meta.namespace,
    name: meta.name,
    uid: meta.uid,
    labels: meta.labels,
    annotations: meta.annotations,
    createdAt: meta.createdAt,
    origin: meta.origin,
    selector,
    mode,
    portLevelMtls,
    invalid,
  };
}

/** A schema would refuse text where a map belongs; read as if it were absent, it would widen the policy. */
function checkMaps(object: Json, problems: Problem[]): void {
  const spec = objectAt(object, 'spec');
  const places: readonly (readonly [path: readonly string[], value: unknown])[] = [
    [['spec'], object['spec']],
    [['spec', 'selector'], spec['selector']],
    [['spec', 'selector', 'matchLabels'], objectAt(spec, 'selector')['matchLabels']],
    [['spec', 'portLevelMtls'], spec['portLevelMtls']],
  ];
  for (const [path, value] of places) {
    if (value === undefined || value === null || asObject(value) !== undefined) continue;
    problems.push(problem(path, `Expected a map, found ${quoted(value)}.`));
  }
}

/** A field that the schema does not know is dropped by the API server: misspelt, it sets nothing. */
function checkFields(spec: Json, problems: Problem[]): void {
  warnOfOthers(spec, SPEC_FIELDS, { path: ['spec'], problems });
  const selector = objectAt(spec, 'selector');
  warnOfOthers(selector, SELECTOR_FIELDS, { path: ['spec', 'selector'], problems });
  warnOfOthers(objectAt(spec, 'mtls'), MTLS_FIELDS, { path: ['spec', 'mtls'], problems });
  const ports = objectAt(spec, 'portLevelMtls');
  for (const port in ports) {
    const path = ['spec', 'portLevelMtls', port];
    warnOfOthers(objectAt(ports, port), MTLS_FIELDS, { path, problems });
  }
}

const SPEC_FIELDS: readonly string[] = ['selector', 'mtls', 'portLevelMtls'];
const SELECTOR_FIELDS: readonly string[] = ['matchLabels'];
const MTLS_FIELDS: readonly string[] = ['mode'];

interface FieldCheck {
  readonly path: readonly string[];
  readonly problems: Problem[];
}

function warnOfOthers(
  fields: Json,
  known: readonly string[],
  { path, problems }: FieldCheck,
): void {
  for (const field in fields) {
    if (known.includes(field)) continue;
    const message = `${quoted(field)} is no field here: Kubernetes drops it, and it sets nothing.`;
    problems.push(warning('MTLS0003', [...path, field], message));
  }
}

const NO_LABELS_TO_SELECT_BY =
  'The selector has no labels: it selects nothing narrower than its namespace.';

function decodeSelector(spec: Json, problems: Problem[]): Labels | undefined {
  const selector = asObject(spec['selector']);
  if (selector === undefined) return undefined;
  const labels = labelsAt(selector, 'matchLabels');
  const path = ['spec', 'selector', 'matchLabels'];
  checkLabels(selector['matchLabels'], path, problems);
  let count = 0;
  for (const key in labels) {
    count++;
    checkSelectorLabel(key, labels[key] ?? '', problems);
  }
  if (count === 0) problems.push(warning('MTLS0102', path, NO_LABELS_TO_SELECT_BY));
  return labels;
}

function checkSelectorLabel(key: string, value: string, problems: Problem[]): void {
  const path = ['spec', 'selector', 'matchLabels', key];
  if (key === '') problems.push(problem(path, 'A selector label needs a key.'));
  if (value.includes('*'))
    problems.push(problem(path, 'A selector value cannot contain a wildcard.'));
  if (value.length > 63)
    problems.push(problem(path, 'A selector value has at most 63 characters.'));
}

const MODES: readonly PolicyMode[] = ['STRICT', 'PERMISSIVE', 'DISABLE', 'UNSET'];

/** The mode of one mtls block; a mode that Istio does not know counts as UNSET and is reported. */
function decodeMode(
  block: unknown,
  path: readonly (string | number)[],
  problems: Problem[],
): PolicyMode {
  if (block === undefined || block === null) return 'UNSET';
  const fields = asObject(block);
  if (fields === undefined) {
    problems.push(problem(path, `Expected a block with a mode, found ${quoted(block)}.`));
    return 'UNSET';
  }
  const mode = fields['mode'];
  if (mode === undefined || mode === null) return 'UNSET';
  for (const known of MODES) if (mode === known) return known;
  const text = `${quoted(mode)} is not a mode: use STRICT, PERMISSIVE, DISABLE or UNSET.`;
  problems.push(problem([...path, 'mode'], text));
  return 'UNSET';
}

function decodePortLevel(
  spec: Json,
  selector: Labels | undefined,
  problems: Problem[],
): readonly PortMode[] {
  const block = asObject(spec['portLevelMtls']);
  if (block === undefined) return NO_PORT_MODES;
  const path = ['spec', 'portLevelMtls'];
  const modes: PortMode[] = [];
  for (const key in block) {
    const port = Number(key);
    const mode = decodeMode(block[key], [...path, key], problems);
    if (Number.isInteger(port) && port >= 1 && port <= 65535) modes.push({ port, mode });
    else problems.push(problem([...path, key], `${quoted(key)} is not a port from 1 to 65535.`));
  }
  if (Object.keys(block).length === 0) {
    problems.push(
      problem(path, 'portLevelMtls is empty: list at least one port, or leave it out.'),
    );
  }
  if (selector === undefined || Object.keys(selector).length === 0) {
    problems.push(problem(path, 'portLevelMtls needs a selector with at least one label.'));
  }
  // Sorted into a copy, because an array that has grown keeps room for 17.
  return modes.toSorted((left, right) => left.port - right.port);
}
