package main

import (
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

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

// inboundAnswers gives "<mode>" for every pod and port, and "<mode> <xxx>" for pods with a sidecar,
// where each x is what the sidecar's inbound listener does with one of the wires.
func inboundAnswers(server *xds.FakeDiscoveryServer, pods []*corev1.Pod, ports []uint32) map[string]map[string]string {
	push := server.PushContext()
	answers := map[string]map[string]string{}
	for _, pod := range pods {
		policy := authn.NewMtlsPolicy(push, push.AuthnPolicies, pod.Namespace, pod.Labels, false)
		chains := inboundChains(server, pod)
		byPort := map[string]string{}
		for _, port := range ports {
			given := modeLetter(policy.GetMutualTLSModeForPort(port))
			if chains != nil {
				given += " " + treatment(chains, port)
			}
			byPort[strconv.Itoa(int(port))] = given
		}
		answers[podKey(pod)] = byPort
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

// inboundChains are the filter chains behind which a sidecar serves its pod; nil without a sidecar.
func inboundChains(server *xds.FakeDiscoveryServer, pod *corev1.Pod) []*listener.FilterChain {
	if envoyType(pod) != model.SidecarProxy {
		return nil
	}
	for _, built := range server.Listeners(proxyOf(server, pod)) {
		if built.Name == model.VirtualInboundListenerName {
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

// chainLetter: x nothing serves it, m mutual TLS is terminated, t TLS without client certificate is
// terminated, h the bytes go into the HTTP codec, r the bytes go to the application as they are.
func chainLetter(chain *listener.FilterChain) string {
	if chain == nil {
		return "x"
	}
	if socket := chain.GetTransportSocket(); socket != nil {
		context := &tls.DownstreamTlsContext{}
		if err := socket.GetTypedConfig().UnmarshalTo(context); err == nil && context.GetRequireClientCertificate().GetValue() {
			return "m"
		}
		return "t"
	}
	for _, filter := range chain.GetFilters() {
		if filter.GetName() == wellknown.HTTPConnectionManager {
			return "h"
		}
	}
	return "r"
}
