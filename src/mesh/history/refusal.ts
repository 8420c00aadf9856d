import { connect, type Client, type Connection } from '../connection/connection.ts';
import type { HostPort } from '../connection/hostPorts.ts';
import type { ModeSource, Reason } from '../model/explanation.ts';
import { refKey, type FieldRef, type WorkloadRef } from '../model/reference.ts';
import { findWorkload, type Mesh } from '../snapshot/mesh.ts';

/** A connection of which some or all ends are refused, and what decided it. */
export interface Refusal {
  readonly client: Client;
  readonly to: HostPort;
  readonly refused: readonly Connection[];
  /** The fields of policies and rules that decided, each once. */
  readonly fields: readonly FieldRef[];
  /** Workloads that could take part in mutual TLS and have no proxy to do so. */
  readonly withoutProxy: readonly WorkloadRef[];
}

/** What refuses a connection now; undefined where nothing is predicted to. */
export function refusalOf(mesh: Mesh, client: Client, to: HostPort): Refusal | undefined {
  const refused = connect(mesh, client, to).filter(({ outcome }) => outcome.kind === 'refused');
  if (refused.length === 0) return undefined;
  const reasons = refused.flatMap(({ because }) => because);
  const fields = new Map<string, FieldRef>();
  for (const field of reasons.flatMap(fieldsOf))
    fields.set(`${refKey(field.object)} ${field.field}`, field);
  return {
    client,
    to,
    refused,
    fields: [...fields.values()],
    withoutProxy: reasons.flatMap((reason) => (reason.kind === 'no-proxy' ? reason.workload : [])),
  };
}

function fieldsOf(reason: Reason): readonly FieldRef[] {
  switch (reason.kind) {
    case 'server-mode':
    case 'namespace-hint-disable':
    case 'endpoint-mode-disable':
      return ofSource(reason.from);
    case 'destination-rule':
    case 'destination-rule-without-tls':
    case 'endpoint-stage-follows-rule':
    case 'credential-ignored':
    case 'certificates-incomplete':
    case 'server-identity-rejected':
      return [reason.rule];
    default:
      return [];
  }
}

function ofSource(from: ModeSource): readonly FieldRef[] {
  return from.kind === 'policy' ? [from.field] : [];
}

/** When the pods of a workload were made, the last of them, in milliseconds since 1970. */
export function lastPodOf(mesh: Mesh, ref: WorkloadRef): number | undefined {
  const times = findWorkload(mesh, ref)?.pods.flatMap(({ createdAt }) => createdAt ?? []) ?? [];
  return times.length === 0 ? undefined : Math.max(...times);
}
