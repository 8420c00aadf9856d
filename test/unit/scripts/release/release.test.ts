import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { billOfPackage, packagesInNotices, type Bill } from '../../../../scripts/release/bill.ts';
import {
  isPreRelease,
  releaseProblems,
  type ReleaseInputs,
} from '../../../../scripts/release/releaseRules.ts';
import { inProject } from '../../../../scripts/project.ts';

const sound: ReleaseInputs = {
  manifest: {
    version: '1.2.0',
    publisher: 'istio-mtls',
    license: 'Apache-2.0',
    icon: 'media/icon.png',
    repository: { url: 'git+https://example.com/somebody/istio-mtls.git' },
    engines: { vscode: '^1.107.0' },
    devDependencies: { '@types/vscode': '1.107.0' },
  },
  changelog:
    '# Changelog\n\n## [Unreleased]\n\n## [1.2.0] - 2026-11-21\n\n### Added\n\n- Something.\n\n## [1.0.0]\n',
  action: 'inputs:\n  version:\n    default: 1.2.0\n',
  hooks: '- id: istio-mtls\n  entry: npx --yes istio-mtls@1.2.0 check\n',
  tag: 'v1.2.0',
};

const rows: readonly {
  readonly name: string;
  readonly change: Partial<ReleaseInputs>;
  readonly says?: RegExp;
}[] = [
  { name: 'a sound one', change: {} },
  {
    name: 'a tag of another version',
    change: { tag: 'v1.2.1' },
    says: /tag v1\.2\.1 is not v1\.2\.0/,
  },
  {
    name: 'a version with a suffix',
    change: {
      manifest: { ...sound.manifest, version: '1.2.0-beta' },
      tag: 'v1.2.0-beta',
      action: '    default: 1.2.0-beta\n',
      hooks: 'istio-mtls@1.2.0-beta check',
      changelog: '## [1.2.0-beta]\n\n- A.\n',
    },
    says: /is not three numbers/,
  },
  {
    name: 'an action that runs another version',
    change: { action: '    default: 1.1.0\n' },
    says: /action\.yml/,
  },
  {
    name: 'a hook that runs another version',
    change: { hooks: 'istio-mtls@1.1.0 check' },
    says: /pre-commit/,
  },
  {
    name: 'a changelog without entries for the version',
    change: { changelog: '## [1.2.0]\n\n## [1.0.0]\n\n- Something.\n' },
    says: /CHANGELOG\.md has no section with entries for 1\.2\.0/,
  },
  {
    name: 'nobody who owns the repository',
    change: { manifest: { ...sound.manifest, repository: { url: 'https://example.com/OWNER/x' } } },
    says: /who owns the repository/,
  },
  {
    name: 'an engine older than the types that it is compiled with',
    change: { manifest: { ...sound.manifest, engines: { vscode: '^1.100.0' } } },
    says: /engine \^1\.100\.0/,
  },
  {
    name: 'proposed API',
    change: { manifest: { ...sound.manifest, enabledApiProposals: ['x'] } },
    says: /proposed API/,
  },
];

describe('a release', () => {
  for (const { name, change, says } of rows) {
    it(`${says === undefined ? 'may have' : 'may not have'} ${name}`, () => {
      const problems = releaseProblems({ ...sound, ...change });
      if (says === undefined) assert.deepEqual(problems, []);
      else {
        assert.equal(problems.length, 1, problems.join('\n'));
        assert.match(problems[0] ?? '', says);
      }
    });
  }

  it('of an odd minor is a pre-release', () => {
    assert.deepEqual(['0.1.0', '0.2.3', '1.11.0'].map(isPreRelease), [true, false, true]);
  });

  it('could be made of this checkout as far as texts tell', () => {
    const text = (file: string): string => readFileSync(inProject(file), 'utf8');
    const problems = releaseProblems({
      manifest: JSON.parse(text('package.json')) as ReleaseInputs['manifest'],
      changelog: text('CHANGELOG.md'),
      action: text('action.yml'),
      hooks: text('.pre-commit-hooks.yaml'),
      tag: undefined,
    });
    assert.deepEqual(problems, []);
  });
});

describe('a bill of materials', () => {
  const component = (name: string, version: string) => ({
    name,
    version,
    'bom-ref': `${name}@${version}`,
  });
  const all: Bill = {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    metadata: { component: {} },
    components: [
      component('yaml', '2.9.1'),
      component('mocha', '11.0.0'),
      component('@a/b', '1.0.0'),
    ],
    dependencies: [
      { ref: 'yaml@2.9.1', dependsOn: ['mocha@11.0.0', '@a/b@1.0.0'] },
      { ref: 'mocha@11.0.0', dependsOn: [] },
      { ref: '@a/b@1.0.0', dependsOn: [] },
    ],
  };
  const line = '-'.repeat(80);
  const notices = `Intro\n\n${line}\n\nyaml 2.9.1 (ISC)\n\ntext\n\n${line}\n\n@a/b 1.0.0 (MIT)\n`;

  it('has what the notices name and nothing else', () => {
    const bill = billOfPackage(all, packagesInNotices(notices));
    assert.deepEqual(
      bill.components.map(({ name }) => name),
      ['yaml', '@a/b'],
    );
    assert.deepEqual(bill.dependencies[0]?.dependsOn, ['@a/b@1.0.0']);
    assert.equal(bill.dependencies.length, 2);
  });

  it('is not made where something is shipped that npm does not know', () => {
    assert.throws(() => billOfPackage(all, ['other 1.0.0']), /does not know other 1\.0\.0/);
  });
});
