// The addresses of the mesh. They exist in its own network namespaces only.

/** The node, where the API server, istiod and cluster DNS run. */
export const nodeAddress = '10.10.0.1';
export const nodeName = 'node1';
/** Where pods send everything to: a real address of the node, for without a default route the kernel answers no proxy ARP. */
export const gatewayAddress = '169.254.1.1';
export const serviceRange = '10.96.0.0/16';
/** Of the Service `kubernetes`, the first address of the range. */
export const apiServiceAddress = '10.96.0.1';
export const dnsServiceAddress = '10.96.0.10';
export const apiServerPort = 6443;
export const clusterDomain = 'cluster.local';

/** The address of the pod that was the nth to start; n counts from 0 and may go to 60 000. */
export function podAddress(n: number): string {
  return `10.10.${1 + Math.floor(n / 250)}.${1 + (n % 250)}`;
}
