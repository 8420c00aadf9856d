import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeObject } from '../../../../src/sources/yaml/decodeObject.ts';
import { DriftFinder, driftWords } from '../../../../src/surfaces/drift/driftingFiles.ts';
import { finish } from '../../../../src/mesh/connection/steps.ts';
import {
  destinationRule,
  meshOf,
  namespace,
  peerAuthentication,
  pod,
  service,
  type Json,
} from '../../../support/meshNotation.ts';

const cluster = meshOf([
  namespace('shop', 'istio-injection=enabled'),
  pod('shop/cart', 'sidecar'),
  pod('shop/batch', 'none'),
  service('shop/cart', { ports: ['http 80:8080'] }),
  peerAuthentication('shop/default PERMISSIVE', 0),
  destinationRule('shop/cart', { host: 'cart', tls: 'ISTIO_MUTUAL' }),
]);

interface Case {
  readonly name: string;
  readonly manifest: Json;
  readonly says: string | undefined;
}

const cases: readonly Case[] = [
  {
    name: 'a mode that would refuse connections',
    manifest: peerAuthentication('shop/default STRICT', 0),
    says: 'Cluster demo has PeerAuthentication shop/default otherwise. If it were applied: 2 connections would be refused.',
  },
  {
    name: 'a field that changes nothing',
    manifest: destinationRule('shop/cart', {
      host: 'cart.shop.svc.cluster.local',
      tls: 'ISTIO_MUTUAL',
    }),
    says: 'Cluster demo has DestinationRule shop/cart otherwise. If it were applied: no mode and no connection would change.',
  },
  {
    name: 'nothing where all is the same',
    manifest: peerAuthentication('shop/default PERMISSIVE', 7),
    says: undefined,
  },
  {
    name: 'nothing of an object that the cluster does not have',
    manifest: peerAuthentication('shop/other STRICT', 0),
    says: undefined,
  },
  {
    name: 'nothing of a Service whose address the cluster has chosen',
    manifest: service('shop/cart', { ports: ['http 80:8080'] }),
    says: undefined,
  },
  {
    name: 'a port of a Service',
    manifest: service('shop/cart', { ports: ['http 81:8080'] }),
    says: 'Cluster demo has Service shop/cart otherwise. If it were applied: no mode and no connection would change.',
  },
];

for (const { name, manifest, says } of cases) {
  test(`the Explorer marks ${name}`, () => {
    const origin = { kind: 'file', uri: 'file:///a.yaml', document: 0 } as const;
    const { object } = decodeObject(manifest, origin);
    assert.ok(object);
    const finder = new DriftFinder();
    const [file] = finder.find(cluster, [object]).values();
    assert.equal(file && finish(driftWords(cluster, 'demo', file)), says);
    assert.deepEqual(
      [...finder.find(cluster, [object]).keys()],
      file === undefined ? [] : [origin.uri],
    );
  });
}
