import type { ServerResponse } from 'node:http';

/** Why a proxy could not get an answer from its upstream. */
export type UpstreamFailure =
  | 'connection-termination'
  | 'connection-refused'
  | 'wrong-version'
  | 'certificate-required'
  | 'verification-failed'
  | 'secret-missing'
  | 'no-healthy-upstream';

const beforeHeaders = 'upstream connect error or disconnect/reset before headers. reset reason: ';
const connectionFailure = `${beforeHeaders}remote connection failure, transport failure reason: `;

/** Bodies as Envoy writes them (R191, R192, R194). */
const bodies: Readonly<Record<UpstreamFailure, string>> = {
  'connection-termination': `${beforeHeaders}connection termination`,
  'connection-refused': `${connectionFailure}delayed connect error: Connection refused`,
  'wrong-version': `${connectionFailure}TLS_error:|268435703:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER:TLS_error_end`,
  'certificate-required': `${connectionFailure}TLS_error:|268436572:SSL routines:OPENSSL_internal:TLSV1_ALERT_CERTIFICATE_REQUIRED:TLS_error_end`,
  'verification-failed': `${connectionFailure}TLS_error:|268435581:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:TLS_error_end`,
  'secret-missing': `${connectionFailure}TLS_error: Secret is not supplied by SDS`,
  'no-healthy-upstream': 'no healthy upstream',
};

/** Answers 503 in the words of the proxy. */
export function upstreamError(response: ServerResponse, failure: UpstreamFailure): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = bodies[failure];
  response.writeHead(503, {
    'content-type': 'text/plain',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

/** The failure behind a socket's error; TLS errors come as a code or only in the message. */
export function failureOf(error: Error & { readonly code?: string }): UpstreamFailure {
  const text = `${error.code ?? ''} ${error.message}`;
  if (text.startsWith('ECONNREFUSED')) return 'connection-refused';
  if (/wrong.version|packet.length|unexpected.message/i.test(text)) return 'wrong-version';
  if (/certificate.required/i.test(text)) return 'certificate-required';
  return /^(UNABLE_TO|SELF_SIGNED|CERT_)|VERIFY_FAILED/.test(text)
    ? 'verification-failed'
    : 'connection-termination';
}
