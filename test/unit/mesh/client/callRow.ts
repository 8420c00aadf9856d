import assert from 'node:assert/strict';
import { connect, type Connection } from '../../../../src/mesh/connection/connection.ts';
import type { MissingFact } from '../../../../src/mesh/model/explanation.ts';
import type { WorkloadRef } from '../../../../src/mesh/model/reference.ts';
import {
  meshOf,
  peerAuthentications,
  pod,
  service,
  type Json,
  type PodKind,
} from '../../../support/meshNotation.ts';
import type { Row } from '../../../support/meshRules.ts';

/** What a client of namespace web, a sidecar unless told otherwise, gets from a Service of namespace shop. */
export interface CallRow extends Row {
  readonly given: readonly Json[];
  readonly host?: string;
  readonly port?: number;
  readonly missing?: readonly MissingFact[];
  readonly subset?: string;
  readonly client?: PodKind;
  /** `outcome` or `outcome workload n/m`, one for each connection. */
  readonly outcomes: readonly string[];
  /** Kinds of reason that must be among the reasons of the first connection. */
  readonly because?: readonly string[];
  /** All of them, in order. */
  readonly reasons?: string;
}

const CLIENT: WorkloadRef = { kind: 'Pod', namespace: 'web', name: 'client' };

function shown({ outcome, workload, endpoints, ofEndpoints }: Connection): string {
  const word = outcome.kind === 'refused' ? outcome.symptom : outcome.kind;
  return ofEndpoints > 1 ? `${word} ${workload?.name ?? ''} ${endpoints}/${ofEndpoints}` : word;
}

/** Makes the call of a row in the mesh that it gives. */
export function checkCall(row: CallRow): void {
  const options = row.missing === undefined ? {} : { missing: row.missing };
  const mesh = meshOf([pod('web/client', row.client ?? 'sidecar'), ...row.given], options);
  const host = row.host ?? 'server.shop';
  const call = { host, port: row.port ?? 8080 };
  const to = row.subset === undefined ? call : { ...call, subset: row.subset };
  const connections = connect(mesh, { kind: 'workload', workload: CLIENT }, to);
  assert.deepEqual(connections.map(shown), row.outcomes);
  const kinds = connections[0].because.map((reason) => reason.kind);
  if (row.reasons !== undefined) assert.equal(kinds.join(' '), row.reasons);
  for (const kind of row.because ?? [])
    assert.ok(
      kinds.some((known) => known === kind),
      `${kind} in ${kinds.join()}`,
    );
}

/** A server with a sidecar, and its Service. */
export const server = [pod('shop/server', 'sidecar'), service('shop/server')];

/** Its namespace is STRICT. */
export const strict = peerAuthentications(['shop/default STRICT']);

/** A Sidecar object with one egress listener for all ports. */
export function sidecarObject(at: string, egress: readonly string[], more: Json = {}): Json {
  const [namespaceName, name] = at.split('/');
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Sidecar',
    metadata: { namespace: namespaceName, name },
    spec: { egress: [{ hosts: egress }], ...more },
  };
}
