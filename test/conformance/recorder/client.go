package main

import (
	"fmt"
	"slices"
	"strings"

	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	endpoint "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	tls "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	"google.golang.org/protobuf/types/known/structpb"

	networking "istio.io/api/networking/v1alpha3"
	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/pkg/networking/util"
	"istio.io/istio/pilot/test/xds"
)

// clientAnswers says for every node with an Envoy and every outbound cluster what goes on the wire:
// "E" and "ip=letter" for each endpoint Istio hands out, or "O" and a letter where the client keeps the
// address it was given (ORIGINAL_DST), or "D" for a cluster resolved by DNS. The cluster "*" stands for
// hosts that the Envoy does not know: "p" where their bytes are passed through, "x" where they are not.
func clientAnswers(server *xds.FakeDiscoveryServer, nodes []node) map[string]map[string]string {
	answers := map[string]map[string]string{}
	for _, one := range nodes {
		if one.envoy == "" || one.isWritten {
			continue
		}
		proxy := proxyOf(server, one)
		loads := map[string]*endpoint.ClusterLoadAssignment{}
		for _, load := range server.Endpoints(proxy) {
			loads[load.ClusterName] = load
		}
		byCluster := map[string]string{"*": unknownHostLetter(proxy)}
		for _, built := range server.Clusters(proxy) {
			direction, subset, host, port := model.ParseSubsetKey(built.Name)
			if direction != model.TrafficDirectionOutbound || strings.Count(built.Name, "|") != 3 {
				continue
			}
			byCluster[fmt.Sprintf("%s:%d/%s", host, port, subset)] = clusterAnswer(built, loads[built.Name])
		}
		addAliases(byCluster, proxy)
		answers[one.key()] = byCluster
	}
	return answers
}

// addAliases gives every other name of a service that Istio lets this Envoy know (an ExternalName) the
// service's own clusters: there are none of its own.
func addAliases(byCluster map[string]string, proxy *model.Proxy) {
	for _, service := range proxy.SidecarScope.Services() {
		for _, alias := range service.Attributes.Aliases {
			for _, port := range service.Ports {
				if of, found := byCluster[fmt.Sprintf("%s:%d/", service.Hostname, port.Port)]; found {
					byCluster[fmt.Sprintf("%s:%d/", alias.Hostname, port.Port)] = of
				}
			}
		}
	}
}

// unknownHostLetter: only a sidecar has a cluster for hosts that it does not know, and its policy may forbid them.
func unknownHostLetter(proxy *model.Proxy) string {
	if proxy.Type == model.SidecarProxy && proxy.SidecarScope.OutboundTrafficPolicy.GetMode() == networking.OutboundTrafficPolicy_ALLOW_ANY {
		return "p"
	}
	return "x"
}

func clusterAnswer(built *cluster.Cluster, load *endpoint.ClusterLoadAssignment) string {
	switch built.GetType() {
	case cluster.Cluster_ORIGINAL_DST:
		return "O " + wireLetter(built, nil)
	case cluster.Cluster_EDS:
	default:
		load = built.GetLoadAssignment()
	}
	var parts []string
	for _, locality := range load.GetEndpoints() {
		for _, end := range locality.GetLbEndpoints() {
			parts = append(parts, endpointAddress(end)+"="+wireLetter(built, end))
		}
	}
	slices.Sort(parts)
	kind := "E"
	if built.GetType() != cluster.Cluster_EDS {
		kind = "D"
	}
	return strings.Join(append([]string{kind}, parts...), " ")
}

func endpointAddress(end *endpoint.LbEndpoint) string {
	address := end.GetEndpoint().GetAddress()
	if internal := address.GetEnvoyInternalAddress(); internal != nil {
		return internal.GetEndpointId()
	}
	socket := address.GetSocketAddress()
	return fmt.Sprintf("%s:%d", socket.GetAddress(), socket.GetPortValue())
}

// wireLetter: p plaintext, m Istio mutual TLS, h HBONE, s one-way TLS, u mutual TLS with the user's own
// certificates; H, S and U stand for the latter inside HBONE ("H" is mutual TLS inside HBONE).
func wireLetter(built *cluster.Cluster, end *endpoint.LbEndpoint) string {
	matches := built.GetTransportSocketMatches()
	if len(matches) == 0 {
		return socketLetter(built.GetTransportSocket())
	}
	metadata := end.GetMetadata().GetFilterMetadata()[util.EnvoyTransportSocketMetadataKey]
	for _, candidate := range matches {
		if matchesMetadata(candidate.GetMatch(), metadata) {
			letter := socketLetter(candidate.GetTransportSocket())
			if candidate.GetName() == "hbone" {
				return map[string]string{"p": "h", "m": "H", "s": "S", "u": "U"}[letter]
			}
			return letter
		}
	}
	return socketLetter(built.GetTransportSocket())
}

func matchesMetadata(wanted, actual *structpb.Struct) bool {
	for key, value := range wanted.GetFields() {
		if actual.GetFields()[key].GetStringValue() != value.GetStringValue() {
			return false
		}
	}
	return true
}

func socketLetter(socket *core.TransportSocket) string {
	inner := innermostSocket(socket)
	context := &tls.UpstreamTlsContext{}
	if inner == nil || inner.GetTypedConfig().UnmarshalTo(context) != nil {
		return "p"
	}
	certificates := context.GetCommonTlsContext().GetTlsCertificateSdsSecretConfigs()
	if len(certificates) == 0 {
		return "s"
	}
	if certificates[0].GetName() == "default" {
		return "m"
	}
	return "u"
}
