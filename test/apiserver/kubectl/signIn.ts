import { chooseContext } from '../../../src/sources/kubeconfig/contexts.ts';
import { openCredentials } from '../../../src/sources/kubeconfig/credentials.ts';
import { loadKubeconfig } from '../../../src/sources/kubeconfig/kubeconfig.ts';
import { openTransport } from '../../../src/sources/transport/httpsTransport.ts';

/** Asks the server of a context for its version, as the product does; asks nobody where the kubeconfig cannot be used. */
export async function askForVersion(paths: readonly string[], context?: string): Promise<void> {
  const load = await loadKubeconfig(paths);
  if (load.kind === 'broken') return;
  const choice = chooseContext(load.kubeconfig, context);
  if (choice.kind === 'unusable') return;
  const transport = openTransport({
    server: choice.context.cluster.server,
    credentials: openCredentials(choice.context),
  });
  await transport.request({ method: 'GET', path: '/version', timeoutMs: 10_000 });
  transport.close();
}
