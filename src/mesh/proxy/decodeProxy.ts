import { acknowledgementIn, rejectedIn } from './acknowledgement.ts';
import { certificatesOf, type ReadCertificates } from './certificates.ts';
import { entriesOf } from './configDump.ts';
import { gatewayInboundOf } from './gatewayListeners.ts';
import { inboundOf } from './inboundListener.ts';
import { originOf } from './origin.ts';
import { clustersOf } from './outboundClusters.ts';
import { read, unread, type Acknowledgement, type Part, type ProxyState } from './proxyState.ts';

/** What was asked of a proxy: the parts of its configuration, its certificates, and what it is. */
export const proxyQuestions = [
  'listeners',
  'clusters',
  'endpoints',
  'secrets',
  'certs',
  'serverInfo',
] as const;

export type ProxyQuestion = (typeof proxyQuestions)[number];

/** A proxy’s answers as they came, or one clause each about why there is none. */
export type ProxyAnswers = Readonly<Record<ProxyQuestion, Part<string>>>;

/** Whose answers they are, and how they are read. */
export interface ProxyRead {
  /** `POD.NAMESPACE`, by which control planes name it. */
  readonly proxy: string;
  readonly kind: 'sidecar' | 'gateway';
  readonly answers: ProxyAnswers;
  /** The answers to `/debug/syncz` of the replicas of its control plane, or why there are none. */
  readonly syncStatus: Part<readonly string[]>;
}

/** What a running proxy has, read from its answers. What could not be read stays unknown, part by part. */
export function decodeProxy(
  { proxy, kind, answers, syncStatus }: ProxyRead,
  readCertificates: ReadCertificates,
): ProxyState {
  const { listeners, clusters, endpoints, secrets, certs, serverInfo } = answers;
  const inbound = kind === 'gateway' ? gatewayInboundOf : inboundOf;
  return {
    inbound: listeners.kind === 'read' ? inbound(listeners.value) : listeners,
    clusters: both(clusters, endpoints, (first, second) =>
      clustersOf({ clusters: first, endpoints: second }),
    ),
    certificates: certificates(secrets, certs, readCertificates),
    origin: serverInfo.kind === 'read' ? originOf(serverInfo.value) : serverInfo,
    acknowledgement: acknowledged(proxy, answers, syncStatus),
  };
}

function both<T>(
  first: Part<string>,
  second: Part<string>,
  decode: (first: string, second: string) => Part<T>,
): Part<T> {
  if (first.kind === 'unread') return first;
  return second.kind === 'unread' ? second : decode(first.value, second.value);
}

/** Either of the two answers is enough. */
function certificates(
  secrets: Part<string>,
  certs: Part<string>,
  readCertificates: ReadCertificates,
): ProxyState['certificates'] {
  if (secrets.kind === 'unread' && certs.kind === 'unread') return unread(certs.why);
  const text = (part: Part<string>): string => (part.kind === 'read' ? part.value : '');
  return certificatesOf({ secrets: text(secrets), certs: text(certs) }, readCertificates);
}

/** What the proxy itself refused counts more than what its control plane waits for. */
function acknowledged(
  proxy: string,
  { listeners, clusters }: ProxyAnswers,
  syncStatus: Part<readonly string[]>,
): Part<Acknowledgement> {
  const dumped = (part: Part<string>, list: string): ReturnType<typeof entriesOf> =>
    part.kind === 'read' ? entriesOf(part.value, list) : undefined;
  const resources = rejectedIn({
    listener: dumped(listeners, 'dynamic_listeners'),
    cluster: dumped(clusters, 'dynamic_active_clusters'),
  });
  if (resources.length > 0) return read({ kind: 'rejected', resources });
  return syncStatus.kind === 'read' ? acknowledgementIn(syncStatus.value, proxy) : syncStatus;
}
