import {
  authorizationPolicy,
  destinationRule,
  istiod,
  meshConfig,
  namespace,
  peerAuthentications,
  pod,
  service,
  virtualService,
  waypoint,
  type Json,
} from '../../../support/meshNotation.ts';

/** Meshes in which every kind that the engine reads decides something. */
export function everyFeature(): readonly (readonly Json[])[] {
  return [sidecars(), ambient(), revisions()];
}

function istioObject(kind: string, at: string, spec: Json): Json {
  const [place, name] = at.split('/');
  const metadata = { namespace: place, name };
  return { apiVersion: 'networking.istio.io/v1', kind, metadata, spec };
}

function labelled(manifest: Json, more: Json): Json {
  const metadata = manifest['metadata'] as Json;
  const labels = { ...(metadata['labels'] as Json | undefined), ...more };
  return { ...manifest, metadata: { ...metadata, labels } };
}

function deployment(at: string, annotations: Json = {}): Json {
  const [place, name] = at.split('/');
  const containers = [{ name: 'app', ports: [{ containerPort: 8080 }] }];
  const template = { metadata: { labels: { app: name }, annotations }, spec: { containers } };
  const metadata = { namespace: place, name };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { template } };
}

function endpointSlice(at: string, podName: string): Json {
  const [place, name = ''] = at.split('/');
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { namespace: place, name, labels: { 'kubernetes.io/service-name': name } },
    ports: [{ name: 'http', port: 8080 }],
    endpoints: [{ addresses: ['10.0.0.7'], targetRef: { kind: 'Pod', name: podName } }],
  };
}

function sidecars(): readonly Json[] {
  const byHand = service('shop/byhand') as { readonly spec: Json };
  return [
    istiod({ ENABLE_TLS_ON_SIDECAR_INGRESS: 'true', PILOT_ENABLE_AMBIENT: 'true' }),
    meshConfig('rootNamespace: mesh-root\noutboundTrafficPolicy:\n  mode: REGISTRY_ONLY\n'),
    namespace('shop', 'istio-injection=enabled'),
    namespace('web', 'istio-injection=enabled'),
    namespace('edge'),
    ...peerAuthentications([
      'mesh-root/default STRICT',
      'shop/old app=old DISABLE',
      'edge/default PERMISSIVE',
    ]),
    pod('web/client', 'sidecar'),
    pod('web/plain', 'none'),
    pod('edge/gate', 'gateway'),
    service('edge/gate'),
    istioObject('Gateway', 'edge/gate', {
      selector: { app: 'gate' },
      servers: [{ port: { number: 8080, protocol: 'HTTP' }, hosts: ['*'] }],
    }),
    pod('shop/cart', 'sidecar'),
    service('shop/cart'),
    pod('shop/old', 'sidecar'),
    service('shop/old'),
    pod('shop/tunnel', 'ambient'),
    service('shop/tunnel'),
    deployment('shop/fresh'),
    service('shop/fresh'),
    { ...byHand, spec: { ...byHand.spec, selector: undefined } },
    endpointSlice('shop/byhand', 'cart'),
    service('shop/vm'),
    istioObject('WorkloadEntry', 'shop/vm', {
      address: '10.9.9.9',
      labels: { app: 'vm' },
      serviceAccount: 'vm',
    }),
    destinationRule('shop/old', { host: 'old', tls: 'SIMPLE' }),
    istioObject('Sidecar', 'web/default', {
      egress: [{ hosts: ['./*', 'shop/cart.*', 'edge/*'] }],
    }),
    istioObject('Sidecar', 'shop/ingress', {
      workloadSelector: { labels: { app: 'old' } },
      ingress: [{ port: { number: 8080, protocol: 'TCP' }, tls: { mode: 'SIMPLE' } }],
    }),
    istioObject('ServiceEntry', 'shop/outside', {
      hosts: ['cart.shop.svc.cluster.local'],
      ports: [{ number: 9999, name: 'tcp', protocol: 'TCP' }],
    }),
    virtualService('shop/vm', {
      hosts: ['vm', 'tunnel.shop.svc.cluster.local'],
      http: [{ route: [{ destination: { host: 'cart' } }] }],
    }),
    authorizationPolicy('shop/cart', {
      selector: { matchLabels: { app: 'cart' } },
      rules: [{ from: [{ source: { namespaces: ['shop'] } }] }],
    }),
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'BackendTLSPolicy',
      metadata: { namespace: 'edge', name: 'gate' },
      spec: {
        targetRefs: [{ group: '', kind: 'Service', name: 'gate' }],
        validation: { hostname: 'gate.example', wellKnownCACertificates: 'System' },
      },
    },
  ];
}

function ambient(): readonly Json[] {
  return [
    istiod({}),
    meshConfig('{}'),
    namespace('mesh', 'istio.io/dataplane-mode=ambient,istio.io/use-waypoint=way'),
    namespace('other', 'istio.io/dataplane-mode=ambient'),
    ...waypoint('mesh/way'),
    pod('mesh/web', 'ambient'),
    service('mesh/web'),
    pod('mesh/side', 'sidecar'),
    service('mesh/side'),
    pod('other/client', 'ambient'),
    pod('other/sidecar', 'sidecar'),
    labelled(service('other/client'), { 'istio.io/use-waypoint': 'none' }),
    destinationRule('mesh/web', { host: 'web', tls: 'SIMPLE' }),
    authorizationPolicy('mesh/web', {
      targetRefs: [{ group: '', kind: 'Service', name: 'web' }],
      action: 'DENY',
      rules: [{ from: [{ source: { namespaces: ['other'] } }] }],
    }),
    authorizationPolicy('istio-system/side', {
      selector: { matchLabels: { app: 'side' } },
      action: 'DENY',
      rules: [{ from: [{ source: { principals: ['*'] } }] }],
    }),
    ...peerAuthentications(['istio-system/default STRICT', 'mesh/web app=web STRICT']),
  ];
}

function revisions(): readonly Json[] {
  return [
    istiod({}),
    istiod({ PILOT_SKIP_VALIDATE_TRUST_DOMAIN: 'true' }, 'canary'),
    meshConfig('discoverySelectors:\n- matchLabels:\n    mesh: "on"\n'),
    meshConfig('trustDomain: other.example\n', 'canary'),
    webhook('istio-revision-tag-next', 'canary', 'next'),
    webhook('istio-sidecar-injector', 'default', undefined),
    namespace('istio-system', 'mesh=on'),
    namespace('old', 'istio-injection=enabled,mesh=on'),
    namespace('new', 'istio.io/rev=next,mesh=on'),
    namespace('hidden', 'istio-injection=enabled'),
    pod('old/web', 'sidecar'),
    service('old/web'),
    labelled(pod('new/web', 'sidecar', { annotations: { 'istio.io/rev': 'canary' } }), {}),
    service('new/web'),
    deployment('new/fresh'),
    service('new/fresh'),
    deployment('old/fresh'),
    service('old/fresh'),
    pod('hidden/web', 'sidecar'),
    service('hidden/web'),
    ...peerAuthentications([
      'old/default STRICT rev=default',
      'new/default STRICT rev=canary',
      'hidden/default STRICT',
    ]),
  ];
}

function webhook(name: string, revision: string, tag: string | undefined): Json {
  const labels = {
    app: 'sidecar-injector',
    'istio.io/rev': revision,
    ...(tag === undefined ? {} : { 'istio.io/tag': tag }),
  };
  const namespaceSelector =
    tag === undefined
      ? { matchLabels: { 'istio-injection': 'enabled' } }
      : { matchLabels: { 'istio.io/rev': tag } };
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name, labels },
    webhooks: [{ name: 'inject.istio.io', namespaceSelector, objectSelector: {} }],
  };
}
