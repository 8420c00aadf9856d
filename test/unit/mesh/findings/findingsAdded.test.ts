import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findingsAdded } from '../../../../src/mesh/index.ts';
import { judged } from '../../../support/findingFixtures.ts';

const services = `apiVersion: v1
kind: Namespace
metadata: {name: foo, labels: {istio-injection: enabled}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: foo}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: app, image: app, ports: [{containerPort: 8080}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: foo}
spec: {selector: {app: web}, ports: [{port: 80, name: http, targetPort: 8080}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: foo}
spec: {host: web, trafficPolicy: {tls: {mode: DISABLE}}}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: idle, namespace: foo}
spec: {selector: {matchLabels: {app: nothing}}, mtls: {mode: STRICT}}
`;

const strict = `---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: foo}
spec: {mtls: {mode: STRICT}}
`;

test('a change is told of the mistakes that it makes, not of those that are there anyway', () => {
  const { mesh: before } = judged(services);
  const { mesh: after } = judged(services + strict);
  const added = findingsAdded(before, after, ['foo', 'foo']);
  assert.deepEqual(
    added.map(({ code, object }) => `${code} ${object.name}`),
    ['MTLS0230 web'],
  );
  assert.deepEqual(findingsAdded(after, after, ['foo']), []);
});
