import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { packedReadme, publishedAt } from '../../../scripts/packedReadme.ts';

const readme = readFileSync(join(import.meta.dirname, '../../../README.md'), 'utf8');
const { repository: own } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8'),
) as { readonly repository: { readonly url: string } };
/** As long as package.json names nobody. */
const ownUrl = own.url;
const owned = { repository: 'somebody/istio-mtls', version: '1.2.3' };

describe('the README on the extension’s page', () => {
  it('has neither pictures nor links that lead nowhere before anybody publishes it', () => {
    const packed = packedReadme(readme, undefined);
    assert.doesNotMatch(packed, /<img|<picture|<source|\]\((?!https:)/);
    assert.match(packed, /docs\/permissions\.md/);
  });

  it('shows every picture and page of its own version where it is published', () => {
    const packed = packedReadme(readme, owned);
    const pictures = [...packed.matchAll(/<img src="([^"]+)"/g)].map(([, source = '']) => source);
    assert.ok(pictures.length > 0);
    const files = 'https://raw.githubusercontent.com/somebody/istio-mtls/v1.2.3/media/readme/';
    for (const picture of pictures) assert.ok(picture.startsWith(files), picture);
    const pages = [...packed.matchAll(/\]\(([^)]+)\)/g)].map(([, page = '']) => page);
    assert.ok(pages.includes('https://github.com/somebody/istio-mtls/blob/v1.2.3/docs/proof.md'));
    for (const page of pages) assert.match(page, /^https:/);
    assert.doesNotMatch(packed, /<source|<picture/);
  });

  const urls: readonly (readonly [string, string | undefined])[] = [
    ['git+https://github.com/somebody/istio-mtls.git', 'somebody/istio-mtls'],
    ['https://github.com/somebody/istio-mtls', 'somebody/istio-mtls'],
    [ownUrl, undefined],
    ['https://example.org/istio-mtls', undefined],
  ];
  for (const [url, repository] of urls) {
    it(`takes ${repository ?? 'nobody'} from ${url}`, () => {
      assert.equal(publishedAt(url, '1.2.3')?.repository, repository);
    });
  }
});
