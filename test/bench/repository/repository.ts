import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { manifestsYaml } from '../../../src/sources/yaml/manifestYaml.ts';
import type { Manifest } from '../../../src/mesh/model/manifest.ts';

const appsInNamespace = 10;

/** Writes a repository of so many files of manifests, one an app, with what people keep beside each other. */
export function writeRepository(folder: string, files: number): void {
  for (let index = 0; index < files; index++) {
    const namespace = `team-${Math.floor(index / appsInNamespace)}`;
    const name = `app-${index % appsInNamespace}`;
    mkdirSync(join(folder, namespace), { recursive: true });
    // People write values out; shared ones would be written as anchors.
    const manifests = [...manifestsOfApp({ namespace, name }, index)].map(writtenOut);
    writeFileSync(join(folder, namespace, `${name}.yaml`), manifestsYaml(manifests));
  }
}

function writtenOut(manifest: Manifest): Manifest {
  return JSON.parse(JSON.stringify(manifest)) as Manifest;
}

interface App {
  readonly namespace: string;
  readonly name: string;
}

function* manifestsOfApp({ namespace, name }: App, index: number): Generator<Manifest> {
  const labels = { app: name, version: 'v1' };
  const metadata = { name, namespace, labels };
  const istio = { namespace, name };
  if (index % appsInNamespace === 0) {
    const injected = { name: namespace, labels: { 'istio-injection': 'enabled' } };
    yield { apiVersion: 'v1', kind: 'Namespace', metadata: injected };
  }
  yield { apiVersion: 'v1', kind: 'ServiceAccount', metadata };
  yield { apiVersion: 'v1', kind: 'Service', metadata, spec: serviceSpec(name) };
  yield { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: deploymentSpec(name, labels) };
  yield { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'app.yaml': settings } };
  if (index % 2 === 0)
    yield {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata,
      spec: { maxReplicas: 9 },
    };
  if (index % 5 === 0) {
    const spec = { selector: { matchLabels: { app: name } }, mtls: { mode: 'STRICT' } };
    yield { apiVersion: 'security.istio.io/v1', kind: 'PeerAuthentication', metadata: istio, spec };
  }
  if (index % 4 === 0) {
    const trafficPolicy = {
      tls: { mode: 'ISTIO_MUTUAL' },
      connectionPool: { tcp: { maxConnections: 9 } },
    };
    const spec = { host: `${name}.${namespace}.svc.cluster.local`, trafficPolicy };
    yield { apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule', metadata: istio, spec };
  }
}

const settings = Array.from({ length: 60 }, (_, line) => `setting${line}: value ${line}\n`).join(
  '',
);

function serviceSpec(app: string): Manifest['spec'] {
  const ports = [
    { name: 'http', port: 8000, targetPort: 8080 },
    { name: 'http-metrics', port: 9090 },
  ];
  return { selector: { app }, ports };
}

function deploymentSpec(name: string, labels: Readonly<Record<string, string>>): Manifest['spec'] {
  const probe = (path: string) => ({ httpGet: { path, port: 'http' }, periodSeconds: 10 });
  const container = {
    name,
    image: `registry.example.com/shop/${name}:1.0.0`,
    args: ['--port=8080', '--log-level=info'],
    ports: [
      { name: 'http', containerPort: 8080 },
      { name: 'metrics', containerPort: 9090 },
    ],
    env: Array.from({ length: 6 }, (_, each) => ({
      name: `SETTING_${each}`,
      value: `value ${each}`,
    })),
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
    readinessProbe: probe('/ready'),
    livenessProbe: probe('/live'),
    volumeMounts: [{ name: 'config', mountPath: '/etc/config' }],
  };
  const volumes = [{ name: 'config', configMap: { name } }];
  const spec = { serviceAccountName: name, containers: [container], volumes };
  return {
    replicas: 2,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec },
  };
}
