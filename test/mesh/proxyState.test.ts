import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Part, ProxyInbound, ProxyState } from '../../src/mesh/index.ts';
import { makeCall } from './call.ts';
import { MeshUnderTest } from './meshUnderTest.ts';
import { readState } from './proxyState/readState.ts';
import { proxies, settings, world } from './proxyState/world.ts';
import { objectsIn, Settings } from './settings.ts';

// What is read from the proxies themselves, held against what crosses the wire between them, in every mode.

const under = await MeshUnderTest.open();
await under.start(world);
const entered = new Settings(under);
after(async () => {
  await entered.enter([]);
  await under.stop(world);
  under.close();
});

/** Ports of httpbin.foo, and the workload ports that they lead to. */
const ports: Readonly<Record<number, number>> = { 8000: 8080, 8090: 8090, 8100: 8100, 8200: 8200 };
const host = 'httpbin.foo.svc.cluster.local';

function known<T>(part: Part<T>): T {
  if (part.kind === 'unread') assert.fail(part.why);
  return part.value;
}

/** What a client sends, and what becomes of it where a server takes such things. */
function foretold(client: ProxyState | undefined, server: ProxyState, port: number): string {
  const accepts = acceptedAt(known(server.inbound), ports[port] ?? port);
  const sent = client === undefined ? 'as-is' : sentTo(client, port);
  if (sent === 'mutual-tls') return accepts.includes('mutual-tls') ? 'mutual-tls' : 'refused';
  return accepts.includes('plaintext') ? 'plaintext' : 'refused';
}

function acceptedAt({ ports: own, others }: ProxyInbound, port: number): readonly string[] {
  return (own.find((one) => one.port === port) ?? others)?.accepts ?? [];
}

function sentTo({ clusters }: ProxyState, port: number): string {
  const cluster = known(clusters).find(
    ({ to }) => to.host === host && to.port === port && to.subset === undefined,
  );
  const [share] = cluster?.shares ?? [];
  assert.ok(share, `the client has no endpoint of ${host}:${port}`);
  return share.sent;
}

describe('what is read from running proxies', () => {
  for (const [name, yaml] of Object.entries(settings)) {
    describe(name, () => {
      const states = new Map<string, ProxyState>();
      before(async () => {
        await entered.enter(objectsIn(yaml));
        for (const proxy of proxies) states.set(proxy.pod, await readState(proxy));
      });
      for (const from of ['foo/sleep', 'legacy/sleep']) {
        for (const port of Object.keys(ports).map(Number)) {
          it(`is what crosses the wire when ${from} calls port ${port}`, async () => {
            const server = states.get('httpbin');
            assert.ok(server);
            const client = from === 'foo/sleep' ? states.get('sleep') : undefined;
            const call = { from, to: `${host}:${port}` };
            const { observed, details } = await makeCall(under, await under.read(), call);
            assert.equal(/^[a-z-]+/.exec(observed)?.[0], foretold(client, server, port), details);
          });
        }
      }
      it('says that every proxy has acknowledged all', () => {
        for (const { acknowledgement } of states.values()) {
          assert.equal(known(acknowledgement).kind, 'acknowledged');
        }
      });
    });
  }
});
