import type { JsonObject } from '../objects/json.ts';

/*
 * Envoy's words for TLS, as istiod writes them: github.com/istio/istio, pilot/pkg/security/model/authentication.go.
 */

const typeUrl = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3';

const shownByMesh = { tls_certificate_sds_secret_configs: [{ name: 'default' }] };
const trustsMesh = {
  combined_validation_context: { validation_context_sds_secret_config: { name: 'ROOTCA' } },
};

/** A server's mutual TLS of the mesh. */
export const meshServer: JsonObject = {
  name: 'envoy.transport_sockets.tls',
  typed_config: {
    '@type': `${typeUrl}.DownstreamTlsContext`,
    common_tls_context: { ...shownByMesh, ...trustsMesh },
    require_client_certificate: true,
  },
};

/** A client's mutual TLS of the mesh. */
export const meshClient: JsonObject = clientSocket({ ...shownByMesh, ...trustsMesh });

/** TLS without a client certificate. */
export const oneWayClient: JsonObject = clientSocket({});

/** TLS with a certificate that is not the mesh's. */
export const ownClient: JsonObject = clientSocket({
  tls_certificate_sds_secret_configs: [{ name: 'file-cert:own' }],
});

export const noTls: JsonObject = { name: 'envoy.transport_sockets.raw_buffer' };

function clientSocket(common: JsonObject): JsonObject {
  const config = { '@type': `${typeUrl}.UpstreamTlsContext`, common_tls_context: common };
  return { name: 'envoy.transport_sockets.tls', typed_config: config };
}
