import type { KeyPair } from '../api/certificates.ts';
import { createAuthority, issueWorkloadCertificate } from '../api/certificates.ts';

/** The mesh's certificate authority: one certificate for each identity, made when first needed. */
export class WorkloadCertificates {
  readonly #authority = createAuthority('istiod');
  readonly #issued = new Map<string, Promise<KeyPair>>();

  /** PEM of the root that every sidecar trusts. */
  async root(): Promise<string> {
    return (await this.#authority).cert;
  }

  async of(identity: string): Promise<KeyPair> {
    const issued = this.#issued.get(identity) ?? this.#issue(identity);
    this.#issued.set(identity, issued);
    return issued;
  }

  async #issue(identity: string): Promise<KeyPair> {
    return issueWorkloadCertificate(await this.#authority, identity);
  }
}
