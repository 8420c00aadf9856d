import { generate } from 'selfsigned';

/** A certificate and its private key, in PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** Who a client certificate speaks for: Kubernetes reads the common name and the organizations. */
export interface CertificateUser {
  readonly name: string;
  readonly group?: string;
}

/** A certificate authority that lives as long as one test cluster. */
export async function certificateAuthority(): Promise<KeyPair> {
  const made = await generate([{ shortName: 'CN', value: 'istio-mtls test authority' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true },
    ],
  });
  return { certificate: made.cert, key: made.private };
}

/** What a server on loopback presents. */
export async function serverCertificate(authority: KeyPair): Promise<KeyPair> {
  const made = await generate([{ shortName: 'CN', value: 'kube-apiserver' }], {
    ...signedBy(authority),
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { certificate: made.cert, key: made.private };
}

/** What a client authenticates with. */
export async function clientCertificate(
  authority: KeyPair,
  user: CertificateUser,
): Promise<KeyPair> {
  const subject = [{ shortName: 'CN', value: user.name }];
  if (user.group !== undefined) subject.push({ shortName: 'O', value: user.group });
  const made = await generate(subject, {
    ...signedBy(authority),
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'extKeyUsage', clientAuth: true },
    ],
  });
  return { certificate: made.cert, key: made.private };
}

function signedBy(authority: KeyPair) {
  return {
    keyType: 'ec',
    algorithm: 'sha256',
    ca: { key: authority.key, cert: authority.certificate },
  } as const;
}
