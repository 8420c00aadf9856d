import { readFileSync } from 'node:fs';
import { inProject } from '../../../../scripts/project.ts';
import { decodeProxy, type ProxyAnswers } from '../../../../src/mesh/proxy/decodeProxy.ts';
import type { ProxyState } from '../../../../src/mesh/proxy/proxyState.ts';
import { readCertificates } from '../../../../src/actions/readCertificates.ts';
import { proxies, type ReadProxy } from '../../../mesh/proxyState/world.ts';

type Pod = ReadProxy['pod'];
type Recorded = Readonly<Record<Pod, Readonly<Record<string, unknown>>>>;

function recorded(setting: string): Recorded {
  const path = inProject('test', 'fixtures', 'proxy', `${setting}.json`);
  return JSON.parse(readFileSync(path, 'utf8')) as Recorded;
}

/** What istiod answered about all proxies when the dumps were recorded. */
export function recordedSyncStatus(): string {
  return readFileSync(inProject('test', 'fixtures', 'proxy', 'syncz.json'), 'utf8');
}

/** What a proxy of a real mesh answered in a setting; certificates and what it is are the same in all. */
export function recordedAnswers(setting: string, pod: Pod): ProxyAnswers {
  const answers = { ...recorded('no-policy')[pod], ...recorded(setting)[pod] };
  const texts = Object.entries(answers).map(
    ([question, answer]) => [question, { kind: 'read', value: JSON.stringify(answer) }] as const,
  );
  return Object.fromEntries(texts) as unknown as ProxyAnswers;
}

/** The same, decoded as the product decodes it. */
export function recordedProxy(setting: string, pod: Pod): ProxyState {
  const known = proxies.find((proxy) => proxy.pod === pod);
  if (known === undefined) throw new RangeError(pod);
  const answers = recordedAnswers(setting, pod);
  const syncStatus = { kind: 'read', value: [recordedSyncStatus()] } as const;
  const proxy = `${pod}.${known.namespace}`;
  return decodeProxy({ proxy, kind: known.kind, answers, syncStatus }, readCertificates);
}
