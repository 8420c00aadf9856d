import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stringify } from 'yaml';
import { namespace, peerAuthentication, pod } from '../../support/meshNotation.ts';
import { runHere } from './runHere.ts';

const manifests = [
  namespace('finished'),
  namespace('open'),
  namespace('legacy'),
  pod('finished/web', 'sidecar'),
  pod('open/web', 'sidecar'),
  pod('legacy/old', 'none'),
  peerAuthentication('finished/default STRICT', 1),
]
  .map((manifest) => stringify(manifest))
  .join('---\n');

describe('istio-mtls rollout', () => {
  it('says of each namespace how far it is, and calls nothing ready that nobody observed', async () => {
    const { exitCode, stdout } = await runHere(['rollout', '-f', '-'], manifests);
    assert.equal(exitCode, 0);
    assert.match(stdout, /^finished +done/m);
    assert.match(stdout, /^open +no evidence +No source heard of web\.$/m);
    assert.match(stdout, /^legacy +not in the mesh/m);
    assert.match(
      stdout,
      /^3 namespaces: 1 done, 0 ready, 0 blocked, 1 no evidence, 1 not in the mesh$/m,
    );
  });

  it('has the same as data and as a page', async () => {
    const json = await runHere(['rollout', '-f', '-', '-o', 'json'], manifests);
    const { counts } = JSON.parse(json.stdout) as { readonly counts: unknown };
    assert.deepEqual(counts, { done: 1, ready: 0, blocked: 0, 'no-evidence': 1, 'not-in-mesh': 1 });
    const page = await runHere(['rollout', '-f', '-', '-o', 'markdown'], manifests);
    assert.match(page.stdout, /^\| finished \| done \|/m);
  });

  it('prints the guardrail of what is finished, to apply', async () => {
    const { stdout } = await runHere(['rollout', '-f', '-', '--guardrail'], manifests);
    assert.match(stdout, /^kind: ValidatingAdmissionPolicy$/m);
    assert.match(stdout, /^kind: ValidatingAdmissionPolicyBinding$/m);
    assert.match(stdout, /^ +- finished$/m);
    assert.doesNotMatch(stdout, /- open/);
  });
});
