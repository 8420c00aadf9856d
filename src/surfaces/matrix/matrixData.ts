/** How dangerous something is; the colours follow the theme. */
export type Tone = 'safe' | 'plain' | 'refused' | 'unknown';

/** What became of a connection, or what is predicted to: one of few values that many cells share. */
export interface Fate {
  /** As short as a cell is: `M`, `M/X`. */
  readonly symbol: string;
  readonly words: string;
  readonly tone: Tone;
}

/** A client or a server of the matrix. */
export interface Axis {
  readonly name: string;
  /** Empty for what stands outside all namespaces. */
  readonly namespace: string;
}

/** What was seen of one pair, beside what is predicted. */
export interface Seen {
  readonly fate: Fate;
  /** It is not what is predicted. */
  readonly unlike: boolean;
}

/** One matrix as the page shows it: plain values that can be posted. */
export interface MatrixData {
  readonly title: string;
  readonly clients: readonly Axis[];
  readonly servers: readonly Axis[];
  /** Every fate that the cells below name by its number. */
  readonly fates: readonly Fate[];
  /** Row by row, a number for each client and server. */
  readonly predicted: readonly number[];
  /** The same after a change, where one is looked at. */
  readonly after?: readonly number[];
  /** By `pairOf`. */
  readonly observed: readonly (readonly [pair: number, seen: Seen])[];
  readonly probed: readonly (readonly [pair: number, seen: Seen])[];
  /** Why nothing stands under observed; empty where something was read. */
  readonly unobserved: string;
}

/** The number of a pair of client and server. */
export function pairOf(
  { servers }: Pick<MatrixData, 'servers'>,
  client: number,
  server: number,
): number {
  return client * servers.length + server;
}

export const exportFormats = ['csv', 'markdown', 'svg'] as const;

export type ExportFormat = (typeof exportFormats)[number];

/** What the page asks of the extension. */
export type PageMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'explain'; readonly pair: number }
  | { readonly kind: 'probe'; readonly pair: number }
  | { readonly kind: 'export'; readonly format: ExportFormat; readonly pairs: readonly number[] };

/** What the extension tells the page. */
export type PanelMessage =
  | { readonly kind: 'matrix'; readonly data: MatrixData }
  | { readonly kind: 'reasons'; readonly pair: number; readonly lines: readonly string[] }
  | { readonly kind: 'probing'; readonly pair: number }
  | {
      readonly kind: 'probed';
      readonly pair: number;
      readonly seen?: Seen;
      readonly words: string;
    };

/** Reads what a page sent; undefined for anything else. */
export function readPageMessage(value: unknown): PageMessage | undefined {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return undefined;
  switch (value.kind) {
    case 'ready':
      return { kind: 'ready' };
    case 'explain':
    case 'probe':
      return 'pair' in value && isPair(value.pair)
        ? { kind: value.kind, pair: value.pair }
        : undefined;
    case 'export': {
      if (!('format' in value) || !('pairs' in value) || !Array.isArray(value.pairs))
        return undefined;
      const format = exportFormats.find((one) => one === value.format);
      const pairs: readonly unknown[] = value.pairs;
      return format === undefined || !pairs.every(isPair)
        ? undefined
        : { kind: 'export', format, pairs: pairs.filter(isPair) };
    }
    default:
      return undefined;
  }
}

function isPair(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}
