import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { gatewayAddress, nodeAddress, serviceRange } from './addresses.ts';
import { meshFolder } from './meshFolder.ts';
import { shell } from './runProgram.ts';

/** Folders that pilot-agent and istiod expect, of which a machine has none. */
const mountPoints = ['/etc/istio', '/var/lib/istio', '/run/secrets'];

/**
 * Makes this process's own mount namespace ready: /run is empty, and the folders that Istio expects are there, none of
 * which the machine sees.
 */
export async function makeMounts(): Promise<void> {
  const layer = (folder: string, name: string): readonly string[] => {
    const of = join(meshFolder, 'overlay', name);
    return [
      `mkdir -p ${of}/upper ${of}/work`,
      `mount -t overlay overlay -o lowerdir=${folder},upperdir=${of}/upper,workdir=${of}/work ${folder}`,
    ];
  };
  await shell([
    'mount --make-rprivate /',
    'mount -t tmpfs -o mode=755 tmpfs /run',
    ...layer('/etc', 'etc'),
    ...layer('/var/lib', 'var-lib'),
  ]);
  for (const folder of mountPoints) mkdirSync(folder, { recursive: true });
}

/** Makes this process's own network namespace the node of the mesh: its address, and a way for packets of pods. */
export async function makeNodeNetwork(): Promise<void> {
  await shell([
    'ip link set lo up',
    // A pair carries the node's address, for not every kernel has dummy devices.
    'ip link add node0 type veth peer name node1',
    `ip addr add ${nodeAddress}/32 dev node0`,
    `ip addr add ${gatewayAddress}/32 dev node0 scope link`,
    'ip link set node1 up',
    'ip link set node0 up',
    // Without a route, packets to Services would be dropped before their address is translated.
    `ip route add ${serviceRange} dev node0 src ${nodeAddress}`,
    'echo 1 > /proc/sys/net/ipv4/ip_forward',
    'echo 0 > /proc/sys/net/ipv4/conf/all/rp_filter',
    'echo 0 > /proc/sys/net/ipv4/conf/default/rp_filter',
  ]);
}
