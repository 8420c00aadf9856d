import type { NonEmpty, WorkloadRef } from '../model/reference.ts';

/** A span of time, in milliseconds since 1970. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

/** Where facts about traffic are read: a Prometheus, the proxies' own counters, or the proxies' logs. */
export type EvidenceKind = 'prometheus' | 'proxy-stats' | 'logs';

/** Who called, as far as what was read tells. */
export type Caller =
  | { readonly kind: 'workload'; readonly workload: WorkloadRef }
  /** A name that no workload of the mesh has: it is gone, or in another cluster. */
  | { readonly kind: 'named'; readonly namespace: string; readonly name: string }
  /** Nobody speaks for it on its side, so that no metric can name it. */
  | { readonly kind: 'no-proxy' }
  /** An address that no pod of this cluster has. */
  | { readonly kind: 'outside'; readonly address: string }
  /** An address that may be that of a pod that could not be read. */
  | { readonly kind: 'unknown'; readonly address: string };

/** Why a call was refused, as far as a source tells. Only the first four have to do with mutual TLS. */
export type RefusalCause =
  /** Plaintext, or TLS that is not Istio's, where the sidecar has no filter chain for it (R52). */
  | 'no-filter-chain'
  /** A handshake that failed. */
  | 'tls-error'
  /** ztunnel's own policies, which PeerAuthentications become (R90). */
  | 'strict-in-ambient'
  /** The client's proxy could not get through; its server's side would say why. */
  | 'connection-failed'
  | 'authorization-policy'
  | 'destination-rule'
  | 'no-route'
  | 'unknown';

/** What one source saw between one caller and one server. */
export interface ObservedCalls {
  readonly caller: Caller;
  readonly server: WorkloadRef;
  /** Of the server's pods; absent where the source does not tell, as metrics do not. */
  readonly port?: number;
  /** As the server's side says: the client's side does not know (R263). */
  readonly wire: 'mutual-tls' | 'plaintext' | 'refused';
  /** Set where the call was refused. */
  readonly cause?: RefusalCause;
  /** The policy or rule that a source names as the cause. */
  readonly decidedBy?: string;
  /** As exact as the source is, and never zero. */
  readonly count: number;
  readonly unit: 'requests' | 'connections';
  /** When the last one was seen at the latest, in milliseconds since 1970; absent where the source does not tell. */
  readonly lastSeen?: number;
  readonly source: EvidenceKind;
}

/** What a source cannot tell although it was read. */
export type BlindSpot =
  /** The oldest that it has is younger than what was asked for: retention, or a Prometheus that is new. */
  | { readonly kind: 'starts-late'; readonly from: number }
  /** Nothing was recorded meanwhile. */
  | { readonly kind: 'gap'; readonly window: TimeWindow }
  /** Shorter gaps besides those that are named. */
  | { readonly kind: 'more-gaps'; readonly gaps: number }
  /** Whether there are gaps could not be found out; one sentence. */
  | { readonly kind: 'gaps-unknown'; readonly cause: string }
  /** Series without `connection_security_policy`, as some Telemetry settings leave them. */
  | { readonly kind: 'no-security-label'; readonly servers: number }
  /** Metrics name workloads, not their ports. */
  | { readonly kind: 'no-ports' }
  /** There were more series than are read. */
  | { readonly kind: 'cut'; readonly read: number }
  /** Proxies that did not answer, and why the first did not. */
  | { readonly kind: 'unread-pods'; readonly pods: number; readonly cause: string }
  /** Counters begin with the proxy: what its predecessors saw is gone. */
  | { readonly kind: 'since-proxy-start' }
  /** Proxies whose counters or logs have nothing about Istio's traffic in them. */
  | { readonly kind: 'no-telemetry'; readonly pods: number };

/** A source that was read. */
export interface EvidenceSource {
  readonly kind: EvidenceKind;
  /** For people: `Service istio-system/prometheus`, an address without credentials, or `12 proxies`. */
  readonly where: string;
  /** What it covers of what was asked for. */
  readonly window: TimeWindow;
  readonly blindSpots: readonly BlindSpot[];
  /** Servers, by `refKey`, whose own side reported anything, and for which time. Of all others the source says nothing. */
  readonly heard: ReadonlyMap<string, TimeWindow>;
}

/** A source that was not read, and why. */
export interface AbsentSource {
  readonly kind: EvidenceKind;
  readonly why:
    | { readonly kind: 'not-found' }
    | { readonly kind: 'not-asked' }
    | {
        readonly kind: 'forbidden';
        readonly verb: string;
        /** With its subresource: `pods/log`. */
        readonly resource: string;
        /** Empty for all namespaces. */
        readonly namespace: string;
      }
    /** One sentence. */
    | { readonly kind: 'failed'; readonly cause: string };
}

/**
 * What was observed of a mesh's traffic: facts beside its objects. What is not in here was not seen, which is not the same
 * as that it does not happen: `heard`, `window` and `blindSpots` say how far the silence reaches.
 */
export interface Evidence {
  /** What was asked for; each source says what it covers of it. */
  readonly asked: TimeWindow;
  readonly sources: readonly EvidenceSource[];
  readonly absent: readonly AbsentSource[];
  readonly calls: readonly ObservedCalls[];
}

const HOUR = 3_600_000;

/** How far back evidence may be asked for. */
export const evidenceLimits = { least: HOUR, most: 30 * 24 * HOUR, usual: 24 * HOUR } as const;

/** The milliseconds of `90m`, `24h` or `7d`, if they are within the limits; else why not, in one sentence. */
export function readEvidenceWindow(
  text: string,
):
  | { readonly kind: 'window'; readonly ms: number }
  | { readonly kind: 'wrong'; readonly why: string } {
  const [, digits = '', unit = ''] = /^(\d{1,5})(m|h|d)$/.exec(text.trim()) ?? [];
  const factor = { m: HOUR / 60, h: HOUR, d: 24 * HOUR }[unit];
  const ms = Number(digits) * (factor ?? 0);
  if (factor === undefined || ms < evidenceLimits.least || ms > evidenceLimits.most)
    return { kind: 'wrong', why: `"${text}" is no window from 1h to 30d, such as 24h or 7d.` };
  return { kind: 'window', ms };
}

/** All that several readings say together. */
export function joinEvidence([first, ...others]: NonEmpty<Evidence>): Evidence {
  return others.reduce<Evidence>(
    (all, one) => ({
      asked: {
        from: Math.min(all.asked.from, one.asked.from),
        to: Math.max(all.asked.to, one.asked.to),
      },
      sources: [...all.sources, ...one.sources],
      absent: [...all.absent, ...one.absent],
      calls: [...all.calls, ...one.calls],
    }),
    first,
  );
}
