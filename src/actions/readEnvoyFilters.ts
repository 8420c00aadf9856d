import type { EnvoyFilter, Part } from '../mesh/index.ts';
import { asList, fieldAt, textAt, textMap } from '../sources/transport/jsonValue.ts';
import type { KubeTransport } from '../sources/transport/transport.ts';

/** The EnvoyFilters of some namespaces: which there are, and whom they select. Nothing else of them is read. */
export async function readEnvoyFilters(
  transport: KubeTransport,
  namespaces: readonly string[],
  signal: AbortSignal,
): Promise<Part<readonly EnvoyFilter[]>> {
  const lists = await Promise.all(
    [...new Set(namespaces)].map(async (namespace) => {
      const path = `/apis/networking.istio.io/v1alpha3/namespaces/${encodeURIComponent(namespace)}/envoyfilters`;
      return await transport.request({ method: 'GET', path, signal });
    }),
  );
  const all: EnvoyFilter[] = [];
  for (const list of lists) {
    if (list.kind !== 'ok') return { kind: 'unread', why: 'the EnvoyFilters could not be read' };
    all.push(...asList(fieldAt(list.body, 'items')).map(filterOf));
  }
  return { kind: 'read', value: all };
}

function filterOf(item: unknown): EnvoyFilter {
  return {
    namespace: textAt(item, 'metadata', 'namespace') ?? '',
    name: textAt(item, 'metadata', 'name') ?? '',
    selector: textMap(fieldAt(item, 'spec', 'workloadSelector', 'labels')),
  };
}
