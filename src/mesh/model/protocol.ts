import type { PortClass } from './explanation.ts';
import type { Labels, ServicePort } from './objects.ts';

/** What a declared port speaks: `TLS` when the application opens TLS itself, which is bytes to the mesh. */
export type Declared = 'HTTP' | 'TCP' | 'TLS';

/** A port's protocol as Istio reads it from a Service (R43). */
export interface PortProtocol {
  readonly class: PortClass;
  readonly applicationTls: boolean;
}

const WORDS: Readonly<Record<string, Declared>> = Object.freeze({
  http: 'HTTP',
  http2: 'HTTP',
  grpc: 'HTTP',
  'grpc-web': 'HTTP',
  'http-proxy': 'HTTP',
  http_proxy: 'HTTP',
  'kubernetes.io/h2c': 'HTTP',
  'kubernetes.io/ws': 'HTTP',
  'kubernetes.io/wss': 'TLS',
  https: 'TLS',
  tls: 'TLS',
  tcp: 'TCP',
  mongo: 'TCP',
  redis: 'TCP',
  mysql: 'TCP',
});

/** Ports whose servers speak first, so that Istio never sniffs them (R43). */
const SERVER_FIRST: readonly number[] = [25, 53, 3306, 27017];

const AUTO: PortProtocol = Object.freeze({ class: 'AUTO', applicationTls: false });

/** appProtocol before the name, the name up to its first hyphen; an unknown word declares nothing (R43). */
export function protocolOf(port: Pick<ServicePort, 'port' | 'name' | 'appProtocol'>): PortProtocol {
  const declared = port.appProtocol === undefined ? wordOfName(port.name) : word(port.appProtocol);
  if (declared === undefined) {
    return SERVER_FIRST.includes(port.port) ? { class: 'TCP', applicationTls: false } : AUTO;
  }
  return { class: declared === 'HTTP' ? 'HTTP' : 'TCP', applicationTls: declared === 'TLS' };
}

/** The protocol that a ServiceEntry or a Sidecar writes out, such as `HTTPS`. */
export function protocolOfWord(text: string): PortProtocol {
  const declared = word(text);
  if (declared === undefined) return AUTO;
  return { class: declared === 'HTTP' ? 'HTTP' : 'TCP', applicationTls: declared === 'TLS' };
}

function wordOfName(name: string): Declared | undefined {
  const hyphen = name.indexOf('-');
  return word(hyphen === -1 ? name : name.slice(0, hyphen));
}

function word(text: string): Declared | undefined {
  const lower = text.toLowerCase();
  return Object.hasOwn(WORDS, lower) ? WORDS[lower] : undefined;
}

/** Whether an annotation or field that lists namespaces reaches one: `*`, `.` for the own, or its name. */
export function isExportedTo(
  exportTo: readonly string[],
  owner: string,
  namespace: string,
): boolean {
  return exportTo.some(
    (entry) => entry === '*' || entry === namespace || (entry === '.' && owner === namespace),
  );
}

/** The namespaces that a Service is exported to: its annotation, else the mesh default (R144). */
export function serviceExportTo(
  annotations: Labels,
  byDefault: readonly string[],
): readonly string[] {
  const text = annotations['networking.istio.io/exportTo'];
  return text === undefined ? byDefault : text.split(',').map((entry) => entry.trim());
}
