import assert from 'node:assert/strict';
import { activate } from '../support/meshRows.ts';
import { connectToOwnDemo, type OwnDemo } from '../support/ownDemo.ts';
import { probe } from '../support/probes.ts';

describe('a container without curl', () => {
  let own: OwnDemo;

  before(async () => {
    await activate();
    own = await connectToOwnDemo({ curl: '/nowhere/curl' });
  });
  after(() => own.dispose());

  it('ends a probe in one sentence that says what is missing', async () => {
    const report = await probe('legacy/sleep', 'http://httpbin.foo:8000/headers');
    assert.match(report, /^Came back: nothing$/m);
    assert.match(report, /^Verdict: {3}The probe could not run: .*curl.*\.$/m);
  });
});
