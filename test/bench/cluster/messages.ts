/** What the bench asks of the synthetic API server. Times are milliseconds since the epoch, on one machine. */
export type ServerQuestion =
  /** Sends so many pod events a second from now on; none when 0. */
  | { readonly kind: 'pod-events'; readonly perSecond: number }
  /** Changes the mode of a namespace's own policy. */
  | { readonly kind: 'change-policy'; readonly index: number; readonly mode: string }
  /** When the first answer after the last such question was sent, and how many pod events so far. */
  | { readonly kind: 'report' };

export interface ServerReport {
  readonly kubeconfig: string;
  readonly firstAnswerAt: number;
  readonly podEvents: number;
  readonly now: number;
}

/** What the bench asks of the process that stands for the extension host. */
export type HostQuestion =
  | { readonly kind: 'open'; readonly kubeconfigPath: string; readonly expanded: number }
  /** Uses of the processor and rows repainted during so many milliseconds. */
  | { readonly kind: 'watch'; readonly forMs: number }
  /** When the row of a namespace will have been repainted for the next time. */
  | { readonly kind: 'await-row'; readonly namespace: string }
  /** Bytes of live heap. */
  | { readonly kind: 'heap' };

export interface Opened {
  readonly startedAt: number;
  readonly firstPaintAt: number;
  readonly syncedAt: number;
  readonly rows: number;
  readonly workloads: number;
  readonly pods: number;
}

export interface Watched {
  /** Processor time over elapsed time: 1 is one core. */
  readonly processor: number;
  readonly refreshes: number;
  /** Rows that VS Code asked for, those below changed rows included. */
  readonly rowsAsked: number;
  /** How often that was everything. */
  readonly fullRefreshes: number;
}

/** VS Code asked for the rows that changed, and those below them. */
export interface RowsAsked {
  readonly at: number;
  readonly asked: number;
}

/** Milliseconds until VS Code has asked for what is new on the first page of a tree. */
export interface Paged {
  readonly firstPageMs: number;
  /** After a policy of a namespace that is on a later page. */
  readonly policyMs: number;
  /** After a filter that leaves the last namespace only. */
  readonly filterMs: number;
}

export interface Downloaded {
  readonly ms: number;
  readonly bytes: number;
}

/** The time now on the clock that all processes of the bench share, in milliseconds. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
