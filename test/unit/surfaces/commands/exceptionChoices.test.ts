import { finish } from '../../../../src/mesh/connection/steps.ts';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  exceptionChoices,
  type ExceptionChoice,
} from '../../../../src/surfaces/commands/exceptionChoices.ts';
import { policy, tutorialMesh } from '../tree/tutorialMesh.ts';

function lines(choices: readonly ExceptionChoice[]): readonly string[] {
  return choices.map(({ ref, detail }) => `${ref.name}: ${detail}`);
}

describe('the exceptions that are offered when a namespace becomes STRICT', () => {
  it('are first the workloads that would refuse known clients, who are named', () => {
    const choices = finish(exceptionChoices(tutorialMesh(), 'foo'));
    assert.ok(choices.kind === 'choices');
    assert.deepEqual(lines(choices.refusing), [
      'httpbin: STRICT refuses wave/echo, legacy/sleep',
      'sleep: STRICT refuses wave/echo, legacy/sleep',
    ]);
    assert.deepEqual(lines(choices.others), []);
  });

  it('are then the others, with the policy of their own that they follow instead', () => {
    const own = '{ selector: { matchLabels: { app: httpbin } }, mtls: { mode: PERMISSIVE } }';
    const choices = finish(exceptionChoices(tutorialMesh(policy('foo/httpbin', own)), 'foo'));
    assert.ok(choices.kind === 'choices');
    assert.deepEqual(lines(choices.refusing), ['sleep: STRICT refuses wave/echo, legacy/sleep']);
    assert.deepEqual(lines(choices.others), [
      'httpbin: PERMISSIVE by its own PeerAuthentication foo/httpbin, which the namespace does not change',
    ]);
  });

  it('are all of them where the namespace is STRICT already', () => {
    const strict = policy('foo/default', '{ mtls: { mode: STRICT } }');
    const choices = finish(exceptionChoices(tutorialMesh(strict), 'foo'));
    assert.ok(choices.kind === 'choices');
    assert.deepEqual(lines(choices.others), ['httpbin: ', 'sleep: ']);
  });

  it('are none where no workload has a proxy', () => {
    assert.deepEqual(finish(exceptionChoices(tutorialMesh(), 'legacy')), { kind: 'none' });
  });

  it('are none where no policy can be written for the namespace', () => {
    const choices = finish(exceptionChoices(tutorialMesh(), 'istio-system'));
    assert.ok(choices.kind === 'refused');
    assert.equal(choices.why.kind, 'root-namespace-is-the-mesh');
  });
});
