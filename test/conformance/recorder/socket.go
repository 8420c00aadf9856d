package main

import (
	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	internal "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/internal_upstream/v3"
)

// innermostSocket unwraps the socket that passes metadata into an HBONE tunnel: what it wraps is what the
// application's bytes are put into before they enter the tunnel.
func innermostSocket(socket *core.TransportSocket) *core.TransportSocket {
	wrapper := &internal.InternalUpstreamTransport{}
	if socket != nil && socket.GetTypedConfig().UnmarshalTo(wrapper) == nil {
		return wrapper.GetTransportSocket()
	}
	return socket
}
