import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import Ajv from 'ajv';
import draft04 from 'ajv/lib/refs/json-schema-draft-04.json' with { type: 'json' };
import { at, list } from '../../reference/json.ts';
import type { CliRun } from './runCli.ts';
import { runHere } from './runHere.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istio-mtls-check-'));
});
after(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** A repository of its own, checked as a whole. */
async function repository(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(folder, 'repository-'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  return root;
}

const namespace =
  'apiVersion: v1\nkind: Namespace\nmetadata: { name: foo, labels: { istio-injection: enabled } }\n';

function policy(name: string, mode: string): string {
  return [
    'apiVersion: security.istio.io/v1',
    'kind: PeerAuthentication',
    'metadata:',
    `  name: ${name}`,
    '  namespace: foo',
    'spec:',
    '  mtls:',
    `    mode: ${mode}`,
    '',
  ].join('\n');
}

const sound = { 'namespace.yaml': namespace, 'a.yaml': policy('default', 'STRICT') };
/** A mode that does not exist is an error; a selector without labels is a warning. */
const withError = { ...sound, 'b.yaml': policy('other', 'STRCT') };
const withWarning = {
  ...sound,
  'a.yaml': policy('default', 'STRICT').replace('spec:\n', 'spec:\n  selector: {}\n'),
};

interface Row {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly exitCode: number;
  readonly says: readonly RegExp[];
}

const rows: readonly Row[] = [
  {
    name: 'says that there is nothing to say',
    files: sound,
    exitCode: 0,
    says: [/^No findings in 2 files\.$/m],
  },
  {
    name: 'names the place and the code of an error, and ends with 1',
    files: withError,
    exitCode: 1,
    says: [
      /b\.yaml:8:11: error: "STRCT" is not a mode: .* \[MTLS0101\]$/m,
      /^1 error in 3 files\.$/m,
    ],
  },
  {
    name: 'ends with 0 where there are warnings only',
    files: withWarning,
    exitCode: 0,
    says: [/a\.yaml:\d+:\d+: warning: .* \[MTLS0102\]$/m],
  },
  {
    name: 'ends with 1 at warnings when asked to',
    files: withWarning,
    args: ['--fail-on', 'warning'],
    exitCode: 1,
    says: [/^1 warning in 2 files\.$/m],
  },
  {
    name: 'ends with 0 at errors when asked to',
    files: withError,
    args: ['--fail-on', 'never'],
    exitCode: 0,
    says: [/MTLS0101/],
  },
  {
    name: 'judges files by each other, and says where the other one is',
    files: { ...sound, 'z.yaml': policy('later', 'DISABLE') },
    exitCode: 1,
    says: [
      /z\.yaml:4:9: error: This policy has no effect.* \[MTLS0110\]$/m,
      /^ {2}.*a\.yaml:4:9: This policy counts\.$/m,
    ],
  },
  {
    name: 'reads JSON and lists, and knows the places in them',
    files: {
      'list.json': JSON.stringify(
        {
          apiVersion: 'v1',
          kind: 'List',
          items: [
            {
              apiVersion: 'security.istio.io/v1',
              kind: 'PeerAuthentication',
              metadata: { name: 'default', namespace: 'foo' },
              spec: { mtls: { mode: 'STRCT' } },
            },
          ],
        },
        null,
        2,
      ),
    },
    exitCode: 1,
    says: [/list\.json:14:19: error: "STRCT" is not a mode/],
  },
  {
    name: 'leaves templates alone and counts them',
    files: { ...sound, 'chart.yaml': policy('{{ .Values.name }}', 'STRICT') },
    exitCode: 0,
    says: [/^No findings in 3 files; 1 template not judged/m],
  },
  {
    name: 'judges no patch of a kustomization, nor what one changes by what it has to do with others',
    files: {
      'base/namespace.yaml': namespace,
      'base/a.yaml': policy('default', 'STRICT'),
      'base/z.yaml': policy('later', 'DISABLE'),
      'base/kustomization.yaml': 'resources: [namespace.yaml, a.yaml, z.yaml]\n',
      'overlay/patch.yaml': policy('default', 'STRCT'),
      'overlay/kustomization.yaml':
        'resources: [../base]\nnamePrefix: my-\npatches: [{ path: patch.yaml }]\n',
    },
    exitCode: 0,
    says: [/^No findings in 6 files\.$/m],
  },
  {
    name: 'leaves the templates of a chart to Helm',
    files: {
      ...sound,
      'chart/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 1.0.0\n',
      'chart/templates/a.yaml': policy('odd', 'STRCT'),
    },
    exitCode: 0,
    says: [/^No findings in 4 files\.$/m],
  },
  {
    name: 'leaves out what a comment says to leave out',
    files: { ...sound, 'b.yaml': policy('other', 'STRCT # istio-mtls-ignore MTLS0101') },
    exitCode: 0,
    says: [/^No findings in 3 files\.$/m],
  },
];

describe('istio-mtls check', () => {
  for (const { name, files, args = [], exitCode, says } of rows) {
    test(name, async () => {
      const run = await runHere(['check', await repository(files), ...args]);
      assert.equal(run.exitCode, exitCode, run.stderr);
      for (const pattern of says) assert.match(run.stdout, pattern);
    });
  }

  test('judges the ninety-nine files beside a broken one', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 99 }, (_, index) => [
        `p${index}.yaml`,
        policy(`p${index}`, 'STRCT').replace(
          'spec:',
          'spec:\n  selector: { matchLabels: { app: a } }',
        ),
      ]),
    );
    const root = await repository({ ...many, 'broken.yaml': 'kind: Service\nmetadata: [\n' });
    const { exitCode, stdout, stderr } = await runHere(['check', root]);
    assert.equal(exitCode, 5);
    assert.equal(stdout.match(/"STRCT" is not a mode/g)?.length, 99);
    assert.match(stdout, /broken\.yaml:\d+:\d+: warning: Istio mTLS cannot read this document/);
    assert.match(stderr, /without one part of the input/);
  });

  test('checks nothing where nothing can be read', async () => {
    const root = await repository({ 'broken.yaml': 'kind: Service\nmetadata: [\n' });
    const { exitCode, stdout, stderr } = await runHere(['check', root]);
    assert.deepEqual({ exitCode, stdout }, { exitCode: 2, stdout: '' });
    assert.match(stderr, /broken\.yaml:\d+:\d+: error: .*\n.*Nothing was checked/);
  });

  const usage = [
    { args: ['check'], says: /Name what to check/ },
    { args: ['check', '.', '--fail-on', 'info'], says: /--fail-on takes error, warning/ },
    { args: ['check', '.', '-o', 'table'], says: /-o takes text, json, sarif, github or junit/ },
    {
      args: ['effective', '-f', '.', '--baseline', 'x'],
      says: /--baseline does not belong to effective/,
    },
    { args: ['check', '.', '--baseline', 'README.md'], says: /README\.md: this is not what/ },
    {
      args: ['check', '.', '--baseline', 'nowhere.json'],
      says: /nowhere\.json: this baseline cannot be read/,
    },
  ] as const;
  for (const { args, says } of usage) {
    test(`"${args.join(' ')}" ends with one sentence`, async () => {
      const { exitCode, stdout, stderr } = await runHere(args);
      assert.deepEqual({ exitCode, stdout }, { exitCode: 2, stdout: '' });
      assert.match(stderr, says);
    });
  }
});

describe('a baseline', () => {
  async function withBaseline(files: Readonly<Record<string, string>>): Promise<CliRun> {
    const root = await repository(files);
    const known = await runHere(['check', root, '-o', 'json']);
    const baseline = join(root, 'known.txt');
    await writeFile(baseline, known.stdout);
    // Lines above move what is known, and a new mistake comes.
    await writeFile(join(root, 'b.yaml'), `# a comment\n\n${policy('other', 'STRCT')}`);
    await writeFile(join(root, 'c.yaml'), policy('third', 'STRCTEST'));
    return await runHere(['check', root, '--baseline', baseline]);
  }

  test('takes out what was there before, wherever it stands now, and leaves what is new', async () => {
    const { exitCode, stdout } = await withBaseline(withError);
    assert.equal(exitCode, 1);
    assert.doesNotMatch(stdout, /b\.yaml/);
    assert.match(stdout, /c\.yaml:8:11: error/);
    assert.match(stdout, /1 finding of the baseline left out/);
  });

  test('that knows all of it leaves nothing to fail', async () => {
    const root = await repository(withError);
    const baseline = join(root, 'known.txt');
    await writeFile(baseline, (await runHere(['check', root, '-o', 'json'])).stdout);
    assert.equal((await runHere(['check', root, '--baseline', baseline])).exitCode, 0);
  });
});

describe('what other programs read of a check', () => {
  /** Every kind of mistake that has cases. */
  const everything = 'test/fixtures/findings';

  test('is a contract as JSON', async () => {
    const root = await repository(withError);
    const { stdout } = await runHere(['check', root, '-o', 'json']);
    const document: unknown = JSON.parse(stdout);
    assert.equal(at(document, 'version'), 1);
    const [finding] = list(at(document, 'findings'));
    const { message, page, ...rest } = finding as Readonly<Record<string, unknown>>;
    assert.match(String(message), /STRCT/);
    assert.match(String(page), /\/docs\/findings\/MTLS0101\.md$/);
    assert.deepEqual(rest, {
      code: 'MTLS0101',
      severity: 'error',
      file: join(root, 'b.yaml'),
      line: 8,
      column: 11,
      endLine: 8,
      endColumn: 16,
      object: { kind: 'PeerAuthentication', namespace: 'foo', name: 'other' },
    });
  });

  test('is valid by the schema of SARIF 2.1.0', async () => {
    const { stdout } = await runHere(['check', everything, '-o', 'sarif']);
    const log: unknown = JSON.parse(stdout);
    const schema = JSON.parse(
      readFileSync('test/fixtures/sarif/sarif-schema-2.1.0.json', 'utf8'),
    ) as object;
    const ajv = new Ajv({ schemaId: 'id', meta: false });
    ajv.addMetaSchema(draft04);
    const validate = ajv.compile(schema);
    assert.ok(validate(log), JSON.stringify(validate.errors, null, 2));
    const results = list(at(log, 'runs', 0, 'results'));
    assert.ok(results.length > 20);
    for (const result of results) {
      const rules = list(at(log, 'runs', 0, 'tool', 'driver', 'rules'));
      assert.equal(at(rules[Number(at(result, 'ruleIndex'))], 'id'), at(result, 'ruleId'));
    }
  });

  test('names files below the folder that it ran in without a root, as code scanning wants them', async () => {
    const { stdout } = await runHere(['check', everything, '-o', 'sarif']);
    assert.match(
      stdout,
      /"uri": "test\/fixtures\/findings\/MTLS0101\/mode\.yaml",\n *"uriBaseId": "%SRCROOT%"/,
    );
  });

  test('is a command for each finding in a workflow of GitHub', async () => {
    const { stdout } = await runHere(['check', everything, '-o', 'github']);
    assert.match(
      stdout,
      /^::error file=test\/fixtures\/findings\/MTLS0101\/mode\.yaml,line=6,endLine=6,col=11,endColumn=16,title=MTLS0101%3A invalid PeerAuthentication::"STRCT" is not a mode: /m,
    );
  });

  test('is a test case for each file as JUnit', async () => {
    const root = await repository({ ...withError, 'a&<"b>.yaml': policy('odd', '"<&>"') });
    const { stdout } = await runHere(['check', root, '-o', 'junit']);
    assert.match(stdout, /<testsuite name="istio-mtls check" tests="4" failures="2" errors="0">/);
    assert.match(stdout, /name="[^"]*a&amp;&lt;&quot;b&gt;\.yaml"/);
    assert.match(
      stdout,
      /<failure type="MTLS0101" message="&quot;STRCT&quot; is not a mode[^"]*">/,
    );
    assert.match(stdout, /name="[^"]*namespace\.yaml"\/>/);
  });

  test('cannot be broken by what stands in the files', async () => {
    const hostile = policy('odd', '"\\u001b[2J\\n::error::x\\u0000<\\u202e"');
    const root = await repository({ ...sound, 'b.yaml': hostile });
    for (const format of ['text', 'json', 'sarif', 'github', 'junit']) {
      const { stdout } = await runHere(['check', root, '-o', format]);
      assert.doesNotMatch(stdout, /[\u0000\u001b\u202e]/);
      assert.doesNotMatch(stdout, /^::error::x/m);
    }
  });
});

describe('istio-mtls check --fix', () => {
  const idle = [
    'apiVersion: networking.istio.io/v1',
    'kind: DestinationRule',
    'metadata: { name: web, namespace: foo }',
    'spec:',
    '  host: web.example.com',
    '  trafficPolicy:',
    '    tls:',
    '      mode: DISABLE # for old clients',
    '      caCertificates: /etc/ca.pem',
    '',
  ].join('\n');
  const mended = idle.replace('      caCertificates: /etc/ca.pem\n', '');
  const said = '9:23: fixed: Remove caCertificates, which the mode ignores [MTLS0210]';

  test('mends what can be mended without changing what happens, keeps the rest, and says so', async () => {
    const root = await repository({ 'rule.yaml': idle });
    const { exitCode, stdout } = await runHere(['check', root, '--fix', '--fail-on', 'warning']);
    assert.equal(stdout, `${root}/rule.yaml:${said}\n\nNo findings in 1 file; 1 finding fixed.\n`);
    assert.equal(exitCode, 0);
    assert.equal(readFileSync(join(root, 'rule.yaml'), 'utf8'), mended);
  });

  test('with --dry-run says what it would mend, and writes nothing', async () => {
    const root = await repository({ 'rule.yaml': idle });
    const args = ['check', root, '--fix', '--dry-run', '--fail-on', 'warning'];
    const { exitCode, stdout } = await runHere(args);
    assert.match(stdout, /rule\.yaml:9:23: would fix: Remove caCertificates/);
    assert.match(stdout, /1 warning in 1 file; 1 finding would be fixed\./);
    assert.equal(exitCode, 1);
    assert.equal(readFileSync(join(root, 'rule.yaml'), 'utf8'), idle);
  });

  test('tells programs what was mended', async () => {
    const root = await repository({ 'rule.yaml': idle });
    const { stdout } = await runHere(['check', root, '--fix', '-o', 'json']);
    const [fixed] = list(at(JSON.parse(stdout), 'fixed'));
    assert.equal(at(fixed, 'code'), 'MTLS0210');
    assert.equal(at(fixed, 'line'), 9);
  });

  test('leaves a file alone that is written in another encoding', async () => {
    const root = await repository({});
    const path = join(root, 'rule.yaml');
    const bytes = Buffer.from(`\uFEFF${idle}`, 'utf16le');
    await writeFile(path, bytes);
    const { stderr } = await runHere(['check', root, '--fix']);
    assert.match(stderr, /this was not mended: it is not UTF-8, or it changed meanwhile\./);
    assert.deepEqual(readFileSync(path), bytes);
  });

  test('has no dry run of nothing', async () => {
    const { exitCode, stderr } = await runHere(['check', '.', '--dry-run']);
    assert.equal(exitCode, 2);
    assert.match(stderr, /--dry-run goes with --fix\./);
  });
});
