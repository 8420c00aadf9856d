import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'yaml';

import { effective } from '../../../src/cli/effective.ts';
import { printed } from '../../../src/cli/printAnswer.ts';
import { decodeObject } from '../../../src/sources/yaml/decodeObject.ts';
import { buildMesh } from '../../../src/mesh/snapshot/buildMesh.ts';
import type { Mesh } from '../../../src/mesh/snapshot/mesh.ts';
import { openIn } from '../../../src/surfaces/hover/openIn.ts';
import { commandsIn, markdownOf } from '../../../src/surfaces/platform/markdown.ts';
import { everyHover, everyRow } from './everySurface.ts';

const hostile: Readonly<Record<string, string>> = {
  'a link to a command': '[click](command:workbench.action.terminal.sendSequence?%7B%7D)',
  'an automatic link to a command': '<command:workbench.action.quit>',
  'a link to the web': '[x](https://evil.example) https://evil.example',
  'a picture': '![x](https://evil.example/pixel.png)',
  HTML: '<img src=x onerror=alert(1)><script>alert(1)</script><a href="command:x">x</a>',
  'an icon': '$(error)',
  'code that ends': '`` ` ``` **bold** _em_ ~~s~~ | # -',
  'terminal escapes':
    '\u001b[31mred\u001b[0m\u001b]8;;https://evil.example\u0007x\u001b]8;;\u0007\u009b2J',
  'new lines': 'one\n\n# heading\r\n- list',
  'text written right to left': '\u202efdp.\u2066\u200f',
};

/** A mesh in which everything that can be named is named like this. An API server takes few of these names; a file may say them all. */
function meshNamed(text: string): Mesh {
  const labels = { app: text };
  const metadata = { name: text, namespace: text, labels, annotations: { [text]: text } };
  const containers = [
    { name: text, ports: [{ name: text, containerPort: 8080 }] },
    { name: 'istio-proxy', args: ['proxy', 'sidecar'] },
  ];
  const template = { metadata: { labels }, spec: { serviceAccountName: text, containers } };
  const spec = { selector: { matchLabels: labels }, mtls: { mode: 'STRICT' } };
  const portLevelMtls = { 8080: { mode: 'DISABLE' } };
  const policy = { apiVersion: 'security.istio.io/v1', kind: 'PeerAuthentication' };
  const rule = { host: text, trafficPolicy: { tls: { mode: 'DISABLE' } } };
  const values: readonly object[] = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { ...metadata, namespace: undefined } },
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { template } },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata,
      spec: template.spec,
      status: { phase: 'Running', podIP: '10.0.0.1' },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: labels, ports: [{ name: text, port: 80, targetPort: 8080 }] },
    },
    { ...policy, metadata, spec: { ...spec, portLevelMtls } },
    { ...policy, metadata: { ...metadata, name: `${text}2` }, spec: { mtls: { mode: text } } },
    { apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule', metadata, spec: rule },
  ];
  const objects = values.flatMap((value) => decodeObject(value, { kind: 'cluster' }).object ?? []);
  return buildMesh({ objects });
}

/** Markdown without what is code or escaped in it: what is left may become markup. */
function markupOf(markdown: string): string {
  return markdown.replace(/\\./g, '').replace(/(`+)(?!`)[^\n]*?[^`]\1(?!`)/g, '');
}

// Controls, of which terminals make commands, and marks that turn the direction of what follows.
const invisible = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

for (const [what, text] of Object.entries(hostile)) {
  describe(`a cluster in which everything is named ${what}`, () => {
    const mesh = meshNamed(text);

    it('is shown at all', () => {
      assert.ok(everyRow(mesh).length >= 4);
      assert.ok(everyHover(mesh).length > 0);
    });

    it('makes no link, picture or HTML of it in hovers, and links to our commands alone', () => {
      const blocks = everyHover(mesh);
      const links = /\[[^\]]*\]\(command:istioMtls\.\w+\?[^()\s]*\)/g;
      const markup = markupOf(markdownOf(blocks, openIn('kubeconfig:c')).replace(links, ''));
      assert.doesNotMatch(markup, /\]\(|<\w|<\/|!\[|\$\(/);
      assert.doesNotMatch(markup, /https?:|command:/);
      for (const command of commandsIn(blocks, openIn('kubeconfig:c')))
        assert.match(command, /^istioMtls\./);
    });

    it('puts no control and no change of direction into hovers', () => {
      assert.doesNotMatch(markdownOf(everyHover(mesh), openIn('kubeconfig:c')), invisible);
    });

    it('puts rows of the tree on one line, without controls or changes of direction', () => {
      for (const { row, tooltip } of everyRow(mesh)) {
        const told = [row.label, row.description, row.accessibilityLabel];
        for (const one of [...told, tooltip?.heading ?? '']) {
          assert.doesNotMatch(one, invisible);
          assert.doesNotMatch(one, /\n/);
        }
        const more = [...(tooltip?.paragraphs ?? []), ...(tooltip?.list ?? [])];
        for (const one of more) assert.doesNotMatch(one, invisible);
      }
    });

    it('prints tables without controls', () => {
      assert.doesNotMatch([...printed(effective(mesh, undefined), 'table')].join(''), invisible);
    });

    it('prints JSON and YAML without controls, and loses nothing of them', () => {
      const answer = effective(mesh, undefined);
      const document: unknown = JSON.parse(JSON.stringify(answer.document));
      for (const format of ['json', 'yaml'] as const) {
        const text = [...printed(answer, format)].join('');
        assert.doesNotMatch(text, invisible);
        assert.deepEqual(parse(text), document);
      }
    });
  });
}
