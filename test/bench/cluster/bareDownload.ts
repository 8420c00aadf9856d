import { chooseContext } from '../../../src/sources/kubeconfig/contexts.ts';
import { loadKubeconfig } from '../../../src/sources/kubeconfig/kubeconfig.ts';
import { collectionPath, KUBE_RESOURCES } from '../../../src/sources/cluster/kubeResource.ts';
import { PAGE_SIZE } from '../../../src/sources/cluster/resourceReader.ts';
import { Agent, request } from 'node:https';
import { answerQuestions } from './answers.ts';
import type { Downloaded } from './messages.ts';

// The least that any program does that reads the same lists: it asks for page after page, all kinds at once, and
// parses each page, since that is where the token of the next page stands.

interface Progress {
  bytes: number;
}

interface Page {
  readonly metadata: { readonly continue?: string };
}

function readBytes(url: string, agent: Agent): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', () => {
        resolve(Buffer.concat(chunks));
      });
      response.once('error', reject);
    });
    sent.once('error', reject);
    sent.end();
  });
}

async function downloadList(path: string, agent: Agent, progress: Progress): Promise<void> {
  let next = '';
  do {
    const url = `${path}?limit=${PAGE_SIZE}${next === '' ? '' : `&continue=${next}`}`;
    const bytes = await readBytes(url, agent);
    const page = JSON.parse(bytes.toString('utf8')) as Page;
    progress.bytes += bytes.length;
    next = page.metadata.continue ?? '';
  } while (next !== '');
}

async function download(kubeconfigPath: string): Promise<Downloaded> {
  const loaded = await loadKubeconfig([kubeconfigPath]);
  if (loaded.kind !== 'loaded') throw new Error('the kubeconfig cannot be read');
  const choice = chooseContext(loaded.kubeconfig, undefined);
  if (choice.kind === 'unusable') throw new Error(choice.cause);
  const { cluster } = choice.context;
  const ca = Buffer.from(cluster.certificateAuthorityData ?? '', 'base64');
  const agent = new Agent({ keepAlive: true, ca });
  const progress: Progress = { bytes: 0 };
  const startedAt = performance.now();
  await Promise.all(
    KUBE_RESOURCES.map((resource) => {
      const path = collectionPath(resource, resource.versions[0], namespaceOf(resource.kind));
      return downloadList(cluster.server + path, agent, progress);
    }),
  );
  const ms = performance.now() - startedAt;
  agent.destroy();
  return { ...progress, ms };
}

/** Config maps are read beside the control plane only, by the product as well. */
function namespaceOf(kind: string): string {
  return kind === 'ConfigMap' ? 'istio-system' : '';
}

answerQuestions(({ kubeconfigPath }: { readonly kubeconfigPath: string }) =>
  download(kubeconfigPath),
);
