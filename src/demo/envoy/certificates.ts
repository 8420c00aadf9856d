import { X509Certificate } from 'node:crypto';
import type { ShownCertificates } from '../dataPlane/dataPlane.ts';
import type { JsonObject } from '../objects/json.ts';

/** The secrets of a proxy, as Envoy dumps them: with certificates, without keys. */
export function secretEntries({ certificate, root }: ShownCertificates): readonly JsonObject[] {
  const chain = { certificate_chain: { inline_bytes: base64(certificate) } };
  const authorities = { trusted_ca: { inline_bytes: base64(root) } };
  return [
    { name: 'default', secret: { name: 'default', tls_certificate: chain } },
    { name: 'ROOTCA', secret: { name: 'ROOTCA', validation_context: authorities } },
  ];
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** What Envoy's `/certs` says of them. */
export function certificateList({ certificate, root }: ShownCertificates): JsonObject {
  return { certificates: [{ ca_cert: [described(root)], cert_chain: [described(certificate)] }] };
}

function described(pem: string): JsonObject {
  const { serialNumber, subjectAltName = '', validFrom, validTo } = new X509Certificate(pem);
  const uri = /URI:(\S+)/.exec(subjectAltName)?.[1];
  return {
    path: '<inline>',
    serial_number: serialNumber.toLowerCase(),
    subject_alt_names: uri === undefined ? [] : [{ uri }],
    valid_from: new Date(validFrom).toISOString(),
    expiration_time: new Date(validTo).toISOString(),
  };
}
