import type { AdminClient } from '../../support/kubernetes/adminClient.ts';
import type { KubeObject } from './kubeTypes.ts';

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** Writes and deletes objects of any kind by what the API server says of their kind. */
export interface ObjectWriter {
  /** Applies an object by server-side apply. */
  apply(object: KubeObject): Promise<void>;
  /** Deletes an object at once; one that is not there is no error. */
  delete(object: KubeObject): Promise<void>;
  /** Reads an object; undefined if it is not there. */
  read(object: KubeObject): Promise<KubeObject | undefined>;
}

export function objectWriter(admin: AdminClient): ObjectWriter {
  const known = new Map<string, Resource>();
  const resourceOf = async ({ apiVersion = 'v1', kind = '' }: KubeObject): Promise<Resource> => {
    const key = `${apiVersion} ${kind}`;
    if (!known.has(key)) {
      const list = await admin.get(groupPath(apiVersion));
      for (const each of list['resources'] as readonly Resource[])
        if (!each.name.includes('/')) known.set(`${apiVersion} ${each.kind}`, each);
    }
    const resource = known.get(key);
    if (resource === undefined) throw new Error(`the API server knows no ${key}`);
    return resource;
  };
  const pathOf = async (object: KubeObject): Promise<string> => {
    const { name, namespaced } = await resourceOf(object);
    const { namespace = 'default' } = object.metadata;
    const scope = namespaced ? `/namespaces/${namespace}` : '';
    return `${groupPath(object.apiVersion ?? 'v1')}${scope}/${name}/${object.metadata.name}`;
  };
  return {
    apply: async (object) => {
      await admin.apply(await pathOf(object), object);
    },
    delete: async (object) => {
      await admin.delete(`${await pathOf(object)}?gracePeriodSeconds=0`);
    },
    read: async (object) => {
      const { status, body } = await admin.send(await pathOf(object));
      return status === 200 ? (body as KubeObject) : undefined;
    },
  };
}

function groupPath(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}
