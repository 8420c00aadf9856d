import { arrayAt, asObject, objectAt, objectsAt, stringAt, type Json } from '../model/json.ts';

/** The JSON object of a text; undefined for anything else. */
export function jsonObject(text: string): Json | undefined {
  return asObject(json(text));
}

/** The value of a JSON text; undefined for what is none. */
export function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The entries of one list of an Envoy configuration dump, such as `dynamic_listeners`. A dump that was asked for with
 * `resource=` has them in `configs` themselves, a whole one in its sections. Undefined for what is no dump at all.
 * Source: envoyproxy.io/docs/envoy/latest/operations/admin, `/config_dump`.
 */
export function entriesOf(dump: string, list: string): readonly Json[] | undefined {
  const root = jsonObject(dump);
  if (root === undefined) return undefined;
  // Envoy leaves an empty list out.
  const configs = objectsAt(root, 'configs');
  return configs.flatMap((config) => (isSection(config) ? objectsAt(config, list) : [config]));
}

/** Sections are named `type.googleapis.com/envoy.admin.v3.ListenersConfigDump`, entries have one more name behind it. */
function isSection(config: Json): boolean {
  return (stringAt(config, '@type') ?? '').endsWith('ConfigDump');
}

/** The TLS context of a transport socket, and whether its other side must show a certificate. */
export interface TlsContext {
  /** The names of the certificates that are shown, as the secrets are named; `(inline)` for one without a name. */
  readonly shown: readonly string[];
  readonly requiresClient: boolean;
}

/** The TLS of a transport socket; undefined for a socket without. */
export function tlsContextOf(socket: Json): TlsContext | undefined {
  if (!(stringAt(socket, 'name') ?? '').endsWith('.tls')) return undefined;
  const context = objectAt(socket, 'typed_config');
  const common = objectAt(context, 'common_tls_context');
  const named = objectsAt(common, 'tls_certificate_sds_secret_configs').map(
    (secret) => stringAt(secret, 'name') ?? '',
  );
  const inline = arrayAt(common, 'tls_certificates').map(() => '(inline)');
  return {
    shown: [...named, ...inline],
    requiresClient: context['require_client_certificate'] === true,
  };
}

/** The name under which Istio’s agent hands a proxy its certificate of the mesh (R254, R255). */
export const MESH_CERTIFICATE = 'default';

/** The name of the roots of the mesh (R254, R255). */
export const MESH_ROOTS = 'ROOTCA';
