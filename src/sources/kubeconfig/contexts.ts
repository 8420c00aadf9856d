import type { ClusterEntry, ExecEntry, UserEntry } from './kubeconfigEntry.ts';
import type { Kubeconfig } from './kubeconfig.ts';
import { textAt } from '../transport/jsonValue.ts';
import { OIDC } from './oidcToken.ts';
import { PROXY_SCHEMES } from './proxyTunnel.ts';
import { shownAddress } from '../transport/shownAddress.ts';

/** One context as a picker shows it. */
export interface ContextSummary {
  readonly name: string;
  readonly cluster: string;
  readonly server: string;
  readonly user: string;
  readonly namespace: string | undefined;
  /** Whether it is the kubeconfig's current context. */
  readonly current: boolean;
}

/** One context with everything that it refers to. */
export interface ChosenContext {
  readonly name: string;
  readonly namespace: string;
  readonly cluster: ClusterEntry;
  /** An empty user when the context names none: the server then sees no credentials. */
  readonly user: UserEntry;
}

export type ContextChoice =
  | { readonly kind: 'chosen'; readonly context: ChosenContext }
  | { readonly kind: 'unusable'; readonly cause: string };

/** All contexts in the order of the files. */
export function listContexts(kubeconfig: Kubeconfig): readonly ContextSummary[] {
  return [...kubeconfig.contexts].map(([name, context]) => ({
    name,
    cluster: context.cluster,
    server: shownAddress(kubeconfig.clusters.get(context.cluster)?.server ?? ''),
    user: context.user,
    namespace: context.namespace,
    current: name === kubeconfig.currentContext,
  }));
}

/** The named context, or the current one when no name is given. The cause is one sentence. */
export function chooseContext(kubeconfig: Kubeconfig, name?: string): ContextChoice {
  const wanted = name ?? kubeconfig.currentContext;
  if (wanted === undefined) return { kind: 'unusable', cause: whyNone(kubeconfig) };
  const context = kubeconfig.contexts.get(wanted);
  if (context === undefined) {
    return {
      kind: 'unusable',
      cause: `The kubeconfig has no context "${wanted}".${known(kubeconfig)}`,
    };
  }
  const cluster = kubeconfig.clusters.get(context.cluster);
  if (cluster === undefined) {
    return {
      kind: 'unusable',
      cause: `Context "${wanted}" names the cluster "${context.cluster}", which the kubeconfig does not have.`,
    };
  }
  if (!URL.canParse(cluster.server)) {
    return {
      kind: 'unusable',
      cause: `The server address "${shownAddress(cluster.server)}" of cluster "${context.cluster}" is not a URL.`,
    };
  }
  const user = context.user === '' ? {} : kubeconfig.users.get(context.user);
  if (user === undefined) {
    return {
      kind: 'unusable',
      cause: `Context "${wanted}" names the user "${context.user}", which the kubeconfig does not have.`,
    };
  }
  const unusable = whyUnusable(cluster, user);
  if (unusable !== undefined)
    return { kind: 'unusable', cause: `Context "${wanted}" cannot be used: ${unusable}.` };
  return {
    kind: 'chosen',
    context: { name: wanted, namespace: context.namespace ?? 'default', cluster, user },
  };
}

function whyNone(kubeconfig: Kubeconfig): string {
  if (kubeconfig.files.length === 0) return 'There is no kubeconfig file.';
  return `The kubeconfig names no current context.${known(kubeconfig)}`;
}

function known(kubeconfig: Kubeconfig): string {
  const names = [...kubeconfig.contexts.keys()];
  if (names.length === 0) return ' It has no contexts at all.';
  const more = names.length > 5 ? ` and ${names.length - 5} more` : '';
  return ` It has ${names.slice(0, 5).join(', ')}${more}.`;
}

/** What kubectl refuses before it asks a server anything; going on would be acting as somebody else than kubectl. */
function whyUnusable(cluster: ClusterEntry, user: UserEntry): string | undefined {
  return whyClusterUnusable(cluster) ?? whyUserUnusable(user);
}

function whyClusterUnusable(cluster: ClusterEntry): string | undefined {
  const [file, data] = [cluster.certificateAuthority, cluster.certificateAuthorityData];
  if (file !== undefined && data !== undefined) {
    return 'its cluster has both certificate-authority and certificate-authority-data';
  }
  if (cluster.insecureSkipTlsVerify && (file ?? data) !== undefined) {
    return 'its cluster has a certificate authority together with insecure-skip-tls-verify';
  }
  const { proxyUrl } = cluster;
  if (proxyUrl !== undefined && !PROXY_SCHEMES.includes(protocolOf(proxyUrl))) {
    return `its proxy-url "${shownAddress(proxyUrl)}" is not an address of http, https or socks5`;
  }
  return undefined;
}

function protocolOf(url: string): string {
  return URL.canParse(url) ? new URL(url).protocol : '';
}

function whyUserUnusable(user: UserEntry): string | undefined {
  const certificate = user.clientCertificate ?? user.clientCertificateData;
  const key = user.clientKey ?? user.clientKeyData;
  if (user.clientCertificate !== undefined && user.clientCertificateData !== undefined) {
    return 'its user has both client-certificate and client-certificate-data';
  }
  if (user.clientKey !== undefined && user.clientKeyData !== undefined) {
    return 'its user has both client-key and client-key-data';
  }
  if (certificate !== undefined && key === undefined)
    return 'its user has a client certificate without a key';
  const token = user.token ?? user.tokenFile;
  if (token !== undefined && user.username !== undefined)
    return 'its user has both a token and a user name';
  if (user.impersonate !== undefined && user.impersonate.user === undefined) {
    return 'its user impersonates groups or properties of nobody in particular';
  }
  const provider = user.authProvider && (textAt(user.authProvider, 'name') ?? '');
  if (provider !== undefined && provider !== OIDC) {
    return `its user signs in by the auth-provider "${provider}", which kubectl does not have any more either`;
  }
  return user.exec === undefined ? undefined : whyPluginUnusable(user.exec);
}

const PLUGIN_VERSIONS = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];

function whyPluginUnusable({
  apiVersion,
  command,
  interactiveMode,
}: ExecEntry): string | undefined {
  if (command === '') return 'its credential plugin has no command';
  if (!PLUGIN_VERSIONS.includes(apiVersion))
    return `its credential plugin speaks "${apiVersion}", which is not known`;
  if (interactiveMode === undefined && apiVersion === PLUGIN_VERSIONS[0]) {
    return 'its credential plugin does not say its interactiveMode';
  }
  if (interactiveMode === 'Always') return 'its credential plugin needs a terminal';
  return undefined;
}
