package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/tools/common/config"
	"istio.io/istio/tools/istio-iptables/pkg/capture"
	"istio.io/istio/tools/istio-iptables/pkg/dependencies"
)

const annotationPrefix = "traffic.sidecar.istio.io/"

// alwaysExcluded is what Istio's injection template and CNI plugin add to every pod's list.
const alwaysExcluded = "15020,15021,15090"

// redirectionAnswers gives, for every sidecar whose pod has annotations about redirection, two letters a
// port: i or - for what comes in at it, o or - for what goes out to it. They are read off the iptables
// rules that Istio writes for the pod.
func redirectionAnswers(nodes []node, ports []uint32) (map[string]map[string]string, error) {
	answers := map[string]map[string]string{}
	for _, one := range nodes {
		if one.envoy != model.SidecarProxy || !hasRedirection(one) {
			continue
		}
		rules, err := rulesFor(one)
		if err != nil {
			return nil, fmt.Errorf("%w for %s", err, one.key())
		}
		byPort := map[string]string{}
		for _, port := range ports {
			byPort[strconv.Itoa(int(port))] = letter(rules, "ISTIO_INBOUND", port, "i") + letter(rules, "ISTIO_OUTPUT", port, "o")
		}
		answers[one.key()] = byPort
	}
	return answers, nil
}

func hasRedirection(one node) bool {
	for key := range one.annotations {
		if strings.HasPrefix(key, annotationPrefix) {
			return true
		}
	}
	return false
}

func rulesFor(one node) ([]string, error) {
	settings := config.DefaultConfig()
	settings.ProxyUID, settings.ProxyGID = "1337", "1337"
	settings.InboundPortsInclude = annotated(one, "includeInboundPorts", "*")
	settings.InboundPortsExclude = alwaysExcluded
	if excluded := annotated(one, "excludeInboundPorts", ""); excluded != "" {
		settings.InboundPortsExclude = excluded + "," + alwaysExcluded
	}
	settings.OutboundIPRangesInclude = annotated(one, "includeOutboundIPRanges", "*")
	settings.OutboundPortsInclude = annotated(one, "includeOutboundPorts", "")
	settings.OutboundPortsExclude = annotated(one, "excludeOutboundPorts", "")
	stub := &dependencies.DependenciesStub{}
	configurator, err := capture.NewIptablesConfigurator(settings, stub)
	if err != nil {
		return nil, err
	}
	if err := configurator.Run(); err != nil {
		return nil, err
	}
	return stub.ExecutedAll, nil
}

func annotated(one node, name, fallback string) string {
	if value, found := one.annotations[annotationPrefix+name]; found {
		return value
	}
	return fallback
}

// letter follows a connection to a port through one chain: the first rule that fits it decides.
func letter(rules []string, chain string, port uint32, redirected string) string {
	for _, rule := range rules {
		fields := strings.Fields(rule)
		if !slices.Contains(fields, "-A") || fields[slices.Index(fields, "-A")+1] != chain || !fits(fields, port) {
			continue
		}
		switch fields[len(fields)-1] {
		case "ISTIO_IN_REDIRECT", "ISTIO_REDIRECT":
			return redirected
		case "RETURN":
			return "-"
		}
	}
	return "-"
}

// fits: rules about the proxy's own connections, about loopback and about single addresses concern no other client.
func fits(fields []string, port uint32) bool {
	for _, about := range []string{"-o", "-d", "-s", "--uid-owner", "--gid-owner"} {
		if slices.Contains(fields, about) {
			return false
		}
	}
	at := slices.Index(fields, "--dport")
	return at == -1 || fields[at+1] == strconv.Itoa(int(port))
}
