/** What is written into the mesh at one time, and what then becomes of calls. */
export interface Setting {
  /** A sentence, or the beginning of one. */
  readonly name: string;
  /** Objects; `{{namespace/pod}}` stands for the address of a pod. Empty for the mesh as it is. */
  readonly yaml: string;
  /** Each object a second after the one before, so that their ages differ. */
  readonly inOrder?: true;
  /** What the mesh config has besides. */
  readonly meshConfig?: Readonly<Record<string, unknown>>;
  /** Names outside the cluster that DNS knows, with the pods that have their addresses. */
  readonly outsideHosts?: Readonly<Record<string, readonly string[]>>;
  /** By `host:port`, then by client pod: what is seen. */
  readonly calls: Readonly<Record<string, Readonly<Record<string, Expected>>>>;
  /** Options to curl besides those of the product's probe. */
  readonly options?: readonly string[];
  /**
   * By `client host:port`, or by `host:port` for all its clients, or `*`: why the product predicts something else today. Such
   * a call fails once prediction and observation agree, unless what is seen varies.
   */
  readonly knownDifferences?: Readonly<Record<string, string>>;
}

/**
 * `mutual-tls`, `tls` or `plaintext` for a call that is answered; with mutual TLS the application sees the client's
 * identity, unless it says `mutual-tls, identity not shown`. ` at namespace/pod:port` tells who answers. `refused by server, 56` names
 * who refuses, and the HTTP status or curl's exit code. Several where it varies.
 */
export type Expected = string | readonly string[];
