import assert from 'node:assert/strict';
import { globSync, readFileSync, statSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { suites } from '../../scripts/suites/suites.ts';
import { inProject, root } from '../../scripts/project.ts';

function json(file: string): unknown {
  return JSON.parse(readFileSync(inProject(file), 'utf8'));
}

interface Launch {
  readonly name: string;
  readonly args?: readonly string[];
  readonly preLaunchTask?: string;
  readonly runtimeExecutable?: string;
}

interface Task {
  readonly label: string;
  readonly script: string;
}

const manifest = json('package.json') as {
  readonly name: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly repository: { readonly url: string };
  readonly bugs: { readonly url: string };
  readonly homepage: string;
};
const { configurations } = json('.vscode/launch.json') as {
  readonly configurations: readonly Launch[];
};
const { tasks } = json('.vscode/tasks.json') as { readonly tasks: readonly Task[] };

describe('F5', () => {
  it('waits for tasks that there are', () => {
    const labels = tasks.map(({ label }) => label);
    const asked = configurations.flatMap(({ preLaunchTask }) => preLaunchTask ?? []);
    assert.deepEqual(asked, ['demo mesh']);
    assert.deepEqual(
      asked.filter((task) => !labels.includes(task)),
      [],
    );
  });

  it('runs npm scripts that there are', () => {
    assert.deepEqual(
      tasks.filter(({ script }) => !(script in manifest.scripts)),
      [],
    );
  });

  it('debugs tests on the Node that the project brings', () => {
    const [program] = configurations.flatMap(({ runtimeExecutable }) => runtimeExecutable ?? []);
    assert.equal(program, '${workspaceFolder}/node_modules/node/bin/node');
  });
});

/** `https://github.com/owner/name` of the manifest's own address. */
const repository = manifest.repository.url.replace(/^git\+|\.git$/g, '');

/** Texts of the checkout, without what is installed, built or left by tests. */
function texts(): readonly string[] {
  const kinds = '**/*.{ts,mjs,cjs,json,md,yml,yaml}';
  const ours = globSync(`{*,.github,.vscode,.ci,docs,media,scripts,snippets,src,test}`, {
    cwd: root,
  });
  return ours
    .filter((each) => !['node_modules', 'dist', 'out'].includes(each))
    .flatMap((each) => [each, ...globSync(`${each}/${kinds}`, { cwd: root })])
    .filter((file) => statSync(inProject(file)).isFile());
}

describe('the place where the project is published', () => {
  it('is one address, of which the others are parts', () => {
    assert.match(repository, new RegExp(`^https://github\\.com/[\\w-]+/${manifest.name}$`));
    assert.equal(manifest.bugs.url, `${repository}/issues`);
    assert.equal(manifest.homepage, `${repository}#readme`);
  });

  it('is named in package.json alone', () => {
    const owner = repository.replace('https://', '');
    const named = texts().filter((file) => readFileSync(inProject(file), 'utf8').includes(owner));
    assert.deepEqual(named, ['package.json']);
  });
});

const forms = globSync('.github/ISSUE_TEMPLATE/*.yml', { cwd: root }).filter(
  (file) => !file.endsWith('config.yml'),
);

describe('the forms for issues', () => {
  for (const file of forms) {
    it(`${file} can be read, and each of its fields has a label`, () => {
      const form = parse(readFileSync(inProject(file), 'utf8')) as {
        readonly name: string;
        readonly body: readonly {
          readonly type: string;
          readonly attributes: { readonly label?: string };
        }[];
      };
      assert.ok(form.name.length > 0);
      const fields = form.body.filter(({ type }) => type !== 'markdown');
      assert.deepEqual(
        fields.filter(({ attributes }) => attributes.label === undefined),
        [],
      );
    });
  }
});

describe('the continuous checks', () => {
  const ci = readFileSync(inProject('.ci/run'), 'utf8');

  it('run every suite', () => {
    assert.match(ci, /^check npm test -- all$/m);
    const ran = suites.flatMap(({ name }) => [`test:${name}`, name]);
    const left = Object.keys(manifest.scripts)
      .filter((script) => /^(test:|fuzz|bench)/.test(script))
      .filter((script) => !ran.includes(script) && !ci.includes(`npm run -s ${script}`));
    // That one repeats the others.
    assert.deepEqual(left, ['test:steady']);
  });

  it('end with the line that sums all up', () => {
    const text = readFileSync(inProject('CONTRIBUTING.md'), 'utf8');
    assert.match(ci, /^echo "\$passed passed, \$failed failed, \$skipped skipped"$/m);
    assert.match(text, /`N passed, N failed, N skipped`/);
  });
});

describe('the page for contributors', () => {
  it('names npm scripts that there are, and each of them', () => {
    const text = readFileSync(inProject('CONTRIBUTING.md'), 'utf8');
    const table = text.slice(text.indexOf('## Commands'), text.indexOf('## Where a test belongs'));
    const named = [...table.matchAll(/`npm (?:run )?([\w:-]+)/g)].map(([, script = '']) => script);
    assert.deepEqual([...new Set(named)].toSorted(), Object.keys(manifest.scripts).toSorted());
  });

  it('says of every folder of tests what belongs there', () => {
    const text = readFileSync(inProject('CONTRIBUTING.md'), 'utf8');
    const folders = globSync('test/*/', { cwd: root, withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !['support', 'fixtures'].includes(entry.name))
      .map(({ name }) => `test/${name}`);
    assert.deepEqual(
      folders.filter((folder) => !text.includes(`\`${folder}\``)),
      [],
    );
  });
});
