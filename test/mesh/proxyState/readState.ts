import { readCertificates } from '../../../src/actions/readCertificates.ts';
import { decodeProxy, type ProxyAnswers, type ProxyState } from '../../../src/mesh/index.ts';
import { askProxy, askSyncStatus } from './askProxy.ts';
import type { ReadProxy } from './world.ts';

/** What a running proxy has, asked and decoded as the product does. */
export async function readState(proxy: ReadProxy): Promise<ProxyState> {
  const texts = Object.entries(await askProxy(proxy)).map(
    ([question, value]) => [question, { kind: 'read', value }] as const,
  );
  const answers = Object.fromEntries(texts) as unknown as ProxyAnswers;
  const syncStatus = { kind: 'read', value: [await askSyncStatus()] } as const;
  const { kind, namespace, pod } = proxy;
  return decodeProxy({ proxy: `${pod}.${namespace}`, kind, answers, syncStatus }, readCertificates);
}
