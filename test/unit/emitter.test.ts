import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Emitter } from '../../src/emitter.ts';

describe('an emitter', () => {
  it('tells each value to whoever listens at that moment', () => {
    const emitter = new Emitter<number>();
    const heard: string[] = [];
    emitter.fire(1);
    const first = emitter.subscribe((value) => heard.push(`first ${value}`));
    emitter.subscribe((value) => heard.push(`second ${value}`));
    emitter.fire(2);
    first.dispose();
    emitter.fire(3);
    assert.deepEqual(heard, ['first 2', 'second 2', 'second 3']);
  });

  it('keeps two subscriptions of the same listener apart', () => {
    const emitter = new Emitter();
    let calls = 0;
    const listener = (): void => {
      calls++;
    };
    const first = emitter.subscribe(listener);
    emitter.subscribe(listener);
    first.dispose();
    first.dispose();
    emitter.fire();
    assert.equal(calls, 1);
  });

  it('tells everybody once, also when somebody begins or ends meanwhile', () => {
    const emitter = new Emitter();
    const heard: string[] = [];
    emitter.subscribe(() => {
      heard.push('first');
      second.dispose();
      emitter.subscribe(() => heard.push('late'));
    });
    const second = emitter.subscribe(() => heard.push('second'));
    emitter.fire();
    assert.deepEqual(heard, ['first', 'second']);
  });

  it('tells nobody after it ended', () => {
    const emitter = new Emitter();
    emitter.subscribe(() => assert.fail('was told'));
    emitter.dispose();
    emitter.fire();
  });
});
