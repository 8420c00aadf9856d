import { BlockList, isIP, isIPv6 } from 'node:net';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that the environment names for a server, as kubectl takes it where the kubeconfig has no `proxy-url`; undefined
 * for none. Source: pkg.go.dev/golang.org/x/net/http/httpproxy.
 */
export function environmentProxy(
  server: string,
  env: Environment = process.env,
): string | undefined {
  const { protocol, hostname, port } = new URL(server);
  const isTls = protocol === 'https:';
  const proxy = isTls ? variable(env, 'HTTPS_PROXY') : variable(env, 'HTTP_PROXY');
  if (proxy === undefined) return undefined;
  const host = hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  if (isThisMachine(host)) return undefined;
  const at = { host, port: port === '' ? (isTls ? '443' : '80') : port };
  const excepted = (variable(env, 'NO_PROXY') ?? '').split(',').map((entry) => entry.trim());
  if (excepted.some((entry) => entry !== '' && covers(entry.toLowerCase(), at))) return undefined;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

function variable(env: Environment, name: string): string | undefined {
  return env[name] || env[name.toLowerCase()] || undefined;
}

function isThisMachine(host: string): boolean {
  if (host === 'localhost') return true;
  return isIP(host) !== 0 && (host === '::1' || host.startsWith('127.'));
}

/** Whether an entry of NO_PROXY is about the server: `*`, an address, a range of addresses, or a domain. */
function covers(entry: string, { host, port }: { host: string; port: string }): boolean {
  if (entry === '*') return true;
  const [, range, bits] = /^([^/]+)\/(\d+)$/.exec(entry) ?? [];
  if (range !== undefined && isIP(range) !== 0) return isInRange(host, range, Number(bits));
  if (isIP(entry) !== 0) return entry === host;
  const [, name = entry, ofPort] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  if (ofPort !== undefined && ofPort !== port) return false;
  const domain = name.replace(/^\*?\./, '');
  return host.endsWith(`.${domain}`) || (domain === name && host === domain);
}

function isInRange(host: string, range: string, bits: number): boolean {
  if (isIP(host) === 0 || isIP(host) !== isIP(range)) return false;
  const family = isIPv6(host) ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  if (bits > (family === 'ipv6' ? 128 : 32)) return false;
  list.addSubnet(range, bits, family);
  return list.check(host, family);
}
