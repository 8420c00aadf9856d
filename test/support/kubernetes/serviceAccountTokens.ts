import { createSign, generateKeyPairSync } from 'node:crypto';

/** The key that the API server verifies service-account tokens with, and signs them with. */
export interface TokenSigner {
  readonly privateKey: string;
  readonly publicKey: string;
}

export interface TokenSubject {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** The issuer that the API server is told to accept. */
export const tokenIssuer = 'https://kubernetes.default.svc';

export function tokenSigner(): TokenSigner {
  const pair = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return pair;
}

/** For so many seconds after its expiry the API server still takes a token, as go-jose does. */
const leewaySeconds = 60;

/**
 * Signs a token as the API server would, one that is taken for so many seconds and up to ten more,
 * for which the API server remembers it. The TokenRequest API gives none that lives for less than
 * ten minutes, and tests of expiry cannot wait that long.
 */
export function signToken(signer: TokenSigner, subject: TokenSubject, seconds: number): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: tokenIssuer,
    aud: [tokenIssuer],
    sub: `system:serviceaccount:${subject.namespace}:${subject.name}`,
    iat: now - leewaySeconds,
    nbf: now - leewaySeconds,
    exp: now + seconds - leewaySeconds,
    'kubernetes.io': {
      namespace: subject.namespace,
      serviceaccount: { name: subject.name, uid: subject.uid },
    },
  };
  const content = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  const signature = createSign('RSA-SHA256').update(content).sign(signer.privateKey);
  return `${content}.${signature.toString('base64url')}`;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
