import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { at, list } from '../../reference/json.ts';
import { runHere } from './runHere.ts';

/** Service port 8000 leads to container port 8080; the policy names the first, as people do. */
const mistaken = `
apiVersion: v1
kind: Namespace
metadata: { name: foo, labels: { istio-injection: enabled } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: httpbin, namespace: foo }
spec:
  selector: { matchLabels: { app: httpbin } }
  template:
    metadata: { labels: { app: httpbin } }
    spec: { containers: [{ name: httpbin, ports: [{ containerPort: 8080 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: httpbin, namespace: foo }
spec: { selector: { app: httpbin }, ports: [{ port: 8000, targetPort: 8080 }] }
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: httpbin, namespace: foo }
spec:
  selector: { matchLabels: { app: httpbin } }
  portLevelMtls: { 8000: { mode: STRICT } }
`;
const warning =
  '8000 is a port of Service httpbin, which leads to container port 8080: this key has no effect on it.';

describe('a mode of a port that no container has', () => {
  test('effective warns below the table, and in the document beside the port', async () => {
    const { stdout } = await runHere(['effective', '-f', '-'], mistaken);
    assert.match(stdout, /^foo\/httpbin +8000 +STRICT/m);
    assert.ok(stdout.endsWith(`\n⚠ Deployment/foo/httpbin:8000: ${warning}\n`), stdout);
    const json = await runHere(['effective', '-f', '-', '-o', 'json'], mistaken);
    const [workload] = list(at(JSON.parse(json.stdout), 'workloads'));
    assert.equal(at(workload, 'ports', '8000', 'warning'), warning);
    assert.equal(at(workload, 'ports', '8080', 'warning'), undefined);
  });

  test('explain warns before it says where the mode comes from', async () => {
    const args = ['explain', '-f', '-', 'Deployment/foo/httpbin:8000'];
    const { stdout } = await runHere(args, mistaken);
    assert.deepEqual(stdout.split('\n').slice(0, 2), [
      'Deployment/foo/httpbin:8000: STRICT',
      `  ⚠ ${warning}`,
    ]);
    const json = await runHere([...args, '-o', 'json'], mistaken);
    assert.equal(at(list(at(JSON.parse(json.stdout), 'explanations'))[0], 'warning'), warning);
  });

  test('a port that exists gets no warning', async () => {
    const { stdout } = await runHere(
      ['explain', '-f', '-', 'Deployment/foo/httpbin:8080'],
      mistaken,
    );
    assert.doesNotMatch(stdout, /⚠/);
  });
});
