import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { gatewayAddress, nodeAddress } from './addresses.ts';
import { mustRun, runToEnd, shell, type Ended, type RunOptions } from './runProgram.ts';

/** What of a pod's own files is seen where, in its mount namespace. */
const mounts: readonly (readonly [file: string, seenAs: string])[] = [
  ['resolv.conf', '/etc/resolv.conf'],
  ['hosts', '/etc/hosts'],
  ['secrets', '/run/secrets'],
  ['etc-istio', '/etc/istio'],
  ['var-lib-istio', '/var/lib/istio'],
];

export interface SandboxOptions {
  /** The name of the pod's end of the link in the node's namespace; up to 15 characters. */
  readonly link: string;
  readonly address: string;
  /** Holds the pod's files. */
  readonly folder: string;
  /** Holds the programs of Istio, seen as /usr/local/bin. */
  readonly programs: string;
  /** True for a pod on the host's network: it has no network of its own. */
  readonly hostNetwork: boolean;
}

/** A pod's network and mount namespaces, which live as long as the process that does nothing else. */
export interface Sandbox {
  readonly pid: number;
  /** The command that runs something in these namespaces, before that something. */
  readonly enter: readonly [string, ...string[]];
  dispose(): void;
}

export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  const pause = await startPause(options);
  const { pid } = pause;
  if (pid === undefined) throw new Error('the process that holds the namespaces did not start');
  const network = options.hostNetwork ? [] : ['--net'];
  if (!options.hostNetwork) await connect(options, pid);
  return {
    pid,
    enter: ['nsenter', '--target', String(pid), '--mount', ...network, '--'],
    dispose: () => pause.kill('SIGKILL'),
  };
}

/** The way into the namespaces of a pod, by the process that holds them. */
export function entering(pid: number): readonly [string, ...string[]] {
  return ['nsenter', '--target', String(pid), '--mount', '--net', '--'];
}

async function startPause(options: SandboxOptions): Promise<ChildProcess> {
  const { folder, programs, hostNetwork } = options;
  const script = [
    'mount --make-rprivate /',
    ...mounts.map(([file, seenAs]) => `mount --bind ${folder}/${file} ${seenAs}`),
    `mount --rbind ${programs} /usr/local/bin`,
    'echo ready',
    'exec sleep infinity',
  ].join('\n');
  const namespaces = ['--mount', ...(hostNetwork ? [] : ['--net'])];
  const pause = spawn('unshare', [...namespaces, 'sh', '-e', '-c', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await Promise.race([
    once(pause.stdout, 'data'),
    once(pause, 'exit').then(() => {
      throw new Error(`the namespaces of ${folder} could not be made`);
    }),
  ]);
  return pause;
}

/** The link between the pod's and the node's namespaces: one address, and everything goes to the node. */
async function connect({ link, address }: SandboxOptions, pid: number): Promise<void> {
  await shell([
    `ip link add ${link} type veth peer name eth0 netns ${pid}`,
    `ip link set ${link} up`,
    `echo 1 > /proc/sys/net/ipv4/conf/${link}/proxy_arp`,
    `echo 0 > /proc/sys/net/ipv4/conf/${link}/rp_filter`,
    `ip route replace ${address}/32 dev ${link} src ${nodeAddress}`,
  ]);
  const inPod = [
    'ip link set lo up',
    `ip addr add ${address}/32 dev eth0`,
    'ip link set eth0 up',
    `ip route add ${gatewayAddress} dev eth0 scope link`,
    `ip route add default via ${gatewayAddress}`,
    'echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6 2>/dev/null || true',
    'echo 0 > /proc/sys/net/ipv4/ip_unprivileged_port_start',
    'echo 0 > /proc/sys/net/ipv4/conf/all/rp_filter',
  ].join('\n');
  await mustRun(['nsenter', '--target', String(pid), '--net', '--', 'sh', '-e', '-c', inPod]);
}

/** The user that applications run as; the proxy's traffic is told from theirs by its user. */
const applicationUser = ['--reuid', '65534', '--regid', '65534', '--clear-groups'] as const;

/** Runs a command in a pod as its application would: with its network, its DNS, and not as the proxy's user. */
export function runAsApplication(
  pid: number,
  command: readonly [string, ...string[]],
  options?: RunOptions,
): Promise<Ended> {
  return runToEnd([...entering(pid), 'setpriv', ...applicationUser, ...command], options);
}
