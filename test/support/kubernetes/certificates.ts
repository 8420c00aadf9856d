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

/** Names and addresses, besides those of loopback, under which a server is called. */
export interface ServerNames {
  readonly dns: readonly string[];
  readonly ips: readonly string[];
}

/** What a server presents. */
export async function serverCertificate(
  authority: KeyPair,
  names: ServerNames = { dns: [], ips: [] },
): Promise<KeyPair> {
  const made = await generate([{ shortName: 'CN', value: 'kube-apiserver' }], {
    ...signedBy(authority),
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          ...['localhost', ...names.dns].map((value) => ({ type: 2 as const, value })),
          ...['127.0.0.1', ...names.ips].map((ip) => ({ type: 7 as const, ip })),
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
