import type { ServerResponse } from 'node:http';

/** Why a proxy could not get an answer from its upstream. */
export type UpstreamFailure =
  | 'connection-termination'
  | 'connection-refused'
  | 'wrong-version'
  | 'certificate-required'
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

/** The failure behind a socket's error. */
export function failureOf(error: Error & { readonly code?: string }): UpstreamFailure {
  const code = error.code ?? '';
  if (code === 'ECONNREFUSED') return 'connection-refused';
  if (/WRONG_VERSION|PACKET_LENGTH|UNEXPECTED_MESSAGE/.test(code)) return 'wrong-version';
  return code.includes('CERTIFICATE_REQUIRED') ? 'certificate-required' : 'connection-termination';
}
