import type { ModeSource } from '../model/explanation.ts';
import type { Manifest } from '../model/manifest.ts';
import type { ObjectRef } from '../model/reference.ts';
import { namespaceMtls } from '../server/namespaceMtls.ts';
import type { Mesh } from '../snapshot/mesh.ts';
import type { Board } from './board.ts';

/** Names the policy and its binding. */
const NAME = 'istio-mtls-guardrail';

/**
 * A ValidatingAdmissionPolicy and its binding that refuse to weaken finished namespaces: no PeerAuthentication there may say
 * less than STRICT, and the one that makes a namespace STRICT may not be deleted, also where that is the mesh's. The policies
 * to which the board's exceptions are owed stay free. None where no namespace is finished.
 */
export function guardrail(mesh: Mesh, { rows }: Board): readonly Manifest[] {
  const finished = rows.filter(({ state }) => state.kind === 'done');
  if (finished.length === 0) return [];
  const governing = finished.flatMap(({ namespace }) =>
    policyOf(namespaceMtls(mesh, namespace).from),
  );
  const excepted = finished
    .flatMap(({ exceptions }) => exceptions.flatMap(({ from }) => policyOf(from)))
    .map(({ namespace, name }) => `${namespace}/${name}`);
  const homes = [...finished, ...governing].map(({ namespace }) => namespace);
  return [policy(sorted(excepted)), binding(sorted(homes))];
}

function policyOf(from: ModeSource): readonly ObjectRef[] {
  return from.kind === 'policy' ? [from.field.object] : [];
}

function sorted(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}

function policy(excepted: readonly string[]): Manifest {
  const rule = {
    apiGroups: ['security.istio.io'],
    apiVersions: ['*'],
    operations: ['*'],
    resources: ['peerauthentications'],
  };
  const names = JSON.stringify(excepted);
  const isExcepted = `(request.namespace + '/' + request.name) in ${names}`;
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: NAME },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: { resourceRules: [rule] },
      variables: [{ name: 'excepted', expression: isExcepted }, ...variables],
      validations: validations.map(({ expression, message }) => ({
        expression: `variables.excepted || ${expression}`,
        message: `This namespace is finished: ${message}`,
      })),
    },
  };
}

/** Of the object as it is to be, or as it was where it goes. */
const variables = [
  { name: 'goes', expression: 'object == null' },
  { name: 'policy', expression: 'variables.goes ? oldObject : object' },
  { name: 'mode', expression: "variables.policy.?spec.?mtls.?mode.orValue('UNSET')" },
  {
    name: 'isWhole',
    expression: 'variables.policy.?spec.?selector.?matchLabels.orValue({}).size() == 0',
  },
  { name: 'ports', expression: 'variables.policy.?spec.?portLevelMtls.orValue({})' },
];

const validations = [
  {
    expression: '!variables.goes || !variables.isWhole',
    message: 'what makes it STRICT may not be taken away.',
  },
  {
    expression:
      "variables.goes || variables.mode == 'STRICT' || (variables.mode == 'UNSET' && !variables.isWhole)",
    message: 'its policies may not say less than STRICT.',
  },
  {
    expression:
      "variables.goes || variables.ports.all(port, variables.ports[port].?mode.orValue('UNSET') in ['STRICT', 'UNSET'])",
    message: 'no port of it may take less than STRICT.',
  },
];

function binding(namespaces: readonly string[]): Manifest {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: NAME },
    spec: {
      policyName: NAME,
      validationActions: ['Deny'],
      matchResources: {
        namespaceSelector: {
          matchExpressions: [
            { key: 'kubernetes.io/metadata.name', operator: 'In', values: namespaces },
          ],
        },
      },
    },
  };
}
