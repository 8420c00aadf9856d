import type { FoundProxy, Mesh, ProxyReport } from '../mesh/index.ts';
import { proxyDocument, proxyReport, proxyTargetOf } from '../mesh/index.ts';
import type { KubeTransport } from '../sources/transport/transport.ts';
import type { ProxyReading, ReadOptions } from './readProxy.ts';
import { readProxy } from './readProxy.ts';

/** A proxy that was read, or why it was not. */
export type ReportedProxy =
  | {
      readonly kind: 'read';
      readonly report: ProxyReport;
      /** Everything about it as Markdown; the lines say where it was read. */
      readonly document: (where: readonly string[]) => string;
    }
  | Exclude<ProxyReading, { readonly kind: 'read' }>;

/** Asks a running proxy what it has, and puts it beside what the objects of the mesh say. */
export async function reportProxy(
  transport: KubeTransport,
  mesh: Mesh,
  found: Extract<FoundProxy, { readonly kind: 'found' }>,
  options: ReadOptions,
): Promise<ReportedProxy> {
  const reading = await readProxy(transport, proxyTargetOf(mesh, found), options);
  if (reading.kind !== 'read') return reading;
  const report = proxyReport(mesh, { ...found, ...reading, now: Date.now() });
  return { kind: 'read', report, document: (where) => proxyDocument(report, where) };
}
