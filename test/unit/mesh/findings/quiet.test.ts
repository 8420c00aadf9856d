import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { judged } from '../../../support/findingFixtures.ts';

const folder = join(import.meta.dirname, '../../../fixtures/quiet');

const namespace = (labels: string): string =>
  `apiVersion: v1\nkind: Namespace\nmetadata: {name: default, labels: {${labels}}}\n---\n`;

/** What the namespace of the samples may be. */
const surroundings: Readonly<Record<string, string>> = {
  'a namespace that nobody declares': '',
  'a namespace without proxies': namespace(''),
  'a namespace with sidecars': namespace('istio-injection: enabled'),
  'an ambient namespace': namespace('istio.io/dataplane-mode: ambient'),
};

describe('nothing is found in what is right', () => {
  for (const file of readdirSync(folder)) {
    for (const [name, head] of Object.entries(surroundings)) {
      for (const basis of ['files', 'cluster']) {
        it(`${file} in ${name}, judged as ${basis}`, () => {
          const text = readFileSync(join(folder, file), 'utf8');
          const { found } = judged(`# basis: ${basis}\n${head}${text}`);
          assert.deepEqual(
            found.map(({ code, message }) => `${code} ${message}`),
            [],
          );
        });
      }
    }
  }
});
