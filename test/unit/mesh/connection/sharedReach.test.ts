import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { allWorkloads, type Mesh } from '../../../../src/mesh/snapshot/mesh.ts';
import type { HostPort } from '../../../../src/mesh/connection/hostPorts.ts';
import { reach } from '../../../../src/mesh/connection/reach.ts';
import {
  clientVariantsOf,
  type Client,
  type ClientVariant,
} from '../../../../src/mesh/destination/clientVariant.ts';
import { sharedReach } from '../../../../src/mesh/connection/sharedReach.ts';
import { largeMesh } from '../../../bench/largeMesh.ts';
import { meshArbitrary } from '../../../properties/meshArbitrary.ts';
import { destinationRule, meshOf, pod, service, type Json } from '../../../support/meshNotation.ts';

/** Every port of every host that the mesh defines, by full name. */
function allServers(mesh: Mesh): readonly HostPort[] {
  return [...mesh.namespaces.values()].flatMap(({ name, services, serviceEntries }) => [
    ...[...services.values()].flatMap((service) =>
      service.ports.map(({ port }) => ({
        host: `${service.name}.${name}.svc.cluster.local`,
        port,
      })),
    ),
    ...[...serviceEntries.values()].flatMap(({ hosts, ports }) =>
      hosts.flatMap((host) => ports.map(({ port }) => ({ host, port }))),
    ),
  ]);
}

function allClients(mesh: Mesh): readonly ClientVariant[] {
  const inside = [...allWorkloads(mesh)].map(({ ref }): Client => ({
    kind: 'workload',
    workload: ref,
  }));
  return [{ kind: 'outside' } as const, ...inside].flatMap(
    (client) => clientVariantsOf(mesh, client) ?? [],
  );
}

/** Asks for every connection of a mesh, and gives back how many answers were shared. */
function assertSharedIsOwn(mesh: Mesh): number {
  let shared = 0;
  const servers = allServers(mesh);
  for (const client of allClients(mesh)) {
    for (const server of servers) {
      const answer = sharedReach(mesh, client, server);
      if (sharedReach(mesh, client, server) === answer) shared++;
      const where = `${client.namespace}/${client.pods?.workload.name ?? ''} to ${server.host}:${server.port}`;
      assert.deepEqual(answer, reach(mesh, client, server), where);
    }
  }
  return shared;
}

const networking = 'networking.istio.io/v1';

function serviceEntry(namespace: string, protocol: string): Json {
  const spec = {
    hosts: ['outside.example.com'],
    location: 'MESH_EXTERNAL',
    resolution: 'DNS',
    ports: [{ number: 443, name: 'port', protocol }],
  };
  return {
    apiVersion: networking,
    kind: 'ServiceEntry',
    metadata: { namespace, name: 'outside' },
    spec,
  };
}

function sidecar(namespace: string, host: string): Json {
  const spec = { egress: [{ hosts: [host] }], outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } };
  return {
    apiVersion: networking,
    kind: 'Sidecar',
    metadata: { namespace, name: 'default' },
    spec,
  };
}

const ordinary = pod('one/client', 'sidecar');
const server = [pod('shop/server', 'sidecar'), service('shop/server')];
const different = pod('two/client', 'sidecar');

interface Row {
  readonly name: string;
  readonly objects: readonly Json[];
}

/** Two clients that a server could take for one another, of which the second fares differently. */
const unlike: readonly Row[] = [
  {
    name: 'by the data plane of its pods',
    objects: [...server, pod('two/client', 'none')],
  },
  {
    name: 'by a rule of its own namespace',
    objects: [...server, different, destinationRule('two/rule', { tls: 'DISABLE' })],
  },
  {
    name: 'by a rule that is exported to its namespace only',
    objects: [
      ...server,
      different,
      destinationRule('shop/rule', { tls: 'DISABLE', exportTo: ['two'] }),
    ],
  },
  {
    name: 'by living where a private rule counts',
    objects: [
      ...server,
      pod('shop/client', 'sidecar'),
      destinationRule('shop/rule', { tls: 'DISABLE', exportTo: ['.'] }),
    ],
  },
  {
    name: 'by a Service that is exported to its namespace only',
    objects: [
      pod('shop/server', 'none'),
      service('shop/server', { annotations: { 'networking.istio.io/exportTo': 'two' } }),
      different,
    ],
  },
  {
    name: 'by a Sidecar that hides the host',
    objects: [...server, different, sidecar('two', './*')],
  },
  {
    name: 'by a port that its own proxy does not see',
    objects: [
      ...server,
      pod('two/client', 'sidecar', {
        annotations: { 'traffic.sidecar.istio.io/excludeOutboundPorts': '8080' },
      }),
    ],
  },
  {
    name: 'by running as the user of the proxy',
    objects: [...server, pod('two/client', 'sidecar', { uid: 1337 })],
  },
  {
    name: 'by an entry of its own for the same host',
    objects: [serviceEntry('shop', 'HTTPS'), serviceEntry('two', 'HTTP'), different],
  },
];

describe('an answer that clients share', () => {
  for (const kind of ['sidecar', 'ambient'] as const) {
    it(`is what each of them would get on its own, in random ${kind} meshes`, () => {
      fc.assert(
        fc.property(meshArbitrary(kind), ({ objects }) => {
          assertSharedIsOwn(meshOf(objects));
        }),
        { numRuns: 200 },
      );
    });
  }

  it('is what each of them would get on its own, in a mesh of every feature', () => {
    const mesh = meshOf([...largeMesh(10)]);
    const all = allClients(mesh).length * allServers(mesh).length;
    assert.ok(assertSharedIsOwn(mesh) > all / 2, 'most answers are shared');
  });

  for (const { name, objects } of unlike) {
    it(`is not given to a client that differs ${name}`, () => {
      const mesh = meshOf([ordinary, ...objects]);
      const [asked = { host: '', port: 0 }] = allServers(mesh);
      const senders = allClients(mesh).filter(({ pods }) => pods?.workload.name === 'client');
      const answers = senders.map((client) => sharedReach(mesh, client, asked));
      assert.equal(answers.length, 2);
      assert.notDeepEqual(answers[0], answers[1]);
    });
  }
});
