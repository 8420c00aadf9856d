import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { Emitter } from '../../src/emitter.ts';
import { until, type Changing } from '../../src/until.ts';

/** Something that changes when the test says so, and counts who listens. */
function changing() {
  const emitter = new Emitter();
  let listening = 0;
  const source: Changing = {
    subscribe: (listener) => {
      listening += 1;
      const subscription = emitter.subscribe(listener);
      return {
        dispose: () => {
          listening -= 1;
          subscription.dispose();
        },
      };
    },
  };
  return { source, emitter, listening: () => listening };
}

const limits = { timeoutMs: 1_000 };

describe('waiting until something changes', () => {
  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
  });
  afterEach(() => {
    mock.timers.reset();
  });

  it('is over at once where the answer is there', async () => {
    const { source, listening } = changing();
    assert.equal(await until(source, () => 'yes', limits), 'yes');
    assert.equal(listening(), 0);
  });

  it('is over with the change that brings the answer', async () => {
    const { source, emitter, listening } = changing();
    const answers: string[] = [];
    const waiting = until(source, () => answers[0], limits);
    emitter.fire();
    assert.equal(listening(), 1);
    answers.push('now');
    emitter.fire();
    assert.equal(await waiting, 'now');
    assert.equal(listening(), 0);
  });

  it('ends without an answer when time is up', async () => {
    const { source, listening } = changing();
    const waiting = until<string>(source, () => undefined, limits);
    mock.timers.tick(1_000);
    assert.equal(await waiting, undefined);
    assert.equal(listening(), 0);
  });

  it('ends without an answer when it is called off, also beforehand', async () => {
    const { source, listening } = changing();
    const abort = new AbortController();
    const waiting = until<string>(source, () => undefined, { ...limits, signal: abort.signal });
    abort.abort();
    assert.equal(await waiting, undefined);
    assert.equal(await until(source, () => 'late', { ...limits, signal: abort.signal }), undefined);
    assert.equal(listening(), 0);
  });

  it('fails with what asking throws', async () => {
    const { source, listening } = changing();
    const asking = (): never => {
      throw new Error('It is gone.');
    };
    await assert.rejects(until(source, asking, limits), /It is gone\./);
    assert.equal(listening(), 0);
  });
});
