import type { LabelSelector } from './labelSelector.ts';

export interface SidecarEgress {
  readonly port: number | undefined;
  /** `namespace/dnsName` patterns. */
  readonly hosts: readonly string[];
}

export interface SidecarIngress {
  readonly port: number;
  readonly protocol: string;
  /** Of its tls block, if it has one (R47). */
  readonly tlsMode: string | undefined;
}

export interface ServiceEntryPort {
  readonly port: number;
  readonly name: string;
  readonly protocol: string;
  readonly targetPort: number | undefined;
}

export interface GatewayServer {
  readonly port: number;
  readonly protocol: string;
  readonly tlsMode: string | undefined;
}

/** What a backend policy is attached to, in its own namespace. */
export interface BackendTarget {
  readonly kind: 'Service' | 'ServiceEntry';
  readonly name: string;
  /** Name of the one port that is meant; absent for all. */
  readonly sectionName?: string;
}

/** From which namespaces a listener of the Gateway API lets in what is attached to it; `Selector` goes by their labels. */
export type AllowedNamespaces =
  | { readonly from: 'All' | 'Same' }
  | { readonly from: 'Selector'; readonly selector: LabelSelector };

/** A listener of the Gateway API. */
export interface GatewayListener {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  readonly allowed: AllowedNamespaces;
}

export interface SliceEndpoint {
  readonly addresses: readonly string[];
  /** The Pod that it names, wherever that is. */
  readonly pod: { readonly namespace: string; readonly name: string } | undefined;
  /** Absent counts as ready. */
  readonly ready: boolean;
}

/** An endpoint written into a ServiceEntry, or the spec of a WorkloadEntry. */
export interface EntryEndpoint {
  readonly address: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly serviceAccount: string | undefined;
  readonly ports: Readonly<Record<string, number>>;
}
