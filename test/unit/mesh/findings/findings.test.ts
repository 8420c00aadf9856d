import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FINDING_RULES, objectNamed } from '../../../../src/mesh/index.ts';
import {
  findingFixtures,
  findingPage,
  judged,
  placesOf,
  wantedIn,
} from '../../../support/findingFixtures.ts';

const fixtures = findingFixtures();

describe('a fixture of findings', () => {
  for (const { name, text } of fixtures) {
    it(`${name} has exactly the findings that it wants, where it wants them`, () => {
      const { found } = judged(text);
      assert.deepEqual(
        placesOf(text, found).toSorted(),
        wantedIn(text).toSorted(),
        JSON.stringify(found.map(({ message }) => message)),
      );
    });

    it(`${name} is told of in one sentence each, and of objects that are there`, () => {
      const { found, mesh } = judged(text);
      for (const { message, finding } of found) {
        assert.match(message, /^[^\n]*[.!]$/);
        for (const { object, message: about } of finding?.related ?? []) {
          assert.ok(objectNamed(mesh, object), `${object.kind} ${object.name} is not there`);
          assert.match(about, /^[A-Z][^\n]*\.$/);
        }
      }
    });
  }
});

describe('the rules of findings', () => {
  it('have codes of their own, in order', () => {
    const codes = FINDING_RULES.map(({ code }) => code);
    assert.deepEqual(codes, [...new Set(codes)].toSorted());
    for (const code of codes) assert.match(code, /^MTLS\d{4}$/);
  });

  it('say a law in one sentence, and who says so', () => {
    for (const { law, source } of FINDING_RULES) {
      assert.match(law, /^[A-Z][^\n]*\.$/);
      assert.match(source, /^https:\/\//);
    }
  });

  it('are those that there are fixtures for', () => {
    const known = new Set(FINDING_RULES.map(({ code }) => code));
    const strange = fixtures.filter(({ code }) => !known.has(code));
    assert.deepEqual(
      strange.map(({ name }) => name),
      [],
    );
  });
});

for (const { code, name, law, source, severity } of FINDING_RULES) {
  describe(`${code}, ${name}`, () => {
    const own = fixtures.filter((fixture) => fixture.code === code);
    const wants = ({ text }: { readonly text: string }): boolean =>
      wantedIn(text).some((place) => place.endsWith(code));

    it('has a case with it and a case without it', () => {
      assert.ok(own.some(wants), 'no fixture wants it');
      assert.ok(
        own.some((fixture) => !wants(fixture)),
        'no fixture is without it',
      );
    });

    it('has a page with its law, an example that has it, and a remedy', () => {
      const page = findingPage(code) ?? '';
      assert.ok(page.startsWith(`# ${code}: ${name}\n`), 'the heading names it');
      for (const part of [`_${severity}_`, law, source, '## Why it matters', '## Remedy'])
        assert.ok(page.includes(part), `"${part}" is not in the page`);
      const [example = '', remedy] = yamlIn(page);
      assert.ok(codesFoundIn(example).includes(code), 'the example does not have it');
      if (remedy !== undefined) assert.ok(!codesFoundIn(remedy).includes(code), 'it is not mended');
    });
  });
}

function yamlIn(page: string): readonly string[] {
  return [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);
}

function codesFoundIn(text: string): readonly string[] {
  return judged(text).found.map(({ code }) => code);
}
