import assert from 'node:assert/strict';
import { activate } from '../support/meshRows.ts';
import { connectToOwnDemo, type OwnDemo } from '../support/ownDemo.ts';
import { probe } from '../support/probes.ts';
import { untilHolds } from '../../support/until.ts';

const headers = 'http://httpbin.foo:8000/headers';

describe('a pod that goes while a probe runs in it', () => {
  let own: OwnDemo;

  before(async () => {
    await activate();
    own = await connectToOwnDemo();
  });
  after(() => own.dispose());

  it('ends the probe in one sentence, before its answer would have come', async () => {
    const pod = /pod ([\w-]+),/.exec(await probe('legacy/sleep', headers))?.[1] ?? '';
    const running = probe('legacy/sleep', 'http://httpbin.foo:8000/delay/8');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await own.other.deletePod('legacy', pod);
    const report = await running;
    assert.match(report, new RegExp(`pod ${pod},`));
    const verdicts = report.split('\n').filter((line) => line.startsWith('Verdict:'));
    assert.deepEqual(verdicts, [
      "Verdict:   Inconclusive: curl was killed before an answer came, as happens when the client's pod goes.",
    ]);
  });

  it('leaves the next probe to the pod that replaces it', async () => {
    // Until the new pod runs, the command says that there is none.
    const report = await untilHolds('a probe from the new pod', async () => {
      const says = await probe('legacy/sleep', headers);
      assert.match(says, /Came back: HTTP 200/);
      return says;
    });
    assert.match(report, /Verdict: {3}As predicted/);
  });
});
