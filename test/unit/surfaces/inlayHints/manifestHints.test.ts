import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readManifestFile } from '../../../../src/sources/yaml/manifestFile.ts';
import { hintsOf } from '../../../../src/surfaces/inlayHints/manifestHints.ts';
import {
  meshOf,
  namespace,
  peerAuthentication,
  pod,
  service,
} from '../../../support/meshNotation.ts';

const mesh = meshOf([
  namespace('shop', 'istio-injection=enabled'),
  pod('shop/cart-1', 'sidecar', { labels: 'app=cart', ports: [8080] }),
  pod('shop/cart-2', 'sidecar', { labels: 'app=cart', ports: [8080] }),
  pod('shop/batch', 'none'),
  service('shop/cart', { ports: ['http 80:8080'] }),
  service('shop/batch'),
  peerAuthentication('shop/default STRICT', 0),
]);

const policy = (spec: string): string =>
  `apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: a, namespace: shop}\nspec:\n${spec}`;
const rule = (host: string): string =>
  `apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: a, namespace: shop}\nspec:\n  host: ${host} # which\n`;
const selecting = (app: string): string => `  selector:\n    matchLabels:\n      app: ${app}\n`;

interface Case {
  readonly name: string;
  readonly text: string;
  /** The lines that have a hint, with `«hint»` where it stands. */
  readonly shows: readonly string[];
}

const cases: readonly Case[] = [
  {
    name: 'the pods that a selector matches',
    text: policy(selecting('cart')),
    shows: ['    matchLabels:«matches 2 pods»'],
  },
  {
    name: 'that a selector matches nothing',
    text: policy(selecting('nobody')),
    shows: ['    matchLabels:«matches nothing»'],
  },
  {
    name: 'the Service ports that lead to a container port',
    text: policy(`${selecting('cart')}  portLevelMtls:\n    8080:\n      mode: DISABLE\n`),
    shows: ['    matchLabels:«matches 2 pods»', '    8080:«← cart:80»'],
  },
  {
    name: 'nothing beside a port to which no Service leads',
    text: policy(`${selecting('cart')}  portLevelMtls:\n    80:\n      mode: DISABLE\n`),
    shows: ['    matchLabels:«matches 2 pods»'],
  },
  {
    name: 'the mode of the servers of a host, before the comment',
    text: rule('cart.shop.svc.cluster.local'),
    shows: ['  host: cart.shop.svc.cluster.local«server STRICT» # which'],
  },
  {
    name: 'that the servers of a host have no proxy, for no mode holds there',
    text: rule('batch'),
    shows: ['  host: batch«server no proxy» # which'],
  },
  { name: 'nothing beside a host that nobody knows', text: rule('nobody'), shows: [] },
];

for (const { name, text, shows } of cases) {
  test(`hints show ${name}`, () => {
    const file = readManifestFile('file:///a.yaml', text);
    let marked = text;
    for (const { offset, text: hint } of hintsOf(mesh, file).toReversed())
      marked = `${marked.slice(0, offset)}«${hint}»${marked.slice(offset)}`;
    assert.deepEqual(
      marked.split('\n').filter((line) => line.includes('«')),
      shows,
    );
  });
}
