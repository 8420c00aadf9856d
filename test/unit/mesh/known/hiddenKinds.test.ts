import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bookinfo } from '../../../../src/demo/meshes/bookinfo.ts';
import { istioSystem } from '../../../../src/demo/meshes/istioSystem.ts';
import { tutorial } from '../../../../src/demo/meshes/tutorial.ts';
import { decodeObject } from '../../../../src/sources/yaml/decodeObject.ts';
import { buildMesh } from '../../../../src/mesh/snapshot/buildMesh.ts';
import { fqdnOf } from '../../../../src/mesh/snapshot/host.ts';
import {
  allWorkloads,
  namespacesOf,
  servicesIn,
  type Mesh,
} from '../../../../src/mesh/snapshot/mesh.ts';
import type { MeshObject } from '../../../../src/mesh/model/objects.ts';
import { refKey, type ObjectKind } from '../../../../src/mesh/model/reference.ts';
import {
  connect,
  type Client,
  type Connection,
} from '../../../../src/mesh/connection/connection.ts';
import type { Enforcement, MissingFact } from '../../../../src/mesh/model/explanation.ts';
import { missingForecast } from '../../../../src/mesh/known/missing.ts';
import { meshMtls, namespaceMtls } from '../../../../src/mesh/server/namespaceMtls.ts';
import { workloadMtls } from '../../../../src/mesh/server/workloadMtls.ts';
import { meshArbitrary } from '../../../properties/meshArbitrary.ts';
import { everyFeature } from '../connection/everyFeature.ts';

/** An answer, or the kinds that would have to be known for one. */
type Answer = string | { readonly unknown: readonly ObjectKind[] };

type Answers = ReadonlyMap<string, Answer>;

function known(answer: string, missing: readonly MissingFact[] | undefined): Answer {
  return missing === undefined ? answer : { unknown: missing.map(({ kind }) => kind) };
}

function enforced(enforcement: Enforcement): Answer {
  const { kind } = enforcement;
  if (kind === 'unknown') return known('', enforcement.missing);
  return kind === 'not-enforced' ? enforcement.why : JSON.stringify(enforcement);
}

function modes(mesh: Mesh): Map<string, Answer> {
  const answers = new Map<string, Answer>();
  const whole = meshMtls(mesh);
  answers.set('mode of the mesh', known(whole.mode, whole.unknown));
  for (const { name } of namespacesOf(mesh)) {
    const { mode, unknown, dataPlane, enforcement, uniform } = namespaceMtls(mesh, name);
    answers.set(`mode of ${name}`, known(mode, unknown));
    if (uniform !== 'unknown') answers.set(`uniformity of ${name}`, known(`${uniform}`, unknown));
    if (dataPlane !== 'unknown') answers.set(`data plane of ${name}`, dataPlane);
    answers.set(`enforcement in ${name}`, enforced(enforcement));
  }
  for (const workload of allWorkloads(mesh)) {
    const { mode, unknown, enforcement, ports } = workloadMtls(mesh, workload);
    const of = refKey(workload.ref);
    answers.set(`mode of ${of}`, known(mode, unknown));
    answers.set(`enforcement of ${of}`, enforced(enforcement));
    const forecast = missingForecast(mesh, workload);
    answers.set(`new pods of ${of}`, known(workload.wouldBe, forecast && [forecast]));
    for (const port of ports) {
      answers.set(`mode of ${of}:${port.port}`, known(port.mode, unknown));
      const missing = enforcement.kind === 'unknown' ? enforcement.missing : unknown;
      answers.set(`accepted by ${of}:${port.port}`, known(port.accepts.join(), missing));
    }
  }
  return answers;
}

/** What each connection of a whole mesh becomes, as another view of that mesh tells it. */
function connections(view: Mesh, whole: Mesh): Map<string, Answer> {
  const answers = new Map<string, Answer>();
  const clients: Client[] = [...allWorkloads(whole)].map(({ ref }) => ({
    kind: 'workload',
    workload: ref,
  }));
  for (const client of [...clients, { kind: 'outside' } as const])
    for (const { name } of namespacesOf(whole))
      for (const service of servicesIn(whole, name))
        for (const { port } of service.ports) {
          const host = fqdnOf(service);
          const from = client.kind === 'outside' ? 'outside' : refKey(client.workload);
          const found = connect(view, client, { host, port });
          answers.set(`call from ${from} to ${host}:${port}`, outcomeOf(found));
        }
  return answers;
}

function outcomeOf(found: readonly Connection[]): Answer {
  const missing = found.flatMap(({ outcome }) =>
    outcome.kind === 'unknown' ? outcome.missing : [],
  );
  const words = found.map(({ outcome, endpoints, workload }) => {
    const { kind } = outcome;
    const word = kind === 'refused' ? outcome.symptom : kind;
    return `${word} ${endpoints} ${workload?.name ?? ''}`;
  });
  // What no object tells is not hidden: it is as unknown to whoever may read them all.
  const untold = [
    'not-found',
    'up-to-application',
    'up-to-dns',
    'up-to-address',
    'up-to-request',
    'up-to-authorizer',
  ];
  const isHidden = missing.some(({ why }) => !untold.includes(why));
  return known(words.sort().join(), isHidden ? missing : undefined);
}

/** The kinds of object that there are. */
function kindsOf(objects: readonly MeshObject[]): readonly ObjectKind[] {
  return [...new Set(objects.map(({ kind }) => kind))];
}

/** A kind everywhere, and in each namespace that has objects of it. */
function hidings(objects: readonly MeshObject[]): readonly Hidden[] {
  return kindsOf(objects).flatMap((kind) => {
    const places = objects.filter((one) => one.kind === kind).map(({ namespace }) => namespace);
    return [...new Set(['', ...places])].map((namespace) => ({ kind, namespace }));
  });
}

interface Hidden {
  readonly kind: ObjectKind;
  /** Empty for all. */
  readonly namespace: string;
}

/** Answers that hiding a kind changes without saying that they are not known for it. */
function guesses(objects: readonly MeshObject[], { kind, namespace }: Hidden): readonly string[] {
  const whole = buildMesh({ objects });
  const missing: readonly MissingFact[] = [{ kind, namespace, why: 'forbidden' }];
  const isHidden = (one: MeshObject): boolean =>
    one.kind === kind && (namespace === '' || one.namespace === namespace);
  const view = buildMesh({ objects: objects.filter((one) => !isHidden(one)), missing });
  const before: Answers = new Map([...modes(whole), ...connections(whole, whole)]);
  const after: Answers = new Map([...modes(view), ...connections(view, whole)]);
  return [...before].flatMap(([question, answer]) => {
    const now = after.get(question);
    if (now === undefined || now === answer) return [];
    if (typeof now !== 'string' && now.unknown.includes(kind)) return [];
    return [`without ${kind} in ${namespace}, ${question}: ${show(answer)} becomes ${show(now)}`];
  });
}

function show(answer: Answer): string {
  return typeof answer === 'string' ? answer : `unknown (${answer.unknown.join(', ')})`;
}

function decoded(manifests: readonly unknown[]): readonly MeshObject[] {
  return manifests.flatMap((one) => decodeObject(one, { kind: 'cluster' }).object ?? []);
}

function check(objects: readonly MeshObject[]): void {
  const found = hidings(objects).flatMap((hidden) => guesses(objects, hidden));
  assert.equal(found.length, 0, found.slice(0, 20).join('\n'));
}

describe('an answer for which a kind may not be listed is the same, or unknown and names the kind', () => {
  it('in the demo meshes', () => {
    check(decoded([...istioSystem(), ...tutorial(), ...bookinfo()]));
  });

  it('in a mesh of every feature', () => {
    for (const manifests of everyFeature()) check(decoded(manifests));
  });

  it('in random meshes', () => {
    for (const kind of ['sidecar', 'ambient'] as const)
      fc.assert(
        fc.property(meshArbitrary(kind), ({ objects }) => {
          check(decoded(objects));
        }),
        { numRuns: 15, seed: 7 },
      );
  });
});
