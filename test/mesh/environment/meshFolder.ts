import { join } from 'node:path';

/** Where everything is kept that the mesh writes: a file system in memory that ends with the mount namespace. */
export const meshFolder = '/run/istio-mtls-mesh';

/** The certificate of applications that speak TLS, and its key. */
export const applicationCertificate = join(meshFolder, 'application.crt');
export const applicationKey = join(meshFolder, 'application.key');

/** Holds the programs of Istio's image, under the names that they have there. */
export const imageFolder = join(meshFolder, 'image');

/** Holds the files of one pod. */
export function podFolder(namespace: string, name: string): string {
  return join(meshFolder, 'pods', `${namespace}_${name}`);
}

/** Names the process that holds the namespaces of a pod. */
export function sandboxFile(namespace: string, name: string): string {
  return join(meshFolder, 'sandboxes', `${namespace}_${name}`);
}

/** Names, as JSON, the addresses of hosts outside the cluster that cluster DNS answers for. */
export const outsideHostsFile = join(meshFolder, 'outside-hosts.json');
