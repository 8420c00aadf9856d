import { at, text } from './json.ts';

/** A ServiceEntry writes a protocol out; a Service has an appProtocol, or a name that begins with it. */
function declaredProtocol(port: unknown): string {
  const written = at(port, 'number') === undefined ? undefined : at(port, 'protocol');
  return text(written) || text(at(port, 'appProtocol')) || text(at(port, 'name'));
}

/** R43: HTTP, TCP or AUTO (nothing declared). */
export function protocolClass(port: unknown): 'HTTP' | 'TCP' | 'AUTO' {
  const declared = declaredProtocol(port);
  const word = declared.toLowerCase().startsWith('grpc-web')
    ? 'grpc-web'
    : (declared.toLowerCase().split('-')[0] ?? '');
  if (['http', 'http2', 'grpc', 'grpc-web'].includes(word)) return 'HTTP';
  if (['tcp', 'tls', 'https', 'mongo', 'redis', 'mysql'].includes(word)) return 'TCP';
  return [25, 53, 3306, 27017].includes(Number(at(port, 'port'))) ? 'TCP' : 'AUTO';
}

/** R53: an application behind a port declared HTTPS or TLS speaks TLS itself. */
export function speaksTls(port: unknown): boolean {
  const declared = declaredProtocol(port);
  return ['https', 'tls'].includes(declared.toLowerCase().split('-')[0] ?? '');
}
