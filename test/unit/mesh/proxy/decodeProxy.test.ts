import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { proxyCommand } from '../../../../src/mesh/proxy/proxyCommands.ts';
import { readCertificates } from '../../../../src/actions/readCertificates.ts';
import { certificatesOf } from '../../../../src/mesh/proxy/certificates.ts';
import { acknowledgementIn } from '../../../../src/mesh/proxy/acknowledgement.ts';
import { decodeProxy, proxyQuestions } from '../../../../src/mesh/proxy/decodeProxy.ts';
import { inboundOf, takenAt } from '../../../../src/mesh/proxy/inboundListener.ts';
import type { Part } from '../../../../src/mesh/proxy/proxyState.ts';
import { recordedAnswers, recordedProxy, recordedSyncStatus } from './recorded.ts';

function known<T>(part: Part<T>): T {
  if (part.kind === 'unread') assert.fail(part.why);
  return part.value;
}

/** Of foo/httpbin. `others` is every port that nothing lists; 8300 is in no Service. */
const modes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'no-policy': { 8080: 'PERMISSIVE', 8100: 'PERMISSIVE', 8200: 'PERMISSIVE', others: 'PERMISSIVE' },
  strict: { 8080: 'STRICT', 8090: 'STRICT', 8100: 'STRICT', 8200: 'STRICT', others: 'STRICT' },
  permissive: { 8080: 'PERMISSIVE', 8100: 'PERMISSIVE', others: 'PERMISSIVE' },
  disable: { 8080: 'DISABLE', 8100: 'DISABLE', 8200: 'DISABLE', others: 'DISABLE' },
  'by-port': {
    ...{ 8080: 'STRICT', 8090: 'DISABLE', 8100: 'STRICT', 8200: 'PERMISSIVE' },
    ...{ 8300: 'DISABLE', others: 'STRICT' },
  },
};

describe('the mode that a running sidecar enforces', () => {
  for (const [setting, ports] of Object.entries(modes)) {
    for (const [port, mode] of Object.entries(ports)) {
      it(`is ${mode} at ${port} in the setting ${setting} (R254)`, () => {
        const inbound = known(recordedProxy(setting, 'httpbin').inbound);
        const taken = port === 'others' ? inbound.others : takenAt(inbound, Number(port));
        assert.equal(taken?.mode, mode);
      });
    }
  }

  it('is that of all other ports for a port without filter chains of its own (R41)', () => {
    const inbound = known(recordedProxy('strict', 'httpbin').inbound);
    assert.deepEqual(takenAt(inbound, 9999), { mode: 'STRICT', accepts: ['mutual-tls'] });
  });

  it('is DISABLE where the proxy ends TLS with a certificate of the user’s own (R47)', () => {
    const socket = {
      name: 'envoy.transport_sockets.tls',
      typed_config: {
        common_tls_context: { tls_certificate_sds_secret_configs: [{ name: 'kubernetes://mine' }] },
      },
    };
    const chain = { filter_chain_match: { destination_port: 80 }, transport_socket: socket };
    const listener = { filter_chains: [chain] };
    const dump = { configs: [{ name: 'virtualInbound', active_state: { listener } }] };
    const inbound = known(inboundOf(JSON.stringify(dump)));
    assert.deepEqual(takenAt(inbound, 80), { port: 80, mode: 'DISABLE', accepts: ['tls'] });
  });

  it('is not known where the listener chooses its chains in a way that is not understood', () => {
    const listener = { filter_chain_matcher: {}, filter_chains: [] };
    const dump = { configs: [{ name: 'virtualInbound', active_state: { listener } }] };
    assert.equal(inboundOf(JSON.stringify(dump)).kind, 'unread');
  });
});

/** By `host:port` or `host:port/subset`: what foo/sleep sends, and by which rule. */
const sent: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'no-policy': {
    'httpbin.foo:8000': 'mutual-tls',
    'httpbin.legacy:8000': 'as-is',
    'headless.foo:8080': 'mutual-tls',
  },
  disable: { 'httpbin.foo:8000': 'as-is', 'headless.foo:8080': 'as-is' },
  'by-port': {
    'httpbin.foo:8000': 'mutual-tls',
    'httpbin.foo:8090': 'as-is',
    'httpbin.foo:8200': 'mutual-tls',
  },
  rules: {
    'httpbin.legacy:8000': 'mutual-tls by foo/legacy',
    'httpbin.legacy:8090': 'tls by foo/legacy',
    'httpbin.legacy:8100': 'as-is by foo/legacy',
    'httpbin.legacy:8200': 'user-mtls by foo/legacy',
    'httpbin.legacy:8000/v1': 'as-is by foo/legacy',
    'httpbin.foo:8000': 'mutual-tls by foo/own',
    'httpbin.foo:8090': 'as-is by foo/own',
  },
};

describe('what a running sidecar sends', () => {
  for (const [setting, clusters] of Object.entries(sent)) {
    for (const [name, wanted] of Object.entries(clusters)) {
      it(`is ${wanted} to ${name} in the setting ${setting} (R256)`, () => {
        const all = known(recordedProxy(setting, 'sleep').clusters);
        const found = all.find(({ to }) => {
          const subset = to.subset === undefined ? '' : `/${to.subset}`;
          return `${to.host.replace('.svc.cluster.local', '')}:${to.port}${subset}` === name;
        });
        assert.ok(found, 'there is no such cluster');
        const rule = found.rule && ` by ${found.rule.namespace}/${found.rule.name}`;
        assert.equal(found.shares.map((share) => share.sent).join() + (rule ?? ''), wanted);
      });
    }
  }
});

describe('what a running gateway listens for', () => {
  it('is what its Gateway says of each port (R61)', () => {
    const { ports } = known(recordedProxy('gateway', 'gateway').inbound);
    const accepts = ports.map((taken) => [taken.port, taken.accepts]);
    assert.deepEqual(accepts, [
      [8081, ['plaintext']],
      [8443, ['mutual-tls']],
    ]);
  });

  it('is nothing without a Gateway', () => {
    assert.deepEqual(known(recordedProxy('no-policy', 'gateway').inbound).ports, []);
  });

  it('does not keep it from sending mutual TLS', () => {
    const clusters = known(recordedProxy('gateway', 'gateway').clusters);
    const to = clusters.find((one) => one.to.host === 'httpbin.foo.svc.cluster.local');
    assert.deepEqual(
      to?.shares.map((share) => share.sent),
      ['mutual-tls'],
    );
  });
});

describe('the certificates of a running sidecar', () => {
  const { own, roots } = known(recordedProxy('no-policy', 'httpbin').certificates);

  it('name its identity, who issued it, and from when until when it is valid (R255)', () => {
    const [{ identity, issuer, validFrom, validUntil } = assert.fail(), ...others] = own;
    assert.deepEqual(others, []);
    assert.equal(identity, 'spiffe://cluster.local/ns/foo/sa/httpbin');
    assert.equal(issuer, 'O=cluster.local');
    assert.ok(Date.parse(validUntil) > Date.parse(validFrom));
  });

  it('name one root, as its own issuer', () => {
    assert.equal(roots.length, 1);
    assert.equal(roots[0]?.issuer, 'O=cluster.local');
  });

  it('are the same without the secrets, but for who issued them', () => {
    const { certs } = recordedAnswers('no-policy', 'httpbin');
    const found = known(certificatesOf({ secrets: '', certs: known(certs) }, readCertificates));
    assert.equal(found.own[0]?.serial, own[0]?.serial);
    assert.equal(found.roots[0]?.serial, roots[0]?.serial);
    assert.equal(found.own[0]?.issuer, undefined);
  });
});

describe('whether a proxy acknowledged what it was sent', () => {
  const recorded = recordedSyncStatus();
  const list = JSON.parse(recorded) as Record<string, unknown>[];

  it('is read from the answer of its control plane', () => {
    const { acknowledgement } = recordedProxy('no-policy', 'sleep');
    assert.equal(known(acknowledgement).kind, 'acknowledged');
  });

  it('is denied for what was sent and not acknowledged, since it was sent', () => {
    const type = 'type.googleapis.com/envoy.config.listener.v3.Listener';
    const resources = { [type]: { sent: 'b', acked: 'a', sentTime: '2026-01-01T00:00:00Z' } };
    const waiting = list.map((entry) =>
      entry['proxy'] === 'sleep.foo' ? { ...entry, resources } : entry,
    );
    const found = known(acknowledgementIn([JSON.stringify(waiting)], 'sleep.foo'));
    assert.deepEqual(found, {
      kind: 'waiting',
      resources: ['listener'],
      since: '2026-01-01T00:00:00Z',
    });
  });

  it('is read from older control planes, whose nonces tell the time', () => {
    const entry = {
      proxy: 'sleep.foo',
      cluster_sent: '2026-01-01T00:00:00Z/1x',
      cluster_acked: '2026-01-01T00:00:00Z/1x',
      listener_sent: '2026-01-01T00:00:01Z/2x',
    };
    const found = known(acknowledgementIn([JSON.stringify([entry])], 'sleep.foo'));
    assert.deepEqual(found, {
      kind: 'waiting',
      resources: ['listener'],
      since: '2026-01-01T00:00:01Z',
    });
  });

  it('is unknown where a replica gave no list, and the proxy is in none', () => {
    assert.equal(acknowledgementIn([recorded, 'what?'], 'other.foo').kind, 'unread');
    assert.equal(known(acknowledgementIn([recorded], 'other.foo')).kind, 'not-connected');
  });

  it('is denied by the proxy itself where it keeps what it refused', () => {
    const answers = recordedAnswers('no-policy', 'sleep');
    const entry = { name: 'virtualInbound', error_state: { details: 'no' } };
    const listeners = { kind: 'read', value: JSON.stringify({ configs: [entry] }) } as const;
    const state = decodeProxy(
      {
        proxy: 'sleep.foo',
        kind: 'sidecar',
        answers: { ...answers, listeners },
        syncStatus: { kind: 'read', value: [recorded] },
      },
      readCertificates,
    );
    assert.deepEqual(known(state.acknowledgement), { kind: 'rejected', resources: ['listener'] });
  });
});

describe('what a proxy is asked', () => {
  it('is asked by Istio’s agent in its own container, with arguments that no name of the mesh is part of (R253)', () => {
    for (const question of proxyQuestions) {
      const [program, ...rest] = proxyCommand(question, 'sidecar');
      assert.deepEqual([program, ...rest.slice(0, 2)], ['pilot-agent', 'request', 'GET']);
      assert.equal(rest.length, 3);
    }
  });

  it('is all listeners of a gateway, and of a sidecar those for what comes in (R254)', () => {
    assert.match(proxyCommand('listeners', 'sidecar').join(' '), /virtualInbound/);
    assert.doesNotMatch(proxyCommand('listeners', 'gateway').join(' '), /virtualInbound/);
  });
});

describe('answers that are none', () => {
  for (const text of ['', 'null', '[]', 'Error: connection refused', '{"configs":3}']) {
    it(`never throw: ${text === '' ? 'nothing' : text}`, () => {
      const part = { kind: 'read', value: text } as const;
      const answers = Object.fromEntries(proxyQuestions.map((question) => [question, part]));
      const syncStatus = { kind: 'read', value: [text] } as const;
      const asked = { proxy: 'a.b', kind: 'sidecar', syncStatus } as const;
      const state = decodeProxy(
        { ...asked, answers: answers as ReturnType<typeof recordedAnswers> },
        readCertificates,
      );
      assert.equal(state.inbound.kind, 'unread');
    });
  }
});
