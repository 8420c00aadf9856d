import { X509Certificate } from 'node:crypto';

import type { ProxyCertificate, ReadCertificates } from '../mesh/index.ts';

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Reads a bundle of certificates with Node's own decoder. What it cannot read is left out. */
export const readCertificates: ReadCertificates = (bundle) => {
  const text = Buffer.from(bundle, 'base64').toString('latin1');
  return (text.match(BLOCK) ?? []).flatMap(readCertificate);
};

function readCertificate(block: string): readonly ProxyCertificate[] {
  try {
    const certificate = new X509Certificate(block);
    const { serialNumber, validFrom, validTo, issuer, subjectAltName } = certificate;
    return [
      {
        identity: /URI:(spiffe:\/\/[^\s,]+)/.exec(subjectAltName ?? '')?.[1],
        // Envoy writes numbers in lower case and without the zeros before them.
        serial: serialNumber.toLowerCase().replace(/^0+(?=.)/, ''),
        validFrom: new Date(validFrom).toISOString(),
        validUntil: new Date(validTo).toISOString(),
        issuer: issuer.replaceAll('\n', ', '),
      },
    ];
  } catch {
    return [];
  }
}
