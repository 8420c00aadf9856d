import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { readMeshSettings } from '../../../../src/surfaces/platform/meshSettings.ts';

type MeshConfig = Readonly<Record<string, unknown>>;

function read(
  rootNamespace: string,
  meshConfig: MeshConfig,
  assumeInjected: readonly string[] = [],
) {
  return readMeshSettings({
    'istioMtls.rootNamespace': rootNamespace,
    'istioMtls.meshConfig': meshConfig,
    'istioMtls.assumeInjected': assumeInjected,
  });
}

describe('settings that override Istio’s own', () => {
  it('override nothing when they are empty', () => {
    assert.deepEqual(read('', {}), { kind: 'usable', overrides: {}, assumed: [] });
  });

  it('name namespaces to take as injected, or all', () => {
    const assumed = (names: readonly string[]) => {
      const settings = read('', {}, names);
      return settings.kind === 'usable' ? settings.assumed : settings.cause;
    };
    assert.deepEqual(assumed(['foo', 'bar']), ['foo', 'bar']);
    assert.equal(assumed(['foo', '*']), 'all');
    assert.equal(
      assumed(['foo', 'Bar']),
      'The setting istioMtls.assumeInjected holds what is no name of a namespace: "Bar".',
    );
  });

  it('name the root namespace and the mesh config', () => {
    const meshConfig = {
      rootNamespace: 'mesh',
      trustDomain: 'example.org',
      trustDomainAliases: ['old.example.org'],
      enableAutoMtls: false,
      meshMTLS: { minProtocolVersion: 'TLSV1_3' },
      outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
      defaultServiceExportTo: ['.'],
      defaultDestinationRuleExportTo: ['*'],
      discoverySelectors: [{ matchLabels: { mesh: 'on' } }],
    };
    assert.deepEqual(read(' root ', meshConfig), {
      kind: 'usable',
      overrides: { rootNamespace: 'root', meshConfig },
      assumed: [],
    });
  });
});

describe('a setting of no use is one sentence', () => {
  const rows: readonly (readonly [string, string, MeshConfig, RegExp])[] = [
    [
      'a root namespace that can be none',
      'Istio System',
      {},
      /rootNamespace is not the name of a namespace: "Istio System"\.$/,
    ],
    [
      'a field that is not used',
      '',
      { enableAutoMTLS: true },
      /"enableAutoMTLS" is none of the fields that are used, which are rootNamespace, /,
    ],
    [
      'a flag that is text',
      '',
      { enableAutoMtls: 'false' },
      /"enableAutoMtls" is not true or false\.$/,
    ],
    [
      'a root namespace in the mesh config that can be none',
      '',
      { rootNamespace: '' },
      /"rootNamespace" is not the name of a namespace\.$/,
    ],
    [
      'a trust domain that is a list',
      '',
      { trustDomain: ['a'] },
      /"trustDomain" is not text that is not empty\.$/,
    ],
    [
      'a version that Istio does not know',
      '',
      { meshMTLS: { minProtocolVersion: 'TLSV1_1' } },
      /"meshMTLS" is not \{ "minProtocolVersion": "TLS_AUTO" or /,
    ],
    [
      'a mode without its block',
      '',
      { outboundTrafficPolicy: 'REGISTRY_ONLY' },
      /"outboundTrafficPolicy" is not \{ "mode": /,
    ],
    [
      'selectors that are none',
      '',
      { discoverySelectors: ['app=x'] },
      /"discoverySelectors" is not a list of label selectors\.$/,
    ],
  ];
  for (const [name, rootNamespace, meshConfig, expected] of rows) {
    it(name, () => {
      const settings = read(rootNamespace, meshConfig);
      assert.match(settings.kind === 'unusable' ? settings.cause : 'usable', expected);
      assert.match(
        settings.kind === 'unusable' ? settings.cause : '',
        /^The setting istioMtls\.[^\n]+\.$/,
      );
    });
  }
});
