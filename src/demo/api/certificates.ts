import { X509Certificate } from 'node:crypto';
import { generate } from 'selfsigned';

/** A private key with its certificate, both PEM. */
export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

const ecP256 = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;
const lifetimeMs = 365 * 24 * 3600 * 1000;

/** A new certificate authority, valid from an hour ago (clocks differ) for a year. */
export async function createAuthority(commonName: string): Promise<KeyPair> {
  const pems = await generate([{ name: 'commonName', value: commonName }], {
    ...ecP256,
    ...validity(),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return { key: pems.private, cert: pems.cert };
}

/** A server certificate for loopback. */
export async function issueServerCertificate(authority: KeyPair): Promise<KeyPair> {
  return issue(authority, 'kube-apiserver', [
    { type: 2, value: 'localhost' },
    { type: 7, ip: '127.0.0.1' },
  ]);
}

/** A workload certificate as istiod issues it: the identity is the only name, a SPIFFE URI. */
export async function issueWorkloadCertificate(
  authority: KeyPair,
  identity: string,
): Promise<KeyPair> {
  return issue(authority, '', [{ type: 6, value: identity }]);
}

/** The SPIFFE identity in a certificate's URI SAN; `undefined` when it has none. */
export function identityOf(certificate: Buffer): string | undefined {
  const names = new X509Certificate(certificate).subjectAltName ?? '';
  return /URI:(spiffe:\/\/[^,\s]+)/.exec(names)?.[1];
}

type SubjectAltName =
  { readonly type: 2 | 6; readonly value: string } | { readonly type: 7; readonly ip: string };

async function issue(
  authority: KeyPair,
  commonName: string,
  names: readonly SubjectAltName[],
): Promise<KeyPair> {
  const subject = commonName === '' ? [] : [{ name: 'commonName', value: commonName }];
  const pems = await generate(subject, {
    ...ecP256,
    ...validity(),
    ca: authority,
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
      { name: 'subjectAltName', altNames: [...names] },
    ],
  });
  return { key: pems.private, cert: pems.cert };
}

function validity(): { notBeforeDate: Date; notAfterDate: Date } {
  const start = Date.now() - 3600 * 1000;
  return { notBeforeDate: new Date(start), notAfterDate: new Date(start + lifetimeMs) };
}
