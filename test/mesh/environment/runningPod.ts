import { chownSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { startProgram, type ProgramProcess } from '../../support/kubernetes/programProcess.ts';
import { waitFor } from '../../support/kubernetes/waitFor.ts';
import { nodeAddress, nodeName } from './addresses.ts';
import type { Container, Pod } from './kubeTypes.ts';
import { openSandbox, type Sandbox, type SandboxOptions } from './podSandbox.ts';
import { mustRun, runToEnd } from './runProgram.ts';

/** The images that containers may name, besides Istio's own: what runs there is in this folder. */
export const applicationImage = 'mesh/application';

const proxyUser = 1337;
const proxyPath = '/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const proxyReadyLimitMs = 90_000;
const application = join(import.meta.dirname, 'application.ts');

export interface PodPlace extends Omit<SandboxOptions, 'hostNetwork'> {
  /** Where the containers' output goes, a file for each. */
  readonly logs: string;
}

/** The containers of a pod as processes in its namespaces. */
export interface RunningPod {
  readonly sandbox: Sandbox;
  /** The last lines of the proxy's log; empty without a proxy. */
  readonly proxyLog: () => string;
  dispose(): Promise<void>;
}

/** Starts a pod's containers and resolves when its proxy is ready. Its files must be there. */
export async function startPod(pod: Pod, place: PodPlace): Promise<RunningPod> {
  const sandbox = await openSandbox({ ...place, hostNetwork: pod.spec.hostNetwork === true });
  const containers = new PodContainers(pod, place, sandbox);
  try {
    await containers.start();
  } catch (error) {
    await containers.dispose();
    throw error;
  }
  return {
    sandbox,
    proxyLog: () => containers.proxyLog(),
    dispose: () => containers.dispose(),
  };
}

class PodContainers {
  readonly #pod: Pod;
  readonly #place: PodPlace;
  readonly #sandbox: Sandbox;
  readonly #processes: ProgramProcess[] = [];
  #proxy: ProgramProcess | undefined;

  constructor(pod: Pod, place: PodPlace, sandbox: Sandbox) {
    this.#pod = pod;
    this.#place = place;
    this.#sandbox = sandbox;
  }

  async start(): Promise<void> {
    mkdirSync(this.#place.logs, { recursive: true });
    const { initContainers = [], containers } = this.#pod.spec;
    for (const container of initContainers) {
      if (container.restartPolicy === 'Always') this.#startLasting(container);
      else await this.#runInit(container);
    }
    for (const container of containers) this.#startLasting(container);
    if (this.#proxy !== undefined) await this.#untilProxyReady(this.#proxy);
  }

  proxyLog(): string {
    return this.#proxy?.lastLines(15) ?? '';
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#processes.map((each) => each.end('SIGKILL')));
    this.#sandbox.dispose();
  }

  /** `istio-init` and `istio-validation` are programs of Istio; nothing else runs before a pod of ours. */
  async #runInit(container: Container): Promise<void> {
    if (!container.name.startsWith('istio-')) return;
    const env = this.#environment(container);
    const [first, ...args] = this.#sandbox.enter;
    const agent = ['/usr/local/bin/pilot-agent', ...this.#arguments(container, env)];
    await mustRun([first, ...args, ...agent], { env });
  }

  #startLasting(container: Container): void {
    const env = this.#environment(container);
    if (container.name === 'istio-proxy') {
      const asProxy = ['setpriv', '--reuid', '1337', '--regid', '1337', '--clear-groups'];
      const agent = ['/usr/local/bin/pilot-agent', ...this.#arguments(container, env)];
      this.#proxy = this.#startProcess(container, [...asProxy, ...agent], env);
    } else if (container.image === applicationImage) {
      const program = [process.execPath, application, ...(container.args ?? [])];
      const name = `${this.#pod.metadata.namespace ?? ''}/${this.#pod.metadata.name}`;
      this.#startProcess(container, program, { ...env, POD: name });
    }
  }

  #startProcess(
    container: Container,
    command: readonly string[],
    env: Readonly<Record<string, string>>,
  ): ProgramProcess {
    const log = join(this.#place.logs, `${container.name}.log`);
    closeSync(openSync(log, 'a'));
    // Envoy opens /dev/stdout anew, so the file must be the proxy's own.
    chownSync(log, proxyUser, proxyUser);
    const [path, ...args] = this.#sandbox.enter;
    const process = startProgram({
      name: container.name,
      path,
      args: [...args, ...command],
      log,
      env,
    });
    this.#processes.push(process);
    return process;
  }

  async #untilProxyReady(proxy: ProgramProcess): Promise<void> {
    const ask = ['curl', '-s', '-o', '/dev/null', '-m', '3', '-f'];
    const [first, ...args] = this.#sandbox.enter;
    const url = `http://${this.#place.address}:15021/healthz/ready`;
    await waitFor('the proxy to be ready', proxyReadyLimitMs, async () => {
      if (proxy.ended) throw new Error('it ended');
      return (await runToEnd([first, ...args, ...ask, url])).code === 0;
    });
  }

  #arguments(container: Container, env: Readonly<Record<string, string>>): readonly string[] {
    return (container.args ?? []).map((argument) => expand(argument, env));
  }

  #environment(container: Container): Record<string, string> {
    const env: Record<string, string> = { PATH: proxyPath, HOME: '/tmp' };
    for (const { name, value, valueFrom } of container.env ?? []) {
      if (value !== undefined) env[name] = value;
      else if (valueFrom?.fieldRef) env[name] = this.#field(valueFrom.fieldRef.fieldPath);
      else if (valueFrom?.resourceFieldRef)
        env[name] = resource(valueFrom.resourceFieldRef.resource);
    }
    // Upstream Envoy has no filter for it.
    env['PEER_METADATA_DISCOVERY'] = 'false';
    return Object.fromEntries(
      Object.entries(env).map(([name, value]) => [name, expand(value, env)]),
    );
  }

  #field(path: string): string {
    const { metadata, spec } = this.#pod;
    const fields: Readonly<Record<string, string | undefined>> = {
      'metadata.name': metadata.name,
      'metadata.namespace': metadata.namespace,
      'metadata.uid': metadata.uid,
      'status.podIP': this.#place.address,
      'status.hostIP': nodeAddress,
      'spec.nodeName': nodeName,
      'spec.serviceAccountName': spec.serviceAccountName,
    };
    return fields[path] ?? '';
  }
}

function resource(name: string): string {
  return name.includes('cpu') ? '1' : String(2 ** 30);
}

/** Kubernetes' `$(NAME)` in arguments and values. */
function expand(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$\((\w+)\)/g, (whole, name: string) => env[name] ?? whole);
}
