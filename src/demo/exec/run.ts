import type { ExecOutcome, ExecRequest } from '../api/exec.ts';
import { hasCurl } from '../dataPlane/applications.ts';
import type { DataPlane } from '../dataPlane/dataPlane.ts';
import { containerNamed } from '../dataPlane/podFacts.ts';
import type { Storage } from '../objects/storage.ts';
import { runPilotAgent, runPilotDiscovery } from './agent.ts';
import { runCurl } from './curl.ts';

/**
 * Runs a command in a container. The demo's containers hold `true`, and `curl` where the real
 * images hold it; proxies and istiod hold Istio's own programs. Everything else is missing, shells above all.
 */
export async function runCommand(
  request: ExecRequest,
  options: {
    readonly storage: Storage;
    readonly dataPlane: DataPlane;
    readonly curl: string;
  },
): Promise<ExecOutcome> {
  const [executable = ''] = request.command;
  const container = containerNamed(request.pod, request.container);
  const name = executable.replace(/^\/(usr\/)?bin\//, '');
  if (name === 'true') return { kind: 'exited', code: 0 };
  if (name === 'pilot-agent' && request.container === 'istio-proxy')
    return runPilotAgent(request, options);
  if (name === 'pilot-discovery' && request.container === 'discovery')
    return runPilotDiscovery(request, options);
  if (name !== 'curl' || !hasCurl(container)) return { kind: 'executable-missing', executable };
  return runCurl(request, {
    dataPlane: options.dataPlane,
    executable: options.curl,
    bypass: request.container === 'istio-proxy',
  });
}
