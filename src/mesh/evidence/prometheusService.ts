import type { Service, ServicePort } from '../model/objects.ts';
import type { Mesh } from '../snapshot/mesh.ts';
import { servicesIn } from '../snapshot/mesh.ts';

/** Where a Prometheus answers: a port of a Service, through the API server, or an address of its own. */
export type PrometheusAddress =
  | {
      readonly kind: 'service';
      readonly namespace: string;
      readonly name: string;
      readonly port: number;
      readonly scheme: 'http' | 'https';
    }
  | { readonly kind: 'url'; readonly url: string };

/** Where a Prometheus listens if nobody says otherwise. */
const USUAL_PORT = 9090;

/** The Prometheus beside the control plane, as Istio's samples and charts install it; undefined where there is none. */
export function prometheusBesideControlPlane(mesh: Mesh): PrometheusAddress | undefined {
  const services = servicesIn(mesh, mesh.rootNamespace).filter(isPrometheus);
  const named = services.find(({ name }) => name === 'prometheus') ?? services[0];
  const port = named && portOf(named);
  if (named === undefined || port === undefined) return undefined;
  const { namespace, name } = named;
  return { kind: 'service', namespace, name, port: port.port, scheme: schemeOf(port) };
}

function isPrometheus({ name, labels, externalName }: Service): boolean {
  if (externalName !== undefined) return false;
  const app = labels['app.kubernetes.io/name'] ?? labels['app'];
  return name === 'prometheus' || app === 'prometheus';
}

function portOf({ ports }: Service): ServicePort | undefined {
  const tcp = ports.filter(({ protocol }) => protocol === 'TCP');
  return tcp.find(({ port }) => port === USUAL_PORT) ?? tcp[0];
}

function schemeOf({ name }: ServicePort): 'http' | 'https' {
  return name.startsWith('https') ? 'https' : 'http';
}

/**
 * What the setting names: `NAMESPACE/SERVICE`, `NAMESPACE/SERVICE:PORT`, or an address that begins with `http://` or
 * `https://`. Else why it names nothing, in one sentence.
 */
export function readPrometheusAddress(
  mesh: Mesh,
  text: string,
): PrometheusAddress | { readonly kind: 'wrong'; readonly why: string } {
  if (/^https?:\/\//i.test(text)) return readUrl(text);
  const name = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?';
  const [, namespace, service, port] =
    new RegExp(`^(${name})/(${name})(?::(\\d{1,5}))?$`).exec(text) ?? [];
  if (namespace === undefined || service === undefined) {
    const why = `"${text}" names no Prometheus: write NAMESPACE/SERVICE, NAMESPACE/SERVICE:PORT or an address that begins with https://.`;
    return { kind: 'wrong', why };
  }
  const known = servicesIn(mesh, namespace).find((one) => one.name === service);
  const asked = port === undefined ? undefined : Number(port);
  const found =
    asked === undefined ? known && portOf(known) : known?.ports.find((one) => one.port === asked);
  return {
    kind: 'service',
    namespace,
    name: service,
    port: asked ?? found?.port ?? USUAL_PORT,
    scheme: found === undefined ? 'http' : schemeOf(found),
  };
}

/** A name and a password in an address would be shown with it. */
function readUrl(text: string): ReturnType<typeof readPrometheusAddress> {
  if (/^https?:\/\/[^/]*@/i.test(text)) {
    const why =
      'The address of the Prometheus has a password in it: take it out, and set it with "Set Prometheus Credentials".';
    return { kind: 'wrong', why };
  }
  if (!/^https?:\/\/[^/\s?#]+(\/[^\s?#]*)?$/i.test(text))
    return { kind: 'wrong', why: `"${text}" is no address of a Prometheus.` };
  return { kind: 'url', url: text.replace(/\/+$/, '') };
}
