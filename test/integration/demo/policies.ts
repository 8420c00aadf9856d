import assert from 'node:assert/strict';
import type { Json } from '../../../src/demo/objects/json.ts';
import { at, textAt } from '../../../src/demo/objects/json.ts';
import type { Client, Executed } from './client.ts';
import { exitCode } from './client.ts';

/** Runs curl in a pod of `namespace/app`. */
export async function curl(
  client: Client,
  from: string,
  ...args: readonly string[]
): Promise<Executed> {
  return client.exec(from, ['curl', '-sS', '--max-time', '5', ...args]);
}

/** `200`, `503` …, or `exit 56` …, as a table of a tutorial prints a cell. */
export async function cell(client: Client, from: string, url: string): Promise<string> {
  const executed = await curl(client, from, '-o', '/dev/null', '-w', '%{http_code}', url);
  const code = exitCode(executed);
  return code === 0 ? executed.stdout : `exit ${String(code)}`;
}

/** Stores policies for as long as `then` runs. */
export async function withPolicies(
  client: Client,
  objects: readonly Json[],
  then: () => Promise<void>,
): Promise<void> {
  const paths = objects.map(pathOf);
  for (const [index, object] of objects.entries()) {
    const { code } = await client.apply(paths[index] ?? '', object);
    assert.equal(code, 201);
  }
  try {
    await then();
  } finally {
    for (const path of paths) await client.call('DELETE', path);
  }
}

function pathOf(object: Json): string {
  const plural =
    textAt(object, 'kind') === 'PeerAuthentication' ? 'peerauthentications' : 'destinationrules';
  const { namespace, name } = at(object, 'metadata') as { namespace: string; name: string };
  return `/apis/${textAt(object, 'apiVersion') ?? ''}/namespaces/${namespace}/${plural}/${name}`;
}

export function peerAuthentication(namespace: string, spec: Json): Json {
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'PeerAuthentication',
    metadata: { name: 'default', namespace },
    spec,
  };
}

export function destinationRule(namespace: string, host: string, mode: string): Json {
  const spec = { host, trafficPolicy: { tls: { mode } } };
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: { name: 'rule', namespace },
    spec,
  };
}

export const httpbin = { matchLabels: { app: 'httpbin' } };
export const strict = { mtls: { mode: 'STRICT' } };
