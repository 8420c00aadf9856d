import assert from 'node:assert/strict';
import { describe } from 'node:test';
import {
  DEFAULT_INJECTOR_POLICY,
  type InjectorPolicy,
} from '../../../../src/mesh/model/meshConfig.ts';
import { calledRevision, injectsWhenCalled } from '../../../../src/mesh/snapshot/injection.ts';
import { findWorkload } from '../../../../src/mesh/snapshot/mesh.ts';
import type { PodShape } from '../../../../src/mesh/model/objects.ts';
import { labelsFrom, meshOf, namespace, type Json } from '../../../support/meshNotation.ts';
import { rows, type Row } from '../../../support/meshRules.ts';

interface GateRow extends Row {
  readonly namespaceLabels: string;
  readonly podLabels: string;
  readonly called: string | undefined;
}

const INJECT = 'sidecar.istio.io/inject';

const gateOne: readonly GateRow[] = [
  {
    says: 'an enabled namespace calls the default revision',
    rules: ['R110', 'R111'],
    namespaceLabels: 'istio-injection=enabled',
    podLabels: '',
    called: 'default',
  },
  {
    says: 'an enabled namespace ignores a revision label',
    rules: ['R111'],
    namespaceLabels: 'istio-injection=enabled,istio.io/rev=x',
    podLabels: `${INJECT}=true`,
    called: 'default',
  },
  {
    says: 'a pod opts out of an enabled namespace',
    rules: ['R111'],
    namespaceLabels: 'istio-injection=enabled',
    podLabels: `${INJECT}=false`,
    called: undefined,
  },
  {
    says: 'a disabled namespace cannot be opted into',
    rules: ['R111'],
    namespaceLabels: 'istio-injection=disabled',
    podLabels: `${INJECT}=true`,
    called: undefined,
  },
  {
    says: 'any other value of istio-injection disables',
    rules: ['R111'],
    namespaceLabels: 'istio-injection=yes',
    podLabels: `${INJECT}=true,istio.io/rev=x`,
    called: undefined,
  },
  {
    says: 'a namespace revision calls that revision',
    rules: ['R111'],
    namespaceLabels: 'istio.io/rev=x',
    podLabels: 'istio.io/rev=y',
    called: 'x',
  },
  {
    says: 'a pod opts out of a namespace revision',
    rules: ['R111'],
    namespaceLabels: 'istio.io/rev=x',
    podLabels: `${INJECT}=false`,
    called: undefined,
  },
  {
    says: 'a pod revision counts where the namespace has none',
    rules: ['R111'],
    namespaceLabels: '',
    podLabels: 'istio.io/rev=y',
    called: 'y',
  },
  {
    says: 'a pod opts in',
    rules: ['R111'],
    namespaceLabels: '',
    podLabels: `${INJECT}=true`,
    called: 'default',
  },
  {
    says: 'a strange value opts into nothing',
    rules: ['R111'],
    namespaceLabels: '',
    podLabels: `${INJECT}=yes`,
    called: undefined,
  },
  {
    says: 'no label calls nobody',
    rules: ['R111'],
    namespaceLabels: '',
    podLabels: '',
    called: undefined,
  },
  {
    says: 'an opt-out beats a pod revision',
    rules: ['R111'],
    namespaceLabels: '',
    podLabels: `${INJECT}=false,istio.io/rev=y`,
    called: undefined,
  },
];

const requirement = (key: string, operator: string, ...values: string[]): Json => ({
  key,
  operator,
  values,
});
const selecting = (...matchExpressions: Json[]): Json => ({ matchExpressions });

/** The four webhooks of Istio's chart for a revision, with those of the default revision added. */
function chart(revision: string): Json {
  const optOut = requirement(INJECT, 'NotIn', 'false');
  const webhook = (name: string, namespaceSelector: Json, objectSelector: Json): Json => ({
    name,
    namespaceSelector,
    objectSelector,
  });
  const noInjection = requirement('istio-injection', 'DoesNotExist');
  const noRevision = requirement('istio.io/rev', 'DoesNotExist');
  const byRevision = [
    webhook(
      'rev.namespace',
      selecting(requirement('istio.io/rev', 'In', revision), noInjection),
      selecting(optOut),
    ),
    webhook(
      'rev.object',
      selecting(noRevision, noInjection),
      selecting(optOut, requirement('istio.io/rev', 'In', revision)),
    ),
  ];
  const byDefault = [
    webhook(
      'namespace',
      selecting(requirement('istio-injection', 'In', 'enabled')),
      selecting(optOut),
    ),
    webhook(
      'object',
      selecting(noInjection, noRevision),
      selecting(requirement(INJECT, 'In', 'true'), noRevision),
    ),
  ];
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: {
      name: `istio-sidecar-injector-${revision}`,
      labels: { app: 'sidecar-injector', 'istio.io/rev': revision },
    },
    webhooks: revision === 'default' ? [...byRevision, ...byDefault] : byRevision,
  };
}

interface PolicyRow extends Row {
  readonly labels?: string;
  readonly annotation?: string;
  readonly policy?: Partial<InjectorPolicy>;
  readonly namespace?: string;
  readonly hostNetwork?: boolean;
  readonly injects: boolean;
}

const selector = (key: string): InjectorPolicy['neverInject'] => [
  [{ key, operator: 'Exists', values: [] }],
];

const gateTwo: readonly PolicyRow[] = [
  { says: 'an enabled policy injects who says nothing', rules: ['R112'], injects: true },
  {
    says: 'host network is never injected',
    rules: ['R112', 'R62'],
    hostNetwork: true,
    labels: `${INJECT}=true`,
    injects: false,
  },
  {
    says: 'system namespaces are never injected',
    rules: ['R112'],
    namespace: 'kube-system',
    injects: false,
  },
  { says: 'an annotation opts out', rules: ['R112', 'R113'], annotation: 'false', injects: false },
  {
    says: 'a label false beats an annotation true',
    rules: ['R113'],
    labels: `${INJECT}=false`,
    annotation: 'true',
    injects: false,
  },
  {
    says: 'a label true beats an annotation false',
    rules: ['R113'],
    labels: `${INJECT}=true`,
    annotation: 'false',
    injects: true,
  },
  { says: '“False” is not false', rules: ['R113'], annotation: 'False', injects: true },
  {
    says: 'neverInjectSelector keeps out',
    rules: ['R112'],
    labels: 'never=1',
    policy: { neverInject: selector('never') },
    injects: false,
  },
  {
    says: 'neverInjectSelector goes before alwaysInjectSelector',
    rules: ['R112'],
    labels: 'never=yes',
    policy: { neverInject: selector('never'), alwaysInject: selector('never') },
    injects: false,
  },
  {
    says: 'a label true beats neverInjectSelector',
    rules: ['R112'],
    labels: `never=1,${INJECT}=true`,
    policy: { neverInject: selector('never') },
    injects: true,
  },
  {
    says: 'alwaysInjectSelector injects under a disabled policy',
    rules: ['R112'],
    labels: 'always=1',
    policy: { policy: 'disabled', alwaysInject: selector('always') },
    injects: true,
  },
  {
    says: 'an empty selector never matches',
    rules: ['R112'],
    policy: { neverInject: [[]] },
    injects: true,
  },
  {
    says: 'a disabled policy injects only who asks',
    rules: ['R112'],
    policy: { policy: 'disabled' },
    injects: false,
  },
  {
    says: 'an illegal policy injects nobody',
    rules: ['R112'],
    labels: `${INJECT}=true`,
    policy: { policy: 'illegal' },
    injects: false,
  },
];

function shapeOf(row: PolicyRow): PodShape {
  return {
    labels: labelsFrom(row.labels ?? ''),
    annotations: row.annotation === undefined ? {} : { [INJECT]: row.annotation },
    serviceAccount: 'default',
    hostNetwork: row.hostNetwork ?? false,
    containers: [],
    proxy: undefined,
    redirect: undefined,
    runsAsProxyUser: false,
    probedPorts: [],
    hasSidecarStatus: false,
  };
}

function deployment(template: Json): Json {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace: 'shop', name: 'cart' },
    spec: { template },
  };
}

interface WouldBeRow extends Row {
  readonly namespaceLabels: string;
  readonly template: Json;
  readonly webhooks?: readonly Json[];
  readonly wouldBe: string;
}

const labelled = (labels: string): Json => ({ metadata: { labels: labelsFrom(labels) }, spec: {} });

const templates: readonly WouldBeRow[] = [
  {
    says: 'a template in an injected namespace becomes a sidecar',
    rules: ['R114', 'R110'],
    namespaceLabels: 'istio-injection=enabled',
    template: labelled(''),
    wouldBe: 'sidecar',
  },
  {
    says: 'an annotation opts in nowhere: it is not seen by the first gate',
    rules: ['R113'],
    namespaceLabels: '',
    template: { metadata: { annotations: { [INJECT]: 'true' } } },
    wouldBe: 'none',
  },
  {
    says: 'a namespace label makes ambient',
    rules: ['R80'],
    namespaceLabels: 'istio.io/dataplane-mode=ambient',
    template: labelled(''),
    wouldBe: 'ambient',
  },
  {
    says: 'a pod label opts out of ambient',
    rules: ['R80'],
    namespaceLabels: 'istio.io/dataplane-mode=ambient',
    template: labelled('istio.io/dataplane-mode=none'),
    wouldBe: 'none',
  },
  {
    says: 'Istio’s own charts opt out by that label',
    rules: ['R85'],
    namespaceLabels: 'istio.io/dataplane-mode=ambient',
    template: labelled('app=ztunnel,istio.io/dataplane-mode=none'),
    wouldBe: 'none',
  },
  {
    says: 'and would be captured without it',
    rules: ['R85'],
    namespaceLabels: 'istio.io/dataplane-mode=ambient',
    template: labelled('app=ztunnel'),
    wouldBe: 'ambient',
  },
  {
    says: 'a pod label opts into ambient',
    rules: ['R80'],
    namespaceLabels: '',
    template: labelled('istio.io/dataplane-mode=ambient'),
    wouldBe: 'ambient',
  },
  {
    says: 'a sidecar always wins over ambient',
    rules: ['R82'],
    namespaceLabels: 'istio.io/dataplane-mode=ambient,istio-injection=enabled',
    template: labelled(''),
    wouldBe: 'sidecar',
  },
  {
    says: 'the host’s network keeps both away',
    rules: ['R62', 'R80'],
    namespaceLabels: 'istio.io/dataplane-mode=ambient,istio-injection=enabled',
    template: { spec: { hostNetwork: true } },
    wouldBe: 'none',
  },
  {
    says: 'a template that asks for the gateway template becomes a gateway',
    rules: ['R118'],
    namespaceLabels: '',
    template: {
      metadata: {
        labels: { [INJECT]: 'true' },
        annotations: { 'inject.istio.io/templates': 'gateway' },
      },
    },
    wouldBe: 'gateway',
  },
  {
    says: 'a revision without a webhook injects nobody',
    rules: ['R111', 'R115'],
    namespaceLabels: 'istio.io/rev=gone',
    template: labelled(''),
    webhooks: [chart('default')],
    wouldBe: 'none',
  },
  {
    says: 'a revision with a webhook injects',
    rules: ['R111', 'R115'],
    namespaceLabels: 'istio.io/rev=canary',
    template: labelled(''),
    webhooks: [chart('canary')],
    wouldBe: 'sidecar',
  },
];

describe('whether a new pod is injected', () => {
  describe('the first gate, by Istio’s default installation', () => {
    rows(gateOne, ({ namespaceLabels, podLabels, called }) => {
      const injection = { injectors: undefined, policyOf: () => DEFAULT_INJECTOR_POLICY };
      const inside = { name: 'shop', labels: labelsFrom(namespaceLabels) };
      assert.equal(calledRevision(injection, inside, labelsFrom(podLabels)), called);
    });
  });
  describe('the first gate, by the webhooks of the cluster', () => {
    rows(gateOne, ({ namespaceLabels, podLabels, called }) => {
      const mesh = meshOf([chart('default'), chart('x'), chart('y')]);
      const inside = { name: 'shop', labels: labelsFrom(namespaceLabels) };
      const { injection } = mesh.controlPlane;
      assert.equal(calledRevision(injection, inside, labelsFrom(podLabels)), called);
    });
  });
  describe('the second gate', () => {
    rows(gateTwo, (row) => {
      const policy = { ...DEFAULT_INJECTOR_POLICY, ...row.policy };
      assert.equal(injectsWhenCalled(policy, row.namespace ?? 'shop', shapeOf(row)), row.injects);
    });
  });
  describe('what a template would become', () => {
    rows(templates, ({ namespaceLabels, template, webhooks, wouldBe }) => {
      const mesh = meshOf([
        namespace('shop', namespaceLabels),
        deployment(template),
        ...(webhooks ?? []),
      ]);
      const ref = { kind: 'Deployment', namespace: 'shop', name: 'cart' } as const;
      const workload = findWorkload(mesh, ref);
      assert.equal(workload?.wouldBe, wouldBe);
      assert.equal(workload.dataPlane, wouldBe);
    });
  });
});
