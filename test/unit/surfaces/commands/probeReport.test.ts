import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { curlProbe } from '../../../../src/mesh/probe/probe.ts';
import type { Observation } from '../../../../src/mesh/probe/answer.ts';
import type { Verdict } from '../../../../src/mesh/probe/verdict.ts';
import type { Connection } from '../../../../src/mesh/connection/connection.ts';
import {
  matrixReport,
  matrixStatus,
  type ProbeMatrix,
} from '../../../../src/surfaces/commands/probeMatrixReport.ts';
import {
  probeReport,
  probeStatus,
  type ProbeRun,
} from '../../../../src/surfaces/commands/probeReport.ts';

const plaintext: Connection = {
  outcome: { kind: 'plaintext' },
  because: [{ kind: 'auto-mtls' }],
  endpoints: 1,
  ofEndpoints: 1,
};

const ok: Observation = {
  exitCode: 0,
  httpStatus: 200,
  showsRequestHeaders: true,
  proxyFailure: false,
  seconds: 0.02,
  stderr: '',
};

function run(
  client: string,
  server: string,
  seen: Observation | undefined,
  verdict: Verdict,
): ProbeRun {
  const workload = { kind: 'Deployment', namespace: client, name: 'sleep' } as const;
  const from = { namespace: client, pod: 'sleep-1', container: 'sleep' };
  const target = { scheme: 'http', host: `httpbin.${server}`, port: 8000, path: '/' } as const;
  const probe = curlProbe(from, workload, target, 10);
  const answer = { kind: 'pod-not-found' } as const;
  return { probe, predicted: [plaintext], answer, seen, verdict, seconds: 1 };
}

const fits: Verdict = { kind: 'as-predicted', connection: plaintext, proof: 'no-identity' };

describe('the report of a probe', () => {
  it('says the verdict first, then who, to whom, what came back, what was predicted and why, and the command', () => {
    const lines = probeReport(run('legacy', 'foo', ok, fits), '12:00').split('\n');
    assert.deepEqual(
      lines.filter((line) => /^\w/.test(line)).map((line) => line.split(':')[0]),
      ['Verdict', 'From', 'To', 'Came back', 'Predicted', 'Command'],
    );
    assert.match(lines.join('\n'), /From: {6}legacy\/sleep \(pod sleep-1, container sleep\)/);
    assert.match(lines.join('\n'), /Came back: HTTP 200, exit code 0, no client identity, 0\.02 s/);
    assert.match(lines.join('\n'), /Command: {3}curl .* http:\/\/httpbin\.foo:8000\//);
  });

  it('says why it could not run', () => {
    const gone: Verdict = { kind: 'could-not-run', why: { kind: 'pod-not-found' } };
    const text = probeReport(run('legacy', 'foo', undefined, gone), '12:00');
    assert.match(text, /^Verdict: {3}The probe could not run: the pod is gone\.$/m);
    assert.match(text, /^Came back: nothing$/m);
    assert.equal(probeStatus(run('legacy', 'foo', undefined, gone)).words, 'could not run');
  });
});

function allOf(runs: readonly ProbeRun[]): ProbeMatrix {
  return { runs, planned: runs.length, absent: [] };
}

describe('the table of a matrix', () => {
  it('says when it was called off, and keeps what came before', () => {
    const matrix = { runs: [run('foo', 'foo', ok, fits)], planned: 6, absent: [] };
    const text = matrixReport(matrix, '12:00');
    assert.match(text, /1 probe · called off after 1 of 6 ──/);
    assert.match(text, /^foo\/sleep → http:\/\/httpbin\.foo:8000\/ {2}200$/m);
  });

  it('says which client’s pods are gone', () => {
    const gone = { kind: 'Deployment', namespace: 'bar', name: 'sleep' } as const;
    const all = allOf([run('foo', 'foo', ok, fits), run('foo', 'bar', ok, fits)]);
    const text = matrixReport({ ...all, absent: [gone] }, '12:00');
    assert.match(text, /2 probes ──/);
    assert.match(text, /^bar\/sleep: it has no running pod\.$/m);
  });

  it('marks identities and surprises, and explains every surprise below', () => {
    const identified: Observation = {
      ...ok,
      peerIdentity: 'spiffe://cluster.local/ns/foo/sa/sleep',
    };
    const reset: Observation = {
      exitCode: 56,
      showsRequestHeaders: false,
      proxyFailure: false,
      stderr: '',
    };
    const contradiction: Verdict = { kind: 'contradicts', how: 'refused-though-answer-predicted' };
    const text = matrixReport(
      allOf([
        run('foo', 'foo', identified, fits),
        run('foo', 'bar', ok, fits),
        run('legacy', 'foo', reset, contradiction),
        run('legacy', 'bar', undefined, { kind: 'could-not-run', why: { kind: 'forbidden' } }),
      ]),
      '12:00',
    );
    assert.match(text, /^foo\/sleep → http:\/\/httpbin\.foo:8000\/ {2}200\*$/m);
    assert.match(text, /^foo\/sleep → http:\/\/httpbin\.bar:8000\/ {2}200$/m);
    assert.match(text, /^legacy\/sleep → http:\/\/httpbin\.foo:8000\/ {2}56!$/m);
    assert.match(text, /^legacy\/sleep → http:\/\/httpbin\.bar:8000\/ {2}-$/m);
    assert.match(text, /^legacy\/sleep → http:\/\/httpbin\.foo:8000\/: Not as predicted:/m);
    assert.match(text, /^legacy\/sleep → http:\/\/httpbin\.bar:8000\/: The probe could not run:/m);
    assert.deepEqual(
      matrixStatus(allOf([run('legacy', 'foo', reset, contradiction)])).words,
      '1 not as predicted',
    );
  });
});
