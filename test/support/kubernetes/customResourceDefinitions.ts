import { readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import type { AdminClient } from './adminClient.ts';
import { waitFor } from './waitFor.ts';

/** The part of a CustomResourceDefinition that tests look at or change. */
export interface CustomResourceDefinition {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly versions: readonly { readonly name: string; readonly served: boolean }[];
  };
}

const collection = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const policiesAndNetworking = ['security.istio.io', 'networking.istio.io'];
const establishLimitMs = 30_000;

/** Reads Istio's definitions, of its policies and of its networking kinds if no other groups are named. */
export async function readCrds(
  path: string,
  groups: readonly string[] = policiesAndNetworking,
): Promise<readonly CustomResourceDefinition[]> {
  const documents = parseAllDocuments(await readFile(path, 'utf8'));
  if ('empty' in documents) throw new Error(`${path} is empty`);
  return documents
    .map((document) => document.toJS() as CustomResourceDefinition | null)
    .filter((crd) => crd !== null)
    .filter((crd) => groups.includes(crd.spec.group));
}

/** Creates them and waits until the API server serves them. */
export async function installCrds(
  admin: AdminClient,
  crds: readonly CustomResourceDefinition[],
): Promise<void> {
  await Promise.all(crds.map((crd) => admin.create(collection, crd)));
  for (const crd of crds) {
    const path = `${collection}/${crd.metadata.name}`;
    await waitFor(`${crd.metadata.name} to be established`, establishLimitMs, async () => {
      return isEstablished(await admin.get(path));
    });
  }
}

function isEstablished(crd: unknown): boolean {
  const { status } = crd as { status?: { conditions?: { type: string; status: string }[] } };
  return status?.conditions?.some((c) => c.type === 'Established' && c.status === 'True') === true;
}

/** The same definition with one version only served: what an older Istio leaves behind. */
export function servingOnly(
  crd: CustomResourceDefinition,
  version: string,
): CustomResourceDefinition {
  const versions = crd.spec.versions.map((each) => ({ ...each, served: each.name === version }));
  return { ...crd, spec: { ...crd.spec, versions } };
}
