import { apiServerPort, apiServiceAddress, dnsServiceAddress, nodeAddress } from './addresses.ts';
import type { EndpointSlice, Service } from './kubeTypes.ts';

/** nftables rules that do in the node's namespace what kube-proxy does: translate the addresses of Services. */
export function serviceRules(
  services: Iterable<Service>,
  slicesOf: (service: Service) => readonly EndpointSlice[],
): string {
  const translate = [
    `ip daddr ${dnsServiceAddress} udp dport 53 dnat to ${nodeAddress}:53`,
    `ip daddr ${apiServiceAddress} tcp dport 443 dnat to ${nodeAddress}:${apiServerPort}`,
  ];
  const reject: string[] = [];
  const endpoints = new Set<string>();
  for (const service of services) {
    if (!hasAddress(service)) continue;
    for (const { name = '', port, protocol = 'TCP' } of service.spec.ports ?? []) {
      const match = `ip daddr ${service.spec.clusterIP ?? ''} ${protocol.toLowerCase()} dport ${port}`;
      const targets = targetsOf(slicesOf(service), name);
      translate.push(...translations(match, targets));
      if (targets.length === 0) reject.push(`${match} reject`);
      for (const { address } of targets) endpoints.add(address);
    }
  }
  return table(translate, reject, [...endpoints].map(hairpin));
}

interface Target {
  readonly address: string;
  readonly port: number;
}

function hasAddress({ metadata, spec }: Service): boolean {
  const isOwn = metadata.namespace === 'default' && metadata.name === 'kubernetes';
  return (
    spec.clusterIP !== undefined && spec.clusterIP !== 'None' && spec.clusterIP !== '' && !isOwn
  );
}

function targetsOf(slices: readonly EndpointSlice[], portName: string): readonly Target[] {
  return slices.flatMap(({ endpoints, ports }) => {
    const port = (ports ?? []).find(({ name }) => (name ?? '') === portName)?.port;
    if (port === undefined) return [];
    return (endpoints ?? [])
      .filter(({ conditions }) => conditions?.ready !== false)
      .flatMap(({ addresses: [address] }) => (address === undefined ? [] : [{ address, port }]));
  });
}

/** A pod that reaches itself through a Service must not answer itself directly. */
function hairpin(address: string): string {
  return `ip saddr ${address} ip daddr ${address} masquerade`;
}

function translations(match: string, targets: readonly Target[]): readonly string[] {
  const [only] = targets;
  if (only === undefined) return [];
  if (targets.length === 1) return [`${match} dnat to ${only.address}:${only.port}`];
  const map = targets.map(({ address, port }, index) => `${index} : ${address} . ${port}`);
  return [`${match} dnat to numgen random mod ${targets.length} map { ${map.join(', ')} }`];
}

function table(
  translate: readonly string[],
  reject: readonly string[],
  hairpins: readonly string[],
): string {
  const chain = (name: string, lines: readonly string[]): string =>
    ` chain ${name} {\n${lines.map((line) => `  ${line}\n`).join('')} }\n`;
  return [
    'table ip services\ndelete table ip services\ntable ip services {\n',
    chain('translate', translate),
    chain('unreachable', reject),
    chain('from_pods', ['type nat hook prerouting priority -100', 'jump translate']),
    chain('from_node', ['type nat hook output priority -100', 'jump translate']),
    chain('forwarded', ['type filter hook forward priority 0', 'jump unreachable']),
    chain('sent', ['type filter hook output priority 0', 'jump unreachable']),
    chain('to_pods', ['type nat hook postrouting priority 100', ...hairpins]),
    '}\n',
  ].join('');
}
