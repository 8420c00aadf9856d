package main

import (
	"strconv"
	"strings"

	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	tls "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"

	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/pkg/security/authn"
	"istio.io/istio/pilot/test/xds"
	"istio.io/istio/pkg/wellknown"
)

// wires are the three first bytes a client can send: plaintext, mutual TLS as Istio's clients open it,
// and TLS that some other program opened.
var wires = []struct{ transport, alpn string }{
	{"raw_buffer", ""},
	{"tls", "istio"},
	{"tls", "http/1.1"},
}

// inboundAnswers gives "<mode>" for every node and port, and "<mode> <xxx>" for nodes with an Envoy,
// where each x is what its listener does with one of the wires.
func inboundAnswers(server *xds.FakeDiscoveryServer, nodes []node, ports []uint32) map[string]map[string]string {
	push := server.PushContext()
	answers := map[string]map[string]string{}
	for _, one := range nodes {
		policy := authn.NewMtlsPolicy(push, push.AuthnPolicies, one.namespace, one.labels, false)
		var listeners []*listener.Listener
		if one.envoy != "" {
			listeners = server.Listeners(proxyOf(server, one))
		}
		byPort := map[string]string{}
		for _, port := range ports {
			given := modeLetter(policy.GetMutualTLSModeForPort(port))
			if one.envoy != "" {
				given += " " + treatment(chainsAt(listeners, one.envoy, port), port)
			}
			byPort[strconv.Itoa(int(port))] = given
		}
		answers[one.key()] = byPort
	}
	return answers
}

func modeLetter(mode model.MutualTLSMode) string {
	switch mode {
	case model.MTLSStrict:
		return "S"
	case model.MTLSDisable:
		return "D"
	case model.MTLSPermissive:
		return "P"
	default:
		return "?"
	}
}

// chainsAt are the filter chains behind which an Envoy serves a port: a sidecar has one listener for
// all that comes in, a gateway one for each port that a Gateway names.
func chainsAt(listeners []*listener.Listener, envoy model.NodeType, port uint32) []*listener.FilterChain {
	for _, built := range listeners {
		if envoy == model.SidecarProxy && built.Name == model.VirtualInboundListenerName {
			return built.FilterChains
		}
		if envoy == model.Router && built.GetAddress().GetSocketAddress().GetPortValue() == port {
			return built.FilterChains
		}
	}
	return nil
}

func treatment(chains []*listener.FilterChain, port uint32) string {
	candidates := chainsForPort(chains, port)
	var letters strings.Builder
	for _, wire := range wires {
		letters.WriteString(chainLetter(matchChain(candidates, wire.transport, wire.alpn)))
	}
	return letters.String()
}

// chainsForPort follows Envoy's matching: chains that name the destination port, else those that name none.
func chainsForPort(chains []*listener.FilterChain, port uint32) []*listener.FilterChain {
	var named, unnamed []*listener.FilterChain
	for _, chain := range chains {
		match := chain.GetFilterChainMatch()
		switch {
		case match.GetDestinationPort() == nil:
			unnamed = append(unnamed, chain)
		case match.GetDestinationPort().GetValue() == port:
			named = append(named, chain)
		}
	}
	if len(named) > 0 {
		return named
	}
	return unnamed
}

// matchChain narrows by transport protocol, then by ALPN, without going back, as Envoy does. Where no
// chain asks for TLS the listener does not inspect TLS, so its bytes are raw bytes.
func matchChain(chains []*listener.FilterChain, transport, alpn string) *listener.FilterChain {
	inspectsTLS := false
	for _, chain := range chains {
		inspectsTLS = inspectsTLS || chain.GetFilterChainMatch().GetTransportProtocol() == "tls"
	}
	if transport == "tls" && !inspectsTLS {
		transport, alpn = "raw_buffer", ""
	}
	narrowed := narrow(chains, func(match *listener.FilterChainMatch) string { return match.GetTransportProtocol() }, transport)
	var exact, general *listener.FilterChain
	for _, chain := range narrowed {
		protocols := chain.GetFilterChainMatch().GetApplicationProtocols()
		if len(protocols) == 0 && general == nil {
			general = chain
		}
		for _, protocol := range protocols {
			if protocol == alpn && exact == nil {
				exact = chain
			}
		}
	}
	if exact != nil {
		return exact
	}
	return general
}

func narrow(chains []*listener.FilterChain, field func(*listener.FilterChainMatch) string, value string) []*listener.FilterChain {
	var exact, general []*listener.FilterChain
	for _, chain := range chains {
		switch field(chain.GetFilterChainMatch()) {
		case value:
			exact = append(exact, chain)
		case "":
			general = append(general, chain)
		}
	}
	if len(exact) > 0 {
		return exact
	}
	return general
}

// chainLetter: x nothing serves it, m mutual TLS of the mesh is terminated, u mutual TLS with other
// certificates, t TLS without client certificate, h the bytes go into the HTTP codec, r the bytes go to the application as they are.
func chainLetter(chain *listener.FilterChain) string {
	if chain == nil {
		return "x"
	}
	if socket := chain.GetTransportSocket(); socket != nil {
		context := &tls.DownstreamTlsContext{}
		if err := socket.GetTypedConfig().UnmarshalTo(context); err != nil || !context.GetRequireClientCertificate().GetValue() {
			return "t"
		}
		if context.GetCommonTlsContext().GetTlsCertificateSdsSecretConfigs()[0].GetName() != "default" {
			return "u"
		}
		return "m"
	}
	for _, filter := range chain.GetFilters() {
		if filter.GetName() == wellknown.HTTPConnectionManager {
			return "h"
		}
	}
	return "r"
}
